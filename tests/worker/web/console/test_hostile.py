"""What a stranger may write as their name, as a subject or as a place stays text: on every page and in every file."""

import io
import re
from typing import Any
from urllib.parse import quote

import icalendar
import openpyxl
import pytest
import vobject
from sqlalchemy.engine import Engine

from models.records import EmailRecord, Mailbox, MeetingRecord, Record
from tests.worker.homes import ANNA, ME, NOW, friendship, live
from tests.worker.web.console.visitor import Visitor
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.web.console.app import doors

#: Each tries to leave the place that it is written to.
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover='alert(3)"
BREAKS = "=cmd|'/c calc'!A1\r\nEND:VCARD\r\nBEGIN:VCARD\r\nFN:Evil\u2028\u2029;x,y\x00"
EVENT = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Evil\r\nATTENDEE:mailto:evil@evil.example"
WRITTEN = ("alert(1)</script>", "<script>alert", "<img src=x", "onmouseover='alert")


def attacked(record: Record) -> Record:
    """The same email or meeting, by somebody who means harm."""
    named = Mailbox(ANNA.address, MARKUP + BREAKS)
    if isinstance(record, EmailRecord):
        sender = named if record.sender and record.sender.address == ANNA.address else record.sender
        to = tuple(named if one.address == ANNA.address else one for one in record.to)
        return EmailRecord(**{**_fields(record), "sender": sender, "to": to, "subject": MARKUP + BREAKS})
    if isinstance(record, MeetingRecord):
        guests = tuple(type(one)(one.address, MARKUP + BREAKS, one.response) for one in record.attendees)
        return MeetingRecord(**{**_fields(record), "attendees": guests, "subject": MARKUP + EVENT})
    return record


def _fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


@pytest.fixture
def visitor(sqlite: Engine, tmp_path: Any) -> Visitor:
    settings = Settings(home=tmp_path, _env_file=None)  # type: ignore[call-arg]  # pydantic's own
    runtime = Runtime(settings, sqlite, lambda: NOW)
    return Visitor(runtime).sign_in(live(runtime, [attacked(record) for record in friendship()]))


def test_no_page_has_markup_of_a_stranger(visitor: Visitor) -> None:
    seen = ""
    asked = f"?who={quote(ANNA.address)}&search=alert&account=archive:{ME}&next=https://evil.example/"
    for path in [door.path for door in doors() if door.method == "GET"]:
        page = visitor.get(path + asked).text
        seen += page
        for written in WRITTEN:
            assert written not in page, path
    assert "&lt;script&gt;alert" in seen, "the name was shown, as text"


def test_what_is_typed_comes_back_as_text(visitor: Visitor) -> None:
    for path in ("/people?search=", "/person?who=", "/weeks?before=", "/enter?word=", "/enter?next=", "/nowhere/"):
        page = visitor.get(path + quote(MARKUP, safe="")).text
        for written in WRITTEN:
            assert written not in page, path
    answer = visitor.post("/act", who=ANNA.address, what="snooze", name=MARKUP, back="//evil.example/")
    assert answer.headers["location"] == "/"
    for written in WRITTEN:
        assert written not in visitor.get("/people").text


def exported(visitor: Visitor, what: str, form: str) -> bytes:
    answer = visitor.post("/export", what=what, form=form)
    assert answer.status_code == 200, answer.text
    assert "\r" not in answer.headers["content-disposition"]
    body: bytes = answer.content
    return body


def test_a_file_of_contacts_has_one_card_for_each_person_whatever_their_name(visitor: Visitor) -> None:
    text = exported(visitor, "relationships", "vcf").decode()
    assert "Evil" in text, "the name was there"
    cards = list(vobject.readComponents(text))
    people = exported(visitor, "relationships", "csv").count(b"@north.example")
    assert people > 0
    assert len(cards) == len({card.uid.value for card in cards})
    assert not any(card.fn.value.startswith("Evil") for card in cards)
    assert not re.search(r"^(FN:Evil|END:VCARD\r?\nBEGIN:VCARD\r?\nFN)", text, re.MULTILINE)


def test_a_calendar_has_one_event_for_each_meeting_whatever_its_subject(visitor: Visitor) -> None:
    body = exported(visitor, "interactions", "ics")
    events = icalendar.Calendar.from_ical(body).walk("VEVENT")
    assert events
    assert len({event["uid"] for event in events}) == len(events)
    for event in events:
        assert "evil@evil.example" not in str(event.get("attendee", ""))
        assert str(event["summary"]) != "Evil"
    assert not re.search(rb"^(SUMMARY:Evil|ATTENDEE[^:]*:mailto:evil@)", body, re.MULTILINE)


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(visitor: Visitor) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported(visitor, "interactions", "xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert len(cells) > 100
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b", "inlineStr"}
    assert not any(cell.hyperlink for cell in cells)

"""Calendars and cards are written as icalendar and vobject would write them, and nothing in a text makes a line of its own."""

import io
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar, Event, vCalAddress

from worker.export.formats import calendar, contacts
from worker.export.formats.content_lines import LONGEST, folded
from worker.export.rows import interactions, relationships
from worker.export.rows.interactions import Participant

AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
#: What may be written in a text: escapes, quotes, breaks, and characters of one to four bytes.
PIECES = ["\\", ";", ",", ":", '"', "'", "^", "\n", "\r\n", " ", "=", "n", "Tea", "planning the year", "é", "茶", "🌱"]
WORDS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
NAMES = st.sampled_from(["Anna Berg", 'O"Neil ^ Sons', "李 雷", "Sørensen, Åse; von", "A " * 60])
BREAKS = ("\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029")
PEOPLE = st.lists(
    st.builds(
        Participant,
        st.just("anna@berg.example"),
        NAMES,
        st.sampled_from(["anna@berg.example", f"{'long' * 16}@berg.example", "茶@berg.example"]),
        st.sampled_from(["attendee", "organizer"]),
        st.sampled_from([None, "none", "accepted", "tentative", "declined"]),
    ),
    max_size=4,
)


def written(module: Any, columns: Any, row: dict[str, Any], *more: Any) -> bytes:
    out = io.BytesIO()
    cells = tuple(row.get(column.name) for column in columns)
    assert module.write([cells], columns, out, *more) == 1
    return out.getvalue()


def an_event(subject: str, people: list[Participant]) -> bytes:
    row = {"id": "1f", "channel": "meeting", "subject": subject, "people": people}
    row |= {"occurred_at": "2026-10-01T09:00:00Z", "ends_at": "2026-10-01T10:30:00Z"}
    return written(calendar, interactions.COLUMNS, row, AS_OF)


def by_icalendar(subject: str, people: list[Participant]) -> bytes:
    event = Event()
    event.add("uid", "1f")
    event.add("dtstamp", AS_OF)
    event.add("dtstart", datetime(2026, 10, 1, 9, tzinfo=UTC))
    event.add("dtend", datetime(2026, 10, 1, 10, 30, tzinfo=UTC))
    event.add("summary", subject or "Meeting")
    for person in people:
        address = vCalAddress(f"mailto:{person.address}")
        address.params["CN"] = person.name
        if person.role != "organizer":
            address.params["PARTSTAT"] = calendar.PARTSTAT[person.response or "none"]
        event.add("organizer" if person.role == "organizer" else "attendee", address)
    made: bytes = event.to_ical()
    return made


@given(WORDS, PEOPLE)
def test_an_event_is_what_icalendar_writes(subject: str, people: list[Participant]) -> None:
    assert an_event(subject, people) == calendar.BEGIN + by_icalendar(subject, people) + calendar.END


@given(WORDS, PEOPLE)
def test_a_calendar_is_read_back(subject: str, people: list[Participant]) -> None:
    (event,) = Calendar.from_ical(an_event(subject, people)).walk("VEVENT")
    assert str(event["SUMMARY"]) == (subject.replace("\r\n", "\n") or "Meeting")
    assert event.decoded("DTEND") == datetime(2026, 10, 1, 10, 30, tzinfo=UTC)
    assert not event.errors


def a_card(name: str, addresses: list[str]) -> bytes:
    row = {"person": "anna@berg.example", "name": name, "addresses": addresses, "stage": "deep"}
    return written(contacts, relationships.COLUMNS, row | {"last_at": "2026-10-01T09:00:00Z"})


@given(WORDS.filter(str.strip), st.lists(st.sampled_from(["anna@berg.example", "a@b.example"]), max_size=3))
def test_a_card_is_what_vobject_writes(name: str, addresses: list[str]) -> None:
    card = vobject.vCard()
    first, _, last = name.rpartition(" ")
    card.add("uid").value = "keepwarm:anna@berg.example"
    card.add("fn").value = name
    card.add("n").value = vobject.vcard.Name(family=last, given=first)
    for address in addresses:
        card.add("email").value = address
    card.add("note").value = "keepwarm: deep, last contact 2026-10-01"
    assert unfolded(a_card(name, addresses)) == unfolded(card.serialize().encode())
    assert vobject.readOne(a_card(name, addresses).decode()).fn.value == name.replace("\r\n", "\n")


def unfolded(file: bytes) -> bytes:
    """Put lines together again: vobject counts characters where the standard counts bytes."""
    return file.replace(b"\r\n ", b"")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400))
def test_a_long_line_is_parted_between_characters(line: str) -> None:
    raw = folded(line)
    assert unfolded(raw) == line.encode() + b"\r\n"
    first, *more = raw.removesuffix(b"\r\n").split(b"\r\n")
    assert len(first) <= LONGEST
    assert all(len(part) <= LONGEST + 1 and part[1:].decode() for part in more)


@pytest.mark.parametrize("end", BREAKS)
def test_no_text_begins_a_line_of_its_own_for_any_reader(end: str) -> None:
    evil = f"Tea{end}X-EVIL:1"
    person = Participant(evil, evil, evil, "attendee", None)
    for file in (an_event(evil, [person]), a_card(evil, [evil])):
        assert [one for one in file.decode().splitlines() if one.startswith("X-EVIL")] == []


@pytest.mark.parametrize("text", ["C:\\New", "\\N", "\\\\n"])
def test_a_backslash_stays_one(text: str) -> None:
    """Where icalendar itself makes a line break of a backslash and a capital N."""
    escape = text.replace("\\", "\\\\")
    assert f"SUMMARY:{escape}\r\n".encode() in an_event(text, [])


def test_people_are_read_from_json_that_is_written_already() -> None:
    person = Participant("a@b.example", "", "a@b.example", "attendee", None)
    raw = msgspec.Raw(msgspec.json.encode([person]))
    assert an_event("Tea", raw) == an_event("Tea", [person])  # type: ignore[arg-type]  # as rows come

"""keepwarm's own export comes back as it was written."""

import json
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from models.enums import Channel, Direction, Response, Role
from models.records import BadRecord, ExportedPerson, ExportedRecord
from tests.connectors.archive.feeds import ExportFeed, found
from tests.connectors.contract import read, records

ROW = {
    "id": "abc",
    "account": "me@x.example",
    "channel": "meeting",
    "direction": "mutual",
    "occurred_at": "2024-07-01T09:00:00Z",
    "ends_at": "2024-07-01T10:00:00Z",
    "subject": "  two  spaces, and \u00fc ",
    "thread": None,
    "message_id": None,
    "ical_uid": "u@x",
    "recurrence_at": "2024-07-01T11:00:00+02:00",
    "group_size": 3,
    "my_role": "organizer",
    "my_response": "accepted",
    "people": [
        {
            "person": "ann@x.example",
            "name": "Ann",
            "address": "ann@x.example",
            "role": "attendee",
            "response": "tentative",
        },
        {"person": "bob@x.example", "name": "", "address": "bob@y.example", "role": "attendee", "response": None},
    ],
    "a field of a later version": 1,
}


def test_a_row_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps(ROW) + "\n")
    nine = datetime(2024, 7, 1, 9, tzinfo=UTC)
    assert found(path) == [
        ExportedRecord(
            key="abc",
            account="me@x.example",
            channel=Channel.MEETING,
            direction=Direction.MUTUAL,
            occurred_at=nine,
            ends_at=nine.replace(hour=10),
            subject="  two  spaces, and ü ",
            ical_uid="u@x",
            recurrence_at=nine,
            group_size=3,
            my_role=Role.ORGANIZER,
            my_response=Response.ACCEPTED,
            people=(
                ExportedPerson("ann@x.example", "Ann", "ann@x.example", Role.ATTENDEE, Response.TENTATIVE),
                ExportedPerson("bob@x.example", "", "bob@y.example", Role.ATTENDEE),
            ),
        )
    ]


def test_a_row_that_is_still_being_written_is_read_when_it_is_whole(tmp_path: Path) -> None:
    feed = ExportFeed(tmp_path / "export.jsonl")
    feed.add()
    feed.add()
    whole = feed.written
    feed.path.write_bytes(whole[:-30])
    first = read(feed)
    assert [type(record) for record in records(first)] == [ExportedRecord, BadRecord]
    feed.path.write_bytes(whole)
    assert [record.key for record in records(read(feed, first[-1].cursor))] == ["i1"]


def test_rows_of_another_kind_are_told(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text(
        json.dumps(ROW) + '\n{"person": "ann", "stage": "deep"}\n[]\n\n' + json.dumps({**ROW, "id": "d"}) + "\n"
    )
    kept, *bad, last = found(path)
    assert (kept.key, last.key) == ("abc", "d")
    assert len(bad) == 2
    assert all(isinstance(record, BadRecord) and "no row" in record.reason for record in bad)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_file_of_a_stranger_holds_no_escapes_and_what_is_harmless_comes_back(text: str) -> None:
    people = [{"name": text, "address": "ann@x.example", "person": text, "role": "to"}]
    row = {**ROW, "id": text, "account": text, "subject": text, "thread": text, "message_id": text, "people": people}
    with TemporaryDirectory() as place:
        path = Path(place) / "export.jsonl"
        path.write_text(json.dumps(row) + "\n")
        (record,) = found(path)
    assert isinstance(record, ExportedRecord)
    (person,) = record.people
    for said in (record.key, record.account, record.subject, record.thread, record.message_id, person.name):
        assert not any(unicodedata.category(letter) == "Cc" for letter in said or "")
        if text.isprintable():
            assert said == text

"""Whatever Google may send, a record comes of it, or a value that says what is wrong with it."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from connectors.gmail import parse
from models.enums import Place
from models.records import BadRecord, EmailRecord, MeetingRecord, Record, Tombstone, Version

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
ids = st.text("0123456789abcdef_TZ", min_size=1, max_size=16)
headers = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(parse.HEADERS) | st.text(max_size=10)},
        optional={"value": st.text(max_size=80) | json_values},
    ),
    max_size=8,
)
messages = st.fixed_dictionaries(
    {"id": ids},
    optional={
        "threadId": ids | json_values,
        "labelIds": st.lists(st.text(max_size=10), max_size=4) | json_values,
        "internalDate": st.integers().map(str) | json_values,
        "payload": st.fixed_dictionaries({}, optional={"headers": headers}) | json_values,
    },
)
times = (
    st.fixed_dictionaries({}, optional={"dateTime": st.text(max_size=25), "date": st.dates().map(str)}) | json_values
)
people = st.fixed_dictionaries(
    {},
    optional={"email": st.text(max_size=30) | json_values, "displayName": json_values, "self": st.booleans()},
)
events = st.fixed_dictionaries(
    {"id": ids},
    optional={
        "status": json_values | st.sampled_from(["confirmed", "cancelled"]),
        "start": times,
        "end": times,
        "updated": json_values,
        "recurringEventId": json_values,
        "originalStartTime": times,
        "organizer": people | json_values,
        "attendees": st.lists(people | json_values, max_size=4) | json_values,
        "summary": json_values,
        "iCalUID": json_values,
        "eventType": json_values,
        "attendeesOmitted": json_values,
        "sequence": json_values,
        "guestsCanSeeOtherGuests": json_values,
    },
)


def survives(record: Record) -> None:
    coder = msgspec.json.Decoder(Record)
    assert coder.decode(msgspec.json.encode(record)) == record
    assert b"\\u0000" not in msgspec.json.encode(record)


@given(messages)
def test_any_message(shown: dict[str, Any]) -> None:
    record = parse.mail(shown)
    assert isinstance(record, EmailRecord | BadRecord)
    assert record.key == shown["id"]
    survives(record)


@given(events, st.booleans())
def test_any_event(shown: dict[str, Any], own: bool) -> None:
    record = parse.meeting(shown, own=own, primary=own)
    assert isinstance(record, MeetingRecord | Tombstone | BadRecord)
    assert record.key == shown["id"]
    survives(record)


def test_where_a_mail_lies() -> None:
    assert parse.place(["INBOX", "UNREAD"]) is Place.ORDINARY
    assert parse.place(["SENT", "TRASH"]) is Place.TRASH
    assert parse.place(["SENT", "INBOX"]) is Place.SENT
    assert parse.place(["DRAFT"]) is Place.DRAFT


def test_only_the_headers_that_are_read_are_asked_for() -> None:
    assert "from" in parse.HEADERS
    assert not {"received", "references", "dkim-signature"} & set(parse.HEADERS)
    assert "snippet" not in parse.MESSAGE_FIELDS
    assert "description" not in parse.EVENT_FIELDS


def event(**more: Any) -> MeetingRecord:
    shown = {
        "id": "lunch",
        "iCalUID": "lunch@google.com",
        "start": {"dateTime": "2026-11-02T12:00:00Z"},
        "end": {"dateTime": "2026-11-02T13:00:00Z"},
        "organizer": {"email": "bo@bo.example"},
        "attendees": [{"email": "ada@example.org", "self": True}, {"email": "bo@bo.example"}],
    }
    record = parse.meeting(shown | more, own=True, primary=True)
    assert isinstance(record, MeetingRecord)
    return record


def test_an_event_without_an_organizer_keeps_its_guests() -> None:
    record = event(organizer=None)
    assert record.organizer is None
    assert [guest.address for guest in record.attendees] == ["ada@example.org", "bo@bo.example"]
    assert record.me == "ada@example.org"


def test_guests_that_are_hidden_are_known_to_be_more() -> None:
    assert event(guestsCanSeeOtherGuests=False).attendees_omitted
    assert not event(guestsCanSeeOtherGuests=True).attendees_omitted
    mine = {"email": "ada@example.org", "self": True}
    assert not event(guestsCanSeeOtherGuests=False, organizer=mine).attendees_omitted


def test_the_version_is_sequence_and_time() -> None:
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert event(sequence=3, updated="2026-11-01T08:00:00.000Z").version == Version(3, at)
    assert event(sequence="3", updated=None).version is None


@given(st.text(max_size=20))
def test_no_key_holds_what_a_database_refuses(text: str) -> None:
    for key in (parse.meeting({"id": f"a{text}"}, own=True, primary=True).key, parse.mail({"id": f"a{text}"}).key):
        assert key is not None
        assert "\0" not in key
        key.encode()

"""Each kind of change in a calendar, and what the connector says of it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.base import Stream
from connectors.errors import CursorExpired
from connectors.gmail.connector import GmailConnector
from models.enums import MeetingStatus, Response, StreamKind
from models.records import Attendee, BadRecord, Mailbox, MeetingRecord, Tombstone
from tests.connectors.gmail.accounts import ADA, Clock, connector, endpoints, granted, read
from tests.sandbox.google.agenda import Calendar, guest, moment
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRIMARY = Stream(StreamKind.CALENDAR, f"calendar:{ADA}", ADA)


@pytest.fixture
def account(google: GoogleSandbox, clock: Clock) -> Iterator[GmailConnector]:
    with closing(connector(google, clock)) as made:
        yield made


@pytest.fixture
def calendar(mailbox: GoogleMailbox) -> Calendar:
    return mailbox.agenda.primary


def meeting(id_: str = "lunch", at: datetime = NOON, **more: Any) -> dict[str, Any]:
    shown = {
        "id": id_,
        "iCalUID": f"{id_}@google.com",
        "summary": "Lunch",
        "start": moment(at),
        "end": moment(at + HOUR),
        "organizer": {"email": ADA, "self": True},
        "attendees": [guest(ADA, "accepted", self=True), guest("bo@Example.NET", "tentative", "Bo Berg")],
    }
    return shown | more


def test_a_meeting_with_its_people(account: GmailConnector, calendar: Calendar) -> None:
    calendar.put(meeting())
    assert read(account, PRIMARY).records == [
        MeetingRecord(
            key="lunch",
            ical_uid="lunch@google.com",
            starts_at=NOON,
            ends_at=NOON + HOUR,
            organizer=Mailbox(ADA),
            attendees=(Attendee(ADA, "", Response.ACCEPTED), Attendee("bo@example.net", "Bo Berg", Response.TENTATIVE)),
            subject="Lunch",
            me=ADA,
        )
    ]


def test_other_zones_and_whole_days_become_utc(account: GmailConnector, calendar: Calendar) -> None:
    calendar.put(
        meeting(start={"dateTime": "2026-11-02T12:00:00+05:30"}, end={"dateTime": "2026-11-02T13:00:00+05:30"})
    )
    calendar.put(meeting("fair", start={"date": "2026-11-02"}, end={"date": "2026-11-04"}))
    days, hours = read(account, PRIMARY).of(MeetingRecord)
    assert hours.starts_at == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)
    assert (days.all_day, days.starts_at) == (True, datetime(2026, 11, 2, tzinfo=UTC))
    assert days.ends_at == datetime(2026, 11, 4, tzinfo=UTC)


def test_a_series_is_its_occurrences(account: GmailConnector, calendar: Calendar) -> None:
    weeks = [NOON + timedelta(weeks=number) for number in range(4)]
    ids = calendar.add_series(meeting("series"), weeks, HOUR, "FREQ=WEEKLY;COUNT=4")
    first = read(account, PRIMARY)
    assert [(record.key, record.recurrence_at) for record in first.of(MeetingRecord)] == list(
        zip(ids, weeks, strict=True)
    )
    assert {record.ical_uid for record in first.of(MeetingRecord)} == {"series@google.com"}
    calendar.move(ids[1], weeks[1] + HOUR, weeks[1] + 2 * HOUR)
    calendar.cancel(ids[2])
    moved, cancelled = read(account, PRIMARY, first.cursor).records
    assert isinstance(moved, MeetingRecord)
    assert (moved.recurrence_at, moved.starts_at) == (weeks[1], weeks[1] + HOUR)
    assert isinstance(cancelled, Tombstone)
    assert cancelled.key == ids[2]


def test_a_cancelled_meeting_leaves_a_stub(account: GmailConnector, calendar: Calendar) -> None:
    calendar.put(meeting())
    before = datetime.now(UTC)
    first = read(account, PRIMARY)
    calendar.cancel("lunch")
    after = datetime.now(UTC)
    # it is not said when it was cancelled: it stood when the calendar was last read
    (gone,) = read(account, PRIMARY, first.cursor).of(Tombstone)
    assert gone.key == "lunch"
    assert gone.at is not None
    assert before <= gone.at <= after


def test_a_cancellation_that_says_when_is_believed(account: GmailConnector, calendar: Calendar) -> None:
    calendar.put(meeting())
    first = read(account, PRIMARY)
    calendar.put({"id": "lunch", "status": "cancelled", "updated": "2026-11-01T08:00:00.000Z"})
    assert read(account, PRIMARY, first.cursor).records == [Tombstone("lunch", datetime(2026, 11, 1, 8, tzinfo=UTC))]


def test_an_answer_changes_the_meeting(account: GmailConnector, calendar: Calendar) -> None:
    calendar.put(meeting())
    first = read(account, PRIMARY)
    calendar.respond("lunch", "bo@Example.NET", "declined")
    (record,) = read(account, PRIMARY, first.cursor).of(MeetingRecord)
    assert record.attendees[1].response is Response.DECLINED


def test_what_ended_before_the_horizon_is_left_out(account: GmailConnector, calendar: Calendar) -> None:
    calendar.put(meeting("old", NOON - timedelta(days=400)))
    calendar.put(meeting())
    assert set(read(account, PRIMARY, since=NOON).held) == {"lunch"}


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("workingLocation", "working location"),
        ("focusTime", "focus time"),
        ("outOfOffice", "out of office"),
        ("birthday", "birthday"),
        ("fromGmail", "booking"),
        ("default", None),
        ("somethingNew", None),
    ],
)
def test_what_is_no_meeting_says_so(account: GmailConnector, calendar: Calendar, kind: str, word: str | None) -> None:
    calendar.put(meeting(eventType=kind))
    (record,) = read(account, PRIMARY).of(MeetingRecord)
    assert record.not_a_meeting == word


def test_rooms_crowds_and_private_meetings(account: GmailConnector, calendar: Calendar) -> None:
    room = guest("c_1@resource.calendar.google.com", "accepted", "Room 1", resource=True)
    calendar.put(meeting("a", attendees=[room], attendeesOmitted=True))
    private = {key: value for key, value in meeting("b").items() if key in {"id", "start", "end", "iCalUID"}}
    calendar.put(private | {"visibility": "private", "status": "tentative"})
    crowd, alone = read(account, PRIMARY).of(MeetingRecord)
    assert crowd.attendees_omitted
    assert crowd.attendees[0].resource
    assert (alone.status, alone.attendees, alone.subject) == (MeetingStatus.TENTATIVE, (), None)


@pytest.mark.parametrize(
    "broken", [{"start": {}}, {"start": {"dateTime": "soon"}}, {"start": None}, {"end": {"date": "x"}}]
)
def test_an_unreadable_event_is_a_value(
    google: GoogleSandbox, account: GmailConnector, calendar: Calendar, broken: dict[str, Any]
) -> None:
    google.checked = False
    calendar.put(meeting() | broken)
    (bad,) = read(account, PRIMARY).of(BadRecord)
    assert (bad.key, bad.where) == ("lunch", "Google event lunch")


def test_calendars_that_are_owned_or_written_to_are_streams(account: GmailConnector, mailbox: GoogleMailbox) -> None:
    for role in ("owner", "writer", "reader", "freeBusyReader"):
        mailbox.agenda.add(f"{role}@group.calendar.google.com", f"The {role}'s", role).put(meeting())
    mailbox.agenda.add("boss@example.org", "The boss", "owner").put(meeting())
    streams = account.streams()
    assert [stream.title for stream in streams] == ["Gmail", ADA, "The boss", "The owner's", "The writer's"]
    found = [read(account, stream).of(MeetingRecord)[0] for stream in streams[2:]]
    assert [record.own_calendar for record in found] == [False, True, False]
    # "self" is whoever the calendar belongs to: the user on the primary one alone
    assert [record.me for record in found] == [None, None, None]


def test_a_forgotten_token_is_a_cursor_that_expired(account: GmailConnector, calendar: Calendar) -> None:
    calendar.put(meeting())
    first = read(account, PRIMARY)
    calendar.revision += 1
    calendar.floor = calendar.revision
    with pytest.raises(CursorExpired):
        read(account, PRIMARY, first.cursor)


def test_what_changes_during_a_listing_is_told_after_it(
    google: GoogleSandbox, clock: Clock, calendar: Calendar
) -> None:
    for number in range(6):
        calendar.put(meeting(f"m{number}"))
    with closing(connector(google, clock, listing=2)) as account:
        pages = account.changes(PRIMARY, None, since=NOON)
        next(pages)
        calendar.cancel("m0")
        last = list(pages)[-1]
        assert [gone.key for gone in read(account, PRIMARY, last.cursor).of(Tombstone)] == ["m0"]


def test_a_calendar_is_listed_afresh_every_ninety_days(google: GoogleSandbox, calendar: Calendar) -> None:
    calendar.put(meeting())
    now = [NOON]
    held = granted(google)
    with closing(GmailConnector(endpoints(google), held, save=lambda _: None, clock=lambda: now[0])) as account:
        first = read(account, PRIMARY)
        now[0] += timedelta(days=89)
        assert not read(account, PRIMARY, first.cursor).pages[0].begins
        now[0] += timedelta(days=2)
        again = read(account, PRIMARY, first.cursor)
    assert again.pages[0].begins
    assert set(again.held) == {"lunch"}


def test_a_clock_that_was_ahead_puts_nothing_off(google: GoogleSandbox, calendar: Calendar) -> None:
    calendar.put(meeting())
    now = [NOON + timedelta(days=400)]
    held = granted(google)
    with closing(GmailConnector(endpoints(google), held, save=lambda _: None, clock=lambda: now[0])) as account:
        first = read(account, PRIMARY)
        now[0] = NOON
        assert read(account, PRIMARY, first.cursor).pages[0].begins

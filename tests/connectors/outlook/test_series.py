"""Moved occurrences, cancelled copies and interrupted rounds of the Outlook calendar."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Cursor
from connectors.errors import ProviderUnavailable
from connectors.outlook.api.wire import Event, Zoned
from connectors.outlook.calendar import windows
from connectors.outlook.calendar.series import Master, planned_start
from connectors.outlook.calendar.stream import STREAM
from models.enums import MeetingStatus, Response
from models.records import Attendee, Mailbox, MeetingRecord
from tests.connectors.installation import ADA, Installation
from tests.connectors.installation import NOW as THEN
from tests.connectors.outlook.account import NOW, SINCE, Account
from tests.sandbox.google.agenda import guest
from tests.sandbox.microsoft.diary import occurrence_uid, outlook_uid

ANNA = Attendee("anna@example.org", "Anna", Response.ACCEPTED)
ZOE = Mailbox("zoe@zoe.example", "Zoe")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
BERLIN = ZoneInfo("Europe/Berlin")


def meetings(account: Account) -> list[MeetingRecord]:
    records, _ = account.news(STREAM)
    return [record for record in records if isinstance(record, MeetingRecord)]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("uid", [None, "weekly@google.com"])
def test_a_moved_occurrence_has_its_original_start(account: Account, named: bool, uid: str | None) -> None:
    diary = account.sandbox.mailbox.diary
    diary.names_original_start = named
    first = datetime(2026, 3, 17, 9, tzinfo=BERLIN)  # the clocks change before the third one
    starts = [(first + WEEK * turn).astimezone(UTC) for turn in range(4)]
    series = diary.meet(starts[0], [ANNA], repeats=3, uid=uid)
    for number, start in enumerate(starts):
        slot = diary.events[series].slots[number]
        slot.original_start, slot.starts_at, slot.ends_at = start, start, start + HOUR
    diary.move(series, starts[2] + 30 * HOUR, occurrence=2)
    found = {record.recurrence_at: record.starts_at for record in meetings(account)}
    assert found == {start: start + 30 * HOUR * (number == 2) for number, start in enumerate(starts)}


DAYS = st.dates(datetime(2001, 1, 1).date(), datetime(2099, 12, 31).date())


@given(DAYS, st.integers(0, 23 * 60), st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]))
def test_the_time_of_day_is_that_of_the_series_wherever_its_clock_stands(day: object, minutes: int, zone: str) -> None:
    assert isinstance(day, type(NOW.date()))
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) + timedelta(minutes=minutes)
    begun = datetime(2020, 1, 6, local.hour, local.minute, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    master = Master(Zoned(begun.replace(tzinfo=None), "UTC"), zone)
    event = Event("x", Zoned(NOW), type="exception", series="m", ical_uid=occurrence_uid(outlook_uid(1), local))
    assert planned_start(event, {"m": master}) == local.astimezone(UTC)


def test_a_master_that_cannot_be_had_spoils_nothing(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    diary.names_original_start = False
    series = diary.meet(NOW, [ANNA], repeats=1)
    diary.move(series, NOW + 3 * HOUR)
    account.sandbox.mailbox.faults.closed = "/me/events/"
    assert sorted(record.starts_at or NOW for record in meetings(account)) == [NOW + 3 * HOUR, NOW + WEEK]


def test_what_both_providers_show_is_one_meeting(installation: Installation) -> None:
    first = THEN - 4 * WEEK
    starts = [first + WEEK * turn for turn in range(4)]
    shown = {
        "id": "weekly",
        "iCalUID": "weekly@google.com",
        "organizer": {"email": ZOE.address},
        "attendees": [guest(ADA, "accepted", self=True), guest(ZOE.address, "accepted", organizer=True)],
    }
    primary = installation.gmail.agenda.primary
    ids = primary.add_series(shown, starts, HOUR, "FREQ=WEEKLY;COUNT=4")
    primary.move(ids[1], starts[1] + 26 * HOUR, starts[1] + 27 * HOUR)
    diary = installation.microsoft.mailbox.diary
    diary.names_original_start = False
    series = diary.meet(first, [], organizer=ZOE, repeats=3, uid="weekly@google.com")
    diary.move(series, starts[1] + 26 * HOUR, occurrence=1)
    installation.connect("gmail", "outlook")
    installation.sync()
    assert installation.meetings() == sorted([starts[0], starts[1] + 26 * HOUR, *starts[2:]])


@pytest.mark.parametrize(("at", "counts"), [(-3 * HOUR, False), (3 * HOUR, True), (None, False)])
def test_when_it_was_cancelled_decides(installation: Installation, at: timedelta | None, counts: bool) -> None:
    diary = installation.microsoft.mailbox.diary
    start = THEN - DAY
    event = diary.meet(start, [], organizer=ZOE)
    diary.cancel(event, at=None if at is None else start + at)
    installation.connect("outlook")
    installation.sync()
    assert bool(installation.meetings()) is counts
    diary.cancel(event, at=THEN)  # whatever is done to it later
    installation.sync(full=True)
    assert bool(installation.meetings()) is counts or at is None


def test_a_cancelled_copy_says_so(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    diary.cancel(diary.meet(NOW, [ANNA]), at=NOW - DAY)
    (record,) = meetings(account)
    assert (record.status, record.cancelled_at) == (MeetingStatus.CANCELLED, NOW - DAY)


def broken_off(account: Account, after: int) -> Cursor:
    """Read some windows of a round, and no more."""
    pages = account.connector().changes(STREAM, None, since=SINCE)
    return [next(pages) for _ in range(after)][-1].cursor


@pytest.mark.parametrize("after", [1, 3, 9])
def test_a_round_that_was_broken_off_reads_all_its_windows(account: Account, after: int) -> None:
    diary = account.sandbox.mailbox.diary
    for number in range(-20, 20):
        diary.meet(NOW + WEEK * number / 2, [ANNA], subject=f"{number}")
    cursor = broken_off(account, after)
    changed = diary.meet(NOW + DAY, [ANNA], subject="booked while nobody listened")
    account.now = NOW + 6 * HOUR
    records, cursor = account.news(STREAM, cursor)
    assert changed in {record.key for record in records if isinstance(record, MeetingRecord)}
    everything = {record.key for record in meetings(account)}
    assert everything >= {record.key for record in records if isinstance(record, MeetingRecord)}
    again, _ = account.news(STREAM, cursor)
    assert not again


def test_a_round_goes_on_where_it_stopped_a_moment_ago(account: Account) -> None:
    cursor = broken_off(account, 3)
    pages = account.read(STREAM, cursor)
    assert len(pages) == len(windows.grid(SINCE, NOW)) - 3


def test_a_round_ends_though_each_window_takes_long(account: Account) -> None:
    cursor: Cursor | None = None
    for turn in range(200):
        account.now = NOW + timedelta(minutes=10 * turn)
        page = next(account.connector().changes(STREAM, cursor, since=SINCE))
        cursor = page.cursor
        if not page.more:
            break
    else:
        pytest.fail("it never ended")


def test_an_outage_in_the_midst_of_a_round_is_said(account: Account) -> None:
    cursor = broken_off(account, 2)
    account.sandbox.mailbox.faults.broken = "/me/calendarView"
    with pytest.raises(ProviderUnavailable):
        account.read(STREAM, cursor)
    account.sandbox.mailbox.faults.broken = ""
    assert account.read(STREAM, cursor)

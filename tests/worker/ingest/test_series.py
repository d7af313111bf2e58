"""A series in several calendars, some of them stale: what the latest copy no longer has counts no more."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from connectors.vcalendar.read import records
from models.accounts import Account
from models.enums import MeetingStatus
from models.history import Interaction, Sighting
from models.records import MeetingRecord, Tombstone, Version
from tests.worker.ingest.emails import ANN, meeting
from tests.worker.ingest.home import ME, NOW, Home
from worker.accounts.store import disconnect
from worker.storage.transactions import reading

WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
MONDAY = NOW - 12 * WEEK
WRITTEN = MONDAY - WEEK


def series(
    first: datetime,
    count: int,
    sequence: int | None,
    written: datetime,
    *,
    laid_out: bool = True,
    cancelled: bool = False,
) -> list[MeetingRecord]:
    """A weekly series as a calendar shows it; `laid_out` from its rule (a file), else occurrence by occurrence."""
    version = Version(sequence, written)
    return [
        meeting(
            f"{number}",
            ical_uid="u",
            starts_at=first + number * WEEK,
            recurrence_at=first + number * WEEK,
            version=version,
            series=version if laid_out else None,
            status=MeetingStatus.CANCELLED if cancelled else MeetingStatus.CONFIRMED,
        )
        for number in range(count)
    ]


def days(home: Home) -> list[int]:
    """How many days after the first Monday each meeting is."""
    return sorted((row[0] - MONDAY).days for row in home.rows(Interaction, "occurred_at"))


def homes_with(*calendars: list[MeetingRecord]) -> list[Home]:
    """Homes that were shown the calendars in every order."""
    homes = []
    for order in permutations(enumerate(calendars)):
        home = Home()
        for number, shown in order:
            home.deliver(shown, name=f"calendar {number}")
        home.recompute()
        homes.append(home)
    assert all(home.tables() == homes[0].tables() for home in homes)
    return homes


OLD = series(MONDAY, 4, 0, WRITTEN)


@pytest.mark.parametrize("laid_out", [True, False])
def test_a_series_moved_as_a_whole_counts_once(laid_out: bool) -> None:
    tuesdays = series(MONDAY + timedelta(days=1), 4, 1, WRITTEN + HOUR, laid_out=laid_out)
    for home in homes_with(OLD, tuesdays):
        assert days(home) == [1, 8, 15, 22]
    for home in homes_with(OLD, series(MONDAY - timedelta(days=1), 4, 1, WRITTEN + HOUR, laid_out=laid_out)):
        assert days(home) == [-1, 6, 13, 20]
        assert home.rows(Sighting, "reason").count(("superseded",)) == 4


def test_a_series_that_was_ended_early_has_no_more_after_that() -> None:
    for home in homes_with(OLD, series(MONDAY, 2, 1, WRITTEN + HOUR)):
        assert days(home) == [0, 7]


def test_a_series_that_begins_anew_later_keeps_what_was() -> None:
    for home in homes_with(OLD, series(MONDAY + 3 * WEEK + HOUR, 2, 1, MONDAY + 3 * WEEK - HOUR)):
        assert days(home) == [0, 7, 14, 21, 28]


def test_of_one_sequence_the_later_telling_is_believed_for_its_time() -> None:
    one_left_out = [record for record in series(MONDAY, 3, 0, WRITTEN + HOUR) if record.key != "1"]
    for home in homes_with(OLD, one_left_out):
        assert days(home) == [0, 14, 21]


def test_lone_invitations_to_a_series_say_nothing_of_the_rest() -> None:
    lone = [record for record in series(MONDAY, 4, 1, WRITTEN + HOUR, laid_out=False) if record.key in {"0", "2"}]
    for home in homes_with(OLD, lone):
        assert days(home) == [0, 7, 14, 21]


def test_a_series_cancelled_elsewhere_keeps_what_had_taken_place() -> None:
    end = MONDAY + WEEK + 2 * HOUR
    whole = meeting("c", ical_uid="u", starts_at=MONDAY, version=Version(1, end), status=MeetingStatus.CANCELLED)
    for cancelled in (series(MONDAY + HOUR, 1, 1, end, cancelled=True), [whole]):
        for home in homes_with(OLD, cancelled):
            assert days(home)[:2] == [0, 7][: len(days(home))]
            assert 14 not in days(home)


def test_a_meeting_that_became_a_series_counts_once() -> None:
    single = meeting("s", ical_uid="u", starts_at=MONDAY, version=Version(0, WRITTEN))
    for home in homes_with([single], series(MONDAY, 3, 1, WRITTEN + HOUR)):
        assert days(home) == [0, 7, 14]


def test_what_the_latest_calendar_took_away_stands_nowhere() -> None:
    """A series that Google moved: its old occurrences are stored, but gone; a stale file still has them."""
    moved = [
        replace(record, key=f"m{record.key}") for record in series(MONDAY + HOUR, 4, 1, WRITTEN + HOUR, laid_out=False)
    ]
    for stale_first in (True, False):
        home = Home()
        if stale_first:
            home.deliver(OLD, name="stale")
        home.deliver(series(MONDAY, 4, 0, WRITTEN, laid_out=False), name="latest")
        home.deliver([*moved, *(Tombstone(record.key, WRITTEN + HOUR) for record in OLD)], name="latest")
        if not stale_first:
            home.deliver(OLD, name="stale")
        home.recompute()
        assert sorted(row[0] - HOUR for row in home.rows(Interaction, "occurred_at")) == [one.starts_at for one in OLD]


def test_what_the_latest_told_is_erased_with_it() -> None:
    home = Home()
    home.deliver(OLD, name="stale")
    home.deliver(series(MONDAY, 2, 1, WRITTEN + HOUR), account="work@own.example", name="latest")
    home.recompute()
    assert days(home) == [0, 7]
    with reading(home.engine) as connection:
        account = connection.scalar(
            select(Account.id).where(Account.user_id == home.user, Account.address == "work@own.example")
        )
    assert account is not None
    disconnect(home.runtime, home.user, account, erase=True)
    home.recompute()
    assert days(home) == [0, 7, 14, 21]


@pytest.mark.parametrize("sequence", ["", "SEQUENCE:0\n", "SEQUENCE:1\n"])
@pytest.mark.parametrize("master_first", [True, False])
def test_a_cancellation_of_a_whole_series_in_a_file_of_its_own(sequence: str, master_first: bool) -> None:
    """Without the rule, and whether or not SEQUENCE was counted up: what had taken place stays."""
    head = "BEGIN:VCALENDAR\n{}BEGIN:VEVENT\nUID:s\nORGANIZER:mailto:ann@one.example\nATTENDEE:mailto:me@own.example\n"
    tail = "DTSTART:20250106T100000Z\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"
    master = f"{head.format('')}DTSTAMP:20250101T000000Z\nRRULE:FREQ=WEEKLY;COUNT=4\n{tail}"
    cancel = f"{head.format('METHOD:CANCEL' + chr(10))}DTSTAMP:20250115T000000Z\n{sequence}{tail}"
    home = Home()
    for text in (master, cancel) if master_first else (cancel, master):
        home.deliver(list(records([("x.ics", text.encode())], NOW)), name=text)
    home.recompute()
    assert sorted(f"{row[0]:%m%d}" for row in home.rows(Interaction, "occurred_at")) == ["0106", "0113"]


@pytest.mark.parametrize("master_first", [True, False])
def test_this_and_all_following_from_another_calendar(master_first: bool) -> None:
    """An update with RANGE=THISANDFUTURE in a file of its own, connected by itself."""
    head = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:s\nORGANIZER:mailto:ann@one.example\nATTENDEE:mailto:me@own.example\n"
    tail = "DURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"
    master = f"{head}DTSTAMP:20250101T000000Z\nDTSTART:20250106T100000Z\nRRULE:FREQ=WEEKLY;COUNT=4\n{tail}"
    update = (
        f"{head}DTSTAMP:20250102T000000Z\nSEQUENCE:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20250113T100000Z\n"
        f"DTSTART:20250114T140000Z\n{tail}"
    )
    home = Home()
    for text in (master, update) if master_first else (update, master):
        home.deliver(list(records([("x.ics", text.encode())], NOW)), name=text)
    home.recompute()
    times = sorted(f"{row[0]:%m%dT%H}" for row in home.rows(Interaction, "occurred_at"))
    assert times == ["0106T10", "0114T14", "0121T14", "0128T14"]


def split(begins: str) -> tuple[bytes, bytes]:
    """A series of ten as it was, and as Google and Outlook split it at the sixth: the rest under a UID of its own."""

    def event(uid: str, start: str, rule: str, sequence: int, stamp: str) -> str:
        return (
            f"BEGIN:VEVENT\nUID:{uid}\nDTSTART:{start}\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;{rule}\nSEQUENCE:{sequence}\n"
            f"DTSTAMP:{stamp}\nORGANIZER:mailto:{ME}\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{ANN}\nEND:VEVENT\n"
        )

    before = event("abc@google.com", "20260601T090000Z", "COUNT=10", 0, "20260501T000000Z")
    ended = event("abc@google.com", "20260601T090000Z", "UNTIL=20260705T235959Z", 1, "20260702T000000Z")
    rest = event("abc_R20260706T090000@google.com", f"20260706T{begins}", "COUNT=5", 1, "20260702T000000Z")
    first, then = (f"BEGIN:VCALENDAR\nVERSION:2.0\n{body}END:VCALENDAR\n".encode() for body in (before, ended + rest))
    return first, then


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("begins", ["090000Z", "103000Z"])
def test_a_series_split_under_a_new_uid_is_one_history(begins: str, order: tuple[int, ...]) -> None:
    first, then = split(begins)
    calendars = (("stale", first), ("live", then), ("other", then))
    home = Home()
    for place in order:
        name, content = calendars[place]
        home.deliver(list(records([(name, content)], NOW)), account=f"{name}@own.example", begins=True)
        home.recompute()
    stored = sorted((at, uid) for uid, at in home.rows(Interaction, "ical_uid", "occurred_at"))
    assert len(stored) == 10
    assert [uid for _, uid in stored] == ["abc@google.com"] * 5 + ["abc_R20260706T090000@google.com"] * 5
    assert {f"{at:%H%M%SZ}" for at, _ in stored[5:]} == {begins}

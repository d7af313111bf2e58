"""The calendar over real HTTPS: windows, series, exceptions, answers, and one uid for what other calendars show too."""

from datetime import datetime, timedelta

from connectors.base import Cursor, Page
from connectors.outlook.api.wire import Event, Zoned
from connectors.outlook.calendar.stream import STREAM
from connectors.outlook.parse import meeting_record
from models.enums import MeetingStatus, Response
from models.records import Attendee, Mailbox, MeetingRecord
from tests.connectors.outlook.account import NOW, Account

ANNA = Attendee("anna@example.org", "Anna Berg", Response.ACCEPTED)
BOSS = Mailbox("boss@example.org", "Boss")
AT = NOW.replace(hour=9) - timedelta(days=2)
DAY = timedelta(days=1)


def meetings(account: Account) -> list[MeetingRecord]:
    news, _ = account.news(STREAM)
    assert all(isinstance(each, MeetingRecord) for each in news)
    return sorted((each for each in news if isinstance(each, MeetingRecord)), key=lambda each: each.starts_at or NOW)


def test_a_meeting_of_ones_own(account: Account) -> None:
    room = Attendee("room1@contoso.example", "Room 1", Response.ACCEPTED, resource=True)
    uid = "040000008200E00074C5B7101A82E00800000000" + "0" * 72
    key = account.sandbox.mailbox.diary.meet(AT, [ANNA, room], minutes=30, subject="Plan", uid=uid, online=True)
    assert meetings(account) == [
        MeetingRecord(
            key=key,
            ical_uid=uid,
            starts_at=AT,
            ends_at=AT + timedelta(minutes=30),
            organizer=Mailbox(account.grant.address, "Owner"),
            attendees=(ANNA, room),
            subject="Plan",
            me=account.grant.address,
        )
    ]


def test_an_invitation_carries_ones_own_answer(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    for answer in (Response.ACCEPTED, Response.TENTATIVE, Response.DECLINED, Response.NONE):
        diary.meet(AT, [ANNA], organizer=BOSS, my_response=answer)
    for meeting, expected in zip(meetings(account), ["accepted", "tentative", "declined", "none"], strict=True):
        mine = next(each for each in meeting.attendees if each.address == meeting.me)
        assert (meeting.organizer, mine.response.value) == (BOSS, expected)


def test_who_was_invited_through_a_group_is_there_all_the_same(account: Account) -> None:
    account.sandbox.mailbox.diary.meet(AT, [ANNA], organizer=BOSS, hide_attendees=True)
    (meeting,) = meetings(account)
    assert [each.address for each in meeting.attendees] == [account.grant.address]
    assert meeting.attendees_omitted


def test_all_occurrences_share_the_uid_of_the_series(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    event = diary.meet(AT, [ANNA], repeats=3, every=DAY)
    diary.move(event, AT + 5 * DAY, occurrence=0)
    found = meetings(account)
    assert {each.ical_uid for each in found} == {diary.events[event].uid}
    assert {each.recurrence_at for each in found} == {AT + DAY * turn for turn in range(4)}
    assert found[-1].recurrence_at == AT
    assert len({each.key for each in found}) == 4


def test_a_series_from_google_keeps_googles_uid(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    diary.meet(AT, [ANNA], organizer=BOSS, uid="7kukuqrfedlm2f9t@google.com", repeats=2, every=DAY)
    assert {each.ical_uid for each in meetings(account)} == {"7kukuqrfedlm2f9t@google.com"}


def test_an_all_day_series_recurs_at_midnight(account: Account) -> None:
    midnight = AT.replace(hour=0)
    account.sandbox.mailbox.diary.meet(midnight, [ANNA], all_day=True, repeats=1, every=DAY)
    found = meetings(account)
    assert [(each.starts_at, each.recurrence_at, each.all_day) for each in found] == [
        (midnight, midnight, True),
        (midnight + DAY, midnight + DAY, True),
    ]


def test_cancelled_drafted_and_workplace_entries(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    diary.cancel(diary.meet(AT, [ANNA], organizer=BOSS))
    diary.meet(AT + DAY, [ANNA], draft=True)
    diary.meet(AT + 2 * DAY, show_as="workingElsewhere", all_day=True)
    cancelled, draft, elsewhere = meetings(account)
    assert cancelled.status is MeetingStatus.CANCELLED
    assert (draft.not_a_meeting, elsewhere.not_a_meeting) == ("draft", "working location")


def test_only_readbasic_is_needed_and_asked_for(account: Account) -> None:
    account.read(STREAM)
    paths = [path for path in account.sandbox.graph.paths if "calendar" in path]
    assert paths
    assert all("$select=" in path and "/delta" not in path and "body" not in path for path in paths)


def covering(pages: list[Page], at: datetime) -> Page | None:
    return next((page for page in pages if page.covers and page.covers.start <= at < page.covers.end), None)


def test_what_vanished_is_missing_from_a_page_that_covers_it(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    kept, dropped = diary.meet(AT, [ANNA]), diary.meet(AT, [ANNA])
    pages = account.read(STREAM)
    diary.drop(dropped)
    later = account.read(STREAM, pages[-1].cursor)
    page = covering(later, AT)
    assert page
    assert [record.key for record in page.records] == [kept]


def test_answers_and_moves_are_seen_and_untouched_windows_are_not_told_again(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    event = diary.meet(AT, [Attendee("anna@example.org", "Anna Berg")])
    diary.meet(AT + 90 * DAY, [ANNA])
    cursor = account.read(STREAM)[-1].cursor
    assert [page for page in account.read(STREAM, cursor) if page.records or page.covers] == []
    diary.respond(event, "anna@example.org", Response.DECLINED)
    pages = [page for page in account.read(STREAM, cursor) if page.covers]
    (meeting,) = [each for page in pages for each in page.records if isinstance(each, MeetingRecord)]
    assert meeting.attendees[0].response is Response.DECLINED
    diary.move(event, AT + 60 * DAY)
    pages = account.read(STREAM, cursor)
    here, there = covering(pages, AT), covering(pages, AT + 60 * DAY)
    assert here
    assert there
    assert list(here.records) == []
    assert [record.key for record in there.records] == [event]


def test_a_clock_that_was_ahead_hides_nothing_that_comes_after_it(account: Account) -> None:
    right = account.now
    account.now += timedelta(days=3)
    cursor = account.read(STREAM)[-1].cursor
    account.now = right
    event = account.sandbox.mailbox.diary.meet(AT, [ANNA])
    page = covering(account.read(STREAM, cursor), AT)
    assert page
    assert [record.key for record in page.records] == [event]


def test_old_windows_are_read_rarely_and_near_ones_each_time(account: Account) -> None:
    def read(cursor: Cursor | None) -> tuple[int, Cursor]:
        asked = len(account.sandbox.graph.paths)
        pages = account.read(STREAM, cursor)
        return len(account.sandbox.graph.paths) - asked, pages[-1].cursor

    first, cursor = read(None)
    account.now += timedelta(minutes=10)
    soon, cursor = read(cursor)
    account.now += timedelta(days=2)
    later, cursor = read(cursor)
    account.now += timedelta(days=40)
    much_later, _ = read(cursor)
    assert soon < later < first
    assert much_later >= first


def test_a_meeting_across_the_edge_of_two_windows_is_told_once(account: Account) -> None:
    pages = account.read(STREAM)
    edge = next(page.covers.end for page in pages if page.covers and page.covers.end > NOW)
    account.sandbox.mailbox.diary.meet(edge - timedelta(minutes=30), [ANNA], minutes=60)
    account.sandbox.mailbox.diary.meet(edge, [ANNA])
    assert len(meetings(account)) == 2


def test_a_busy_window_is_read_to_its_last_page(account: Account) -> None:
    diary = account.sandbox.mailbox.diary
    for turn in range(57):
        diary.meet(AT + timedelta(minutes=turn), [ANNA])
    pages = account.read(STREAM, page=10)
    assert sum(len(page.records) for page in pages) == 57


def test_a_server_that_ignores_the_asked_for_zone() -> None:
    start = Zoned(datetime(2026, 7, 6, 11), "W. Europe Standard Time")
    record = meeting_record(Event("k", start), "me@example.org", "Calendar")
    assert isinstance(record, MeetingRecord)
    assert record.starts_at
    assert record.starts_at.hour == 9

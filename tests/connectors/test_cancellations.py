"""What never took place counts never, whoever says so and however late; what took place stays. Over real HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.enums import Response
from models.records import Mailbox
from tests.connectors.installation import ADA, NOW, Installation
from tests.sandbox.google.agenda import guest, moment
from tests.sandbox.microsoft.diary import outlook_uid
from worker.accounts.store import disconnect
from worker.ingest.meetings.moved_series import moved_away

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
ZOE = Mailbox("zoe@zoe.example", "Zoe")
PROVIDERS = pytest.mark.parametrize("provider", ["gmail", "outlook"])
FULL = pytest.mark.parametrize("full", [False, True])


def book(installation: Installation, provider: str, at: datetime, *, repeats: int = 0, name: str = "lunch") -> None:
    """A meeting with Zoe, or a weekly series of them; Zoe organizes it."""
    if provider == "outlook":
        diary = installation.microsoft.mailbox.diary
        diary.meet(at, [], organizer=ZOE, repeats=repeats, my_response=Response.ACCEPTED, subject=name)
        return
    shown = {
        "id": name,
        "iCalUID": f"{name}@google.com",
        "organizer": {"email": ZOE.address},
        "attendees": [guest(ADA, "accepted", self=True), guest(ZOE.address, "accepted", organizer=True)],
    }
    primary = installation.gmail.agenda.primary
    if repeats:
        starts = [at + WEEK * turn for turn in range(repeats + 1)]
        primary.add_series(shown, starts, HOUR, f"FREQ=WEEKLY;COUNT={repeats + 1}")
    else:
        primary.put(shown | {"start": moment(at), "end": moment(at + HOUR)})


def call_off(installation: Installation, provider: str, *, vanish: bool, name: str = "lunch") -> None:
    """The organizer cancels the meeting, or the whole series."""
    if provider == "gmail":
        primary = installation.gmail.agenda.primary
        if any(item.shown.get("recurringEventId") == name for item in primary.items.values()):
            primary.cancel_series(name)
        else:
            primary.cancel(name)
        if vanish:  # Google keeps what was cancelled for a while only
            for id_ in [id_ for id_, item in primary.items.items() if item.cancelled]:
                del primary.items[id_]
            installation.gmail.agenda.expire_tokens()
        return
    diary = installation.microsoft.mailbox.diary
    event = next(event for event in diary.events.values() if event.subject == name)
    if vanish:
        diary.drop(event.id)
    else:
        for number in range(len(event.slots)):
            diary.cancel(event.id, occurrence=number)


@PROVIDERS
@FULL
@pytest.mark.parametrize("vanish", [False, True])
def test_cancelled_before_its_time_while_nobody_listened(
    installation: Installation, provider: str, full: bool, vanish: bool
) -> None:
    book(installation, provider, NOW + 3 * HOUR)
    installation.connect(provider)
    installation.sync()
    call_off(installation, provider, vanish=vanish)
    installation.now = NOW + 4 * HOUR
    installation.sync(after=5 * WEEK, full=full)
    installation.sync()
    assert installation.meetings() == []


@PROVIDERS
@pytest.mark.parametrize("vanish", [False, True])
def test_what_took_place_stays_when_it_is_cleared_away(installation: Installation, provider: str, vanish: bool) -> None:
    book(installation, provider, NOW + 3 * HOUR)
    installation.connect(provider)
    installation.sync()
    installation.sync(after=5 * HOUR)
    call_off(installation, provider, vanish=vanish)
    installation.sync(full=True)
    assert installation.meetings() == [NOW + 3 * HOUR]


@PROVIDERS
@pytest.mark.parametrize("vanish", [False, True])
def test_a_series_that_its_organizer_ends_keeps_its_past(
    installation: Installation, provider: str, vanish: bool
) -> None:
    first = NOW - 8 * WEEK + 5 * HOUR
    book(installation, provider, first, repeats=11)
    installation.connect(provider)
    installation.sync()
    call_off(installation, provider, vanish=vanish)
    installation.sync()
    installation.sync(after=6 * WEEK)
    installation.sync(full=True)
    assert installation.meetings() == [first + WEEK * turn for turn in range(8)]


@PROVIDERS
@pytest.mark.parametrize(("by", "full"), [(HOUR, False), (HOUR, True), (-2 * DAY, False)])
def test_a_series_moved_as_a_whole_counts_its_past_once(
    installation: Installation, provider: str, full: bool, by: timedelta
) -> None:
    first = NOW - 12 * WEEK + 5 * HOUR
    book(installation, provider, first, repeats=19)
    installation.connect(provider)
    installation.sync()
    past = len(installation.meetings())
    assert past == 12
    call_off(installation, provider, vanish=provider == "outlook")
    if provider == "gmail":
        primary = installation.gmail.agenda.primary
        cancelled = {id_: item for id_, item in primary.items.items() if item.cancelled}
        book(installation, provider, first + by, repeats=19)
        primary.items.update({id_: item for id_, item in cancelled.items() if id_ not in primary.items})
    else:
        installation.microsoft.mailbox.diary.meet(
            first + by, [], organizer=ZOE, repeats=19, uid=outlook_uid(1), subject="lunch"
        )
    installation.sync(full=full)
    installation.sync(full=full)
    expected = sum(first + by + WEEK * turn + HOUR <= installation.now for turn in range(20))
    assert len(installation.meetings()) == expected


@PROVIDERS
def test_one_occurrence_cleared_away_afterwards_stays(installation: Installation, provider: str) -> None:
    first = NOW - 4 * WEEK + 5 * HOUR
    book(installation, provider, first, repeats=7)
    installation.connect(provider)
    installation.sync()
    if provider == "gmail":
        primary = installation.gmail.agenda.primary
        primary.cancel(sorted(id_ for id_ in primary.items if id_.startswith("lunch_"))[1])
    else:
        diary = installation.microsoft.mailbox.diary
        diary.drop(next(iter(diary.events)), occurrence=1)
    installation.sync()
    assert installation.meetings() == [first + WEEK * turn for turn in range(4)]


@PROVIDERS
def test_a_disconnected_account_keeps_what_took_place(installation: Installation, provider: str) -> None:
    book(installation, provider, NOW - DAY, name="held")
    book(installation, provider, NOW + 2 * DAY, name="booked")
    installation.connect(provider)
    installation.sync()
    assert installation.user
    disconnect(installation.runtime, installation.user, installation.accounts[provider], erase=False)
    installation.sync(after=WEEK)
    assert installation.meetings() == [NOW - DAY]
    installation.connect(provider)
    installation.sync()
    assert installation.meetings() == [NOW - DAY, NOW + 2 * DAY]


def _delete(installation: Installation) -> None:
    del installation.gmail.agenda.calendars["team@group.calendar.google.com"]


def _hide(installation: Installation) -> None:
    installation.gmail.agenda.calendars["team@group.calendar.google.com"].hidden = True


def _downgrade(installation: Installation) -> None:
    installation.gmail.agenda.calendars["team@group.calendar.google.com"].access_role = "reader"


@pytest.mark.parametrize("close", [_delete, _hide, _downgrade])
def test_a_calendar_that_is_closed_keeps_what_took_place(
    installation: Installation, close: Callable[[Installation], None]
) -> None:
    agenda = installation.gmail.agenda
    team = agenda.add("team@group.calendar.google.com", "Team")
    for name, at in (("held", NOW - DAY), ("booked", NOW + 2 * DAY)):
        team.put(
            {
                "id": name,
                "iCalUID": f"{name}@google.com",
                "start": moment(at),
                "end": moment(at + HOUR),
                "organizer": {"email": ADA},
                "attendees": [guest(ADA, "accepted"), guest(ZOE.address, "accepted", "Zoe")],
            }
        )
    installation.connect("gmail")
    installation.sync()
    close(installation)
    installation.sync(after=WEEK)
    assert installation.meetings() == [NOW - DAY]
    agenda.calendars[team.id] = team
    team.hidden, team.access_role = False, "owner"
    installation.sync()
    assert installation.meetings() == [NOW - DAY, NOW + 2 * DAY]


STARTS = st.integers(0, 10_000).map(lambda hours: NOW + hours * HOUR)


@given(st.sampled_from([DAY, WEEK, 2 * WEEK]), st.integers(2, 30), st.floats(0.02, 0.45), st.sampled_from([-1, 1]))
def test_a_move_by_less_than_half_a_gap_is_a_move(gap: timedelta, count: int, share: float, way: int) -> None:
    old = [NOW + gap * turn for turn in range(count)]
    new = [at + way * share * gap for at in old]
    assert moved_away(new, old) == set(old)


@given(st.sampled_from([DAY, WEEK, 2 * WEEK]), st.integers(2, 30), st.data())
def test_occurrences_that_were_cleared_away_were_not_moved(gap: timedelta, count: int, data: st.DataObject) -> None:
    series = [NOW + gap * turn for turn in range(count)]
    gone = data.draw(st.sets(st.sampled_from(series), max_size=count - 1))
    assume(count > 2 or gap >= WEEK)  # of two alone, nothing tells their gap: see below
    assert moved_away(set(series) - gone, gone) == set()


@pytest.mark.parametrize("gap", [DAY, WEEK])
def test_every_other_occurrence_was_cleared_away(gap: timedelta) -> None:
    series = [NOW + gap * turn for turn in range(7)]
    for gone, standing in ((series[::2], series[1::2]), (series[1::2], series[::2]), (series[1:2], series[:3:2])):
        assert moved_away(standing, gone) == set()


def test_where_one_stands_and_one_is_gone_the_series_is_taken_for_a_weekly_one() -> None:
    assert moved_away([NOW + 3 * DAY], [NOW]) == {NOW}
    assert moved_away([NOW + 4 * DAY], [NOW]) == set()


@given(st.sets(STARTS), st.sets(STARTS))
def test_nothing_is_moved_where_nothing_stands(standing: set[datetime], gone: set[datetime]) -> None:
    assert moved_away(standing, gone) <= gone
    assert moved_away((), gone) == set()

"""Holidays: a line waits out the days around New Year, or the owner's own yearly pause, and comes in the week after."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from models.enums import Touch
from tests.worker.pairs import BOOK, TODAY, DaysAgo, history, regular
from worker.digest.choose.choice import Candidate, Choice
from worker.digest.choose.policy import choose
from worker.digest.digest import LineKind
from worker.judgement.assess import assess
from worker.judgement.facts import day_of, habits_of

#: a Monday in the holidays of 2026, and those around it
BEFORE, BETWEEN, AFTER = (datetime(2026, 12, 21, 8, tzinfo=UTC) + timedelta(weeks=week) for week in range(3))


def day(now: datetime, year: int, month: int, of_month: int) -> int:
    return (now - datetime(year, month, of_month, tzinfo=UTC)).days


def chosen(now: datetime, *more: DaysAgo, first: bool = False, working: bool = False) -> Choice:
    """Choose for an owner who is busy but for the holidays, with one old friend gone silent since September."""
    since = day(now, 2026, 9, 20)
    everyday = [regular(4 + number % 3, 900, 2) for number in range(8)]
    kept = [[(ago, touch) for ago, touch in each if working or not _between(now, ago)] for each in everyday]
    return choice_for(now, [regular(9, since + 900, since), *more, *kept], first=first)


def choice_for(now: datetime, pasts: Sequence[DaysAgo], *, first: bool = False) -> Choice:
    """Choose as of `now` among people, p0 and so on, of whom is told what happened so many days before."""
    shift = TODAY - day_of(now)
    people = [
        (f"p{number}", history([(ago + shift, touch) for ago, touch in each])) for number, each in enumerate(pasts)
    ]
    habits = habits_of((one for _, one in people), now)
    candidates = [Candidate(name, one, assess(one, habits, BOOK, now), name) for name, one in people]
    return choose(candidates, (), habits, now, first=first)


def _between(now: datetime, ago: int) -> bool:
    at = now - timedelta(days=ago)
    return (at.month, at.day) >= (12, 24) or (at.month, at.day) <= (1, 1)


def named(choice: Choice) -> list[str]:
    return [line.person for line in choice.chosen]


def test_a_line_waits_out_the_days_around_new_year_and_comes_after_them() -> None:
    assert "p0" in named(chosen(BEFORE))
    between = chosen(BETWEEN)
    assert named(between) == []
    assert between.paused
    (why,) = [one.why for one in between.suppressed if one.person == "p0"]
    assert why == "it can wait for the first week after the holidays, from 4 January"
    after = chosen(AFTER)
    assert "p0" in named(after)
    assert after.back
    assert not chosen(AFTER + timedelta(weeks=1)).back


def test_who_worked_through_them_last_year_is_not_kept_waiting() -> None:
    assert "p0" in named(chosen(BETWEEN, working=True))
    assert not chosen(AFTER, working=True).back


def test_late_answers_in_the_holidays_are_no_work() -> None:
    """A year ago there was one email on five of these days, where ten times as much is usual."""
    late = [(day(BETWEEN, 2025, 12, of_month), Touch.OUT_ONE) for of_month in (24, 26, 28, 29, 30)]
    assert "p0" not in named(chosen(BETWEEN, [*late, *regular(5, 900, 400), *regular(5, 300, 3)]))


def test_a_first_digest_introduces_itself_at_any_time() -> None:
    assert "p0" in named(chosen(BETWEEN, first=True))


def test_who_is_met_at_this_time_of_year_is_named_now() -> None:
    yearly: DaysAgo = [
        (day(BETWEEN, year, 12, 29) + step, touch)
        for year in (2023, 2024, 2025)
        for step, touch in ((0, Touch.OUT_ONE), (1, Touch.IN_ONE), (2, Touch.OUT_ONE), (3, Touch.IN_ONE))
    ]
    kinds = {line.person: line.kind for line in chosen(BETWEEN, yearly).chosen}
    assert kinds == {"p1": LineKind.SEASONAL}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-12-23", False),
        ("2026-12-24", True),
        ("2027-01-03", True),  # New Year is a Friday: what follows is a weekend
        ("2027-01-04", False),
        ("2029-01-01", True),  # a Monday
        ("2029-01-02", False),
    ],
)
def test_the_days_themselves(now: str, expected: bool) -> None:
    at = datetime.fromisoformat(f"{now}T08:00+00:00")
    habits = habits_of([], at)
    assert choose([], (), habits, at).paused is expected


def summers(now: datetime, years: tuple[int, ...], *, busy: bool = False) -> Choice:
    """Choose for an owner who was away in the first three weeks of August in these years, `busy`: not in this one."""

    def away(ago: int) -> bool:
        at = now - timedelta(days=ago)
        gone = at.month == 8 and 1 <= at.day <= 21
        return gone and (at.year in years or (at.year == now.year and not busy))

    everyday = [regular(3 + number % 3, 1000, 1) for number in range(8)]
    kept = [[(ago, touch) for ago, touch in each if not away(ago)] for each in everyday]
    return choice_for(now, [regular(9, 1000, 70), *kept])


def test_the_owners_own_yearly_pause_is_waited_out() -> None:
    august = datetime(2026, 8, 10, 8, tzinfo=UTC)
    assert summers(august, (2024, 2025)).paused
    assert not summers(august, (2025,)).paused  # once is no habit
    assert not summers(august, ()).paused
    assert not summers(august, (2024, 2025), busy=True).paused  # they are at work this year
    assert not summers(datetime(2026, 6, 8, 8, tzinfo=UTC), (2024, 2025)).paused
    assert summers(datetime(2026, 8, 24, 8, tzinfo=UTC), (2024, 2025)).back


@pytest.mark.parametrize(("busy", "expected"), [(True, ["p0"]), (False, [])])
def test_weeks_with_a_few_emails_after_a_leave_still_belong_to_it(busy: bool, expected: list[str]) -> None:
    """Away for three weeks, then two in which two of eight are answered; a friend of every six weeks is seen before."""
    now = datetime(2026, 5, 18, 8, tzinfo=UTC)
    everyday = [regular(3 + number % 3, 900, 1) for number in range(8)]
    kept = [
        [(ago, touch) for ago, touch in each if ago > 35 or (ago <= 14 and (busy or number < 2))]
        for number, each in enumerate(everyday)
    ]
    choice = choice_for(now, [regular(42, 1000, 82), *kept])
    assert [name for name in named(choice) if name == "p0"] == expected
    if not busy:
        (why,) = [one.why for one in choice.suppressed if one.person == "p0"]
        assert why == "you've written less than usual around your time away"

"""Holidays: what can wait for the first working week after them does, unless the owner works through them (pure).

Where a reader lives is not known, so nothing is looked up: the days around New Year, and the owner's own yearly pause.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from worker.digest.choose.choice import Candidate
from worker.digest.digest import LineKind
from worker.judgement.facts import ACTIVE, DIRECT, Habits, at_day, day_of

#: The days around New Year: from 24 December to 1 January, and on to the weekend after it if that is near.
CHRISTMAS, NEW_YEAR, NEAR = (12, 24), (1, 1), 3
#: On so many of these days a year ago, and with such a share of what is usual, an owner was at work: they work through
#: them. A late answer here and there is no work.
AT_WORK, AS_USUAL = 4, 0.4
#: A year, a year in whole weeks, so that a weekday stays one, and by how many days a pause may begin later or earlier.
CALENDAR, YEAR, SLACK = 365, 364, 3
#: After a pause has begun, so many active days within a week say that it is none this year.
SETTLED, BUSY = 7, 3
#: For so many days after holidays the first week back lasts.
WEEK = 7
#: What is due on its day, holidays or not.
DATED = frozenset({LineKind.SEASONAL, LineKind.ANNIVERSARY})


@dataclass(frozen=True, slots=True)
class Pause:
    """Holidays, by their first and last day (UTC day numbers)."""

    first: int
    last: int

    @property
    def why(self) -> str:
        """Say why a line waits, and until when."""
        back = at_day(self.last + 1)
        return f"it can wait for the first week after the holidays, from {back.day} {back:%B}"


def pause_on(habits: Habits, everybody: Iterable[Candidate], now: datetime) -> Pause | None:
    """Return the holidays that the day of `now` lies in; None on an ordinary day.

    Args:
        habits: the owner's, as of that day.
        everybody: with their histories, in which the owner's own days of a year ago stand.
        now: aware UTC.
    """
    around = _around_new_year(now.date())
    if around is not None and not _worked(around, habits, everybody):
        return around
    return _yearly(habits, day_of(now))


def first_week_back(habits: Habits, everybody: Iterable[Candidate], now: datetime) -> bool:
    """Whether holidays ended within the week before: a good time to write. As `pause_on` otherwise."""
    today = day_of(now)
    around = _around_new_year((now - timedelta(days=WEEK)).date())
    if around is not None and around.last < today:
        return not _worked(around, habits, everybody)
    return any(
        one.last + YEAR < today <= one.last + YEAR + WEEK and _was_away(habits, one.last - YEAR) for one in habits.away
    )


def _around_new_year(today: date) -> Pause | None:
    """Return the days around New Year that a day lies in."""
    for year in (today.year, today.year + 1):
        new = date(year, *NEW_YEAR)
        to_sunday = 6 - new.weekday()
        last = new + timedelta(days=to_sunday if to_sunday <= NEAR else 0)
        first = date(year - 1, *CHRISTMAS)
        if first <= today <= last:
            return Pause(_day(first), _day(last))
    return None


def _worked(around: Pause, habits: Habits, everybody: Iterable[Candidate]) -> bool:
    """Whether the owner wrote or met on several of these days a year ago, and about as much as on others."""
    first, last = around.first - CALENDAR, around.last - CALENDAR
    active: set[int] = set()
    touches = 0
    for one in everybody:
        here = [day for day in one.history.days if first <= day.day <= last]
        active |= {day.day for day in here if day.touch in ACTIVE}
        touches += len({day.day for day in here if day.touch in DIRECT}) if one.relates else 0
    usual = habits.touches_365 / CALENDAR * (last - first + 1)
    return len(active) >= AT_WORK and touches >= AS_USUAL * usual


def _yearly(habits: Habits, today: int) -> Pause | None:
    """Return the owner's own pause: they were away at this time in each of the last two years, and are not busy now."""
    for one in habits.away:
        first, last = one.first + YEAR, one.last + YEAR
        if not first <= today <= last or not _was_away(habits, today - 2 * YEAR):
            continue
        if today - first >= SETTLED and habits.active_7 >= BUSY:
            continue
        return Pause(first, last)
    return None


def _was_away(habits: Habits, day: int) -> bool:
    return any(one.first - SLACK <= day <= one.last + SLACK for one in habits.away)


def _day(of: date) -> int:
    return (of - date(1970, 1, 1)).days

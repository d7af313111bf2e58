"""Weeks around an absence in which the owner hardly wrote: they belong to it, as far as silences go (pure)."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from worker.digest.choose.choice import Candidate
from worker.judgement.facts import ACTIVE, Absence, Habits, joined

#: such a share of what an owner usually does in so many days is hardly anything
HARDLY = 0.4
#: days: looked at before and after an absence at most, and how long they may be busier in between
AROUND, BUSIER = 14, 7
#: days over which the usual is read; with fewer touches in them nothing is usual yet
YEAR, ENOUGH = 365, 100


def drawn_out(habits: Habits, everybody: Iterable[Candidate]) -> tuple[Absence, ...]:
    """Draw the owner's absences out over the days before and after, in which far less happened than usual.

    Args:
        habits: the owner's, as of a day.
        everybody: with their histories, in which the owner's own days stand.
    """
    oldest = habits.day - YEAR
    known = [one for one in habits.away if one.last >= oldest]
    if not known:
        return habits.away
    touched = sorted(day for one in everybody if one.relates for day in _touched(one, oldest, habits.day))
    awake = YEAR - sum(one.last - max(one.first, oldest) + 1 for one in known)
    if len(touched) < ENOUGH or awake <= 0:
        return habits.away
    least = HARDLY * len(touched) / awake
    edges = ((_edge(one.first, -1, touched, least), _edge(one.last, 1, touched, least)) for one in known)
    return joined([*habits.away, *(Absence(first, min(last, habits.day - 1)) for first, last in edges)])


def _touched(one: Candidate, since: int, until: int) -> set[int]:
    days = one.history.days
    return {day.day for day in days[bisect_left(days, (since,)) :] if day.touch in ACTIVE and day.day < until}


def _edge(edge: int, step: int, touched: Sequence[int], least: float) -> int:
    """The farthest day from an edge of an absence up to which hardly anything happened."""
    found = edge
    for days in range(1, AROUND + 1):
        day = edge + step * days
        if days - abs(found - edge) > BUSIER:
            break
        low, high = min(edge + step, day), max(edge + step, day)
        if bisect_left(touched, high + 1) - bisect_left(touched, low) <= least * days:
            found = day
    return found

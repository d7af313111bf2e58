"""Breaks a pair has each year, as schools have: who was quiet at this time last year is not lost now (pure)."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from worker.judgement.facts import Absence, awake_days

#: a year in whole weeks, so that a weekday stays one
YEAR = 364
#: a break is of so many days at least, and of so many times what is usual for the two
LEAST, TIMES = 21, 2.0
#: where the owner was away for a part of it, the rest is as many times what is usual: more than the two missing a turn
REST_TIMES = 1.5
#: days: a longer break has to have been so in two years, and what is longer still is no break, but most of a year
LONGEST, AT_MOST = 240, 300
#: a break stands out: at other times of the year such gaps take up so large a share at most
SHARE = 0.5
#: days by which it may begin earlier than last year, and by which it may end later
EARLIER, LATER = 14, 7


def yearly_break(contacts: Sequence[int], today: int, usual: float, away: Sequence[Absence]) -> int | None:
    """Give the day on which the break that the present silence lies in ended last year; None if there was none.

    Args:
        contacts: distinct contact days, ascending (UTC day numbers).
        today: a UTC day number.
        usual: days from one conversation of the two to the next.
        away: the owner's own absences, which are breaks of everybody and of nobody.
    """
    for before, after in pairwise(contacts):
        began_in_it = before + YEAR - EARLIER <= contacts[-1] < after + YEAR
        if not began_in_it or today > after + YEAR + LATER:
            continue
        if after - before >= max(LEAST, TIMES * usual) and awake_days(before, after, away) >= REST_TIMES * usual:
            stands_out = _stands_out(contacts, before, after, max(LEAST, TIMES * usual))
            return after if stands_out and _recurs(contacts, before, after) else None
    return None


def _recurs(contacts: Sequence[int], before: int, after: int) -> bool:
    """Whether a break is short enough to be believed at once, or was there the year before as well."""
    if after - before <= LONGEST:
        return True
    if after - before > AT_MOST:
        return False
    pairs = pairwise(contacts)
    return any(2 * (min(b, after - YEAR) - max(a, before - YEAR)) >= after - before for a, b in pairs)


def _stands_out(contacts: Sequence[int], before: int, after: int, least: float) -> bool:
    """Whether gaps as long as the one between two days are rare at other times of the last two years.

    Where two are often silent for as long, that they were so at this time last year explains nothing.
    """
    since = max(contacts[0], contacts[-1] - 2 * YEAR)
    season = [(before - year, after - year) for year in (YEAR, 0, -YEAR)]
    quiet = sum(_outside(max(a, since), b, season) for a, b in pairwise(contacts) if b - a >= least and b > since)
    return quiet <= SHARE * _outside(since, contacts[-1], season)


def _outside(first: int, last: int, spans: Iterable[tuple[int, int]]) -> int:
    """Count the days from one to another that lie in none of some spans, which don't overlap."""
    return last - first - sum(max(0, min(last, end) - max(first, begin)) for begin, end in spans)

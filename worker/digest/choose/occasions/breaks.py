"""Breaks a pair has each year, as schools have: who was quiet at this time last year is not lost now (pure)."""

from collections.abc import Sequence
from itertools import pairwise

from worker.judgement.facts import Absence, awake_days

#: a year in whole weeks, so that a weekday stays one
YEAR = 364
#: a break is of so many days at least, and of so many times what is usual for the two
LEAST, TIMES = 21, 2.0
#: where the owner was away for a part of it, the rest is as many times what is usual: more than the two missing a turn
REST_TIMES = 1.5
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
            return after
    return None

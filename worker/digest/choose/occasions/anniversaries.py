"""Round years since two people were first in touch: a good reason for a few words (pure)."""

from collections.abc import Iterable
from datetime import datetime

from worker.digest.choose.choice import Candidate
from worker.judgement.facts import at_day, contact_days, day_of

#: years that are round: every so many
ROUND = 5
#: days: an anniversary is mentioned in the week it falls in
WEEK = 7
#: days: what began so soon after the history itself may have begun before it
UNSEEN = 120


def beginning(everybody: Iterable[Candidate]) -> int:
    """Say on which day (UTC day number) the history begins; 0 where there is none."""
    return min((one.history.days[0].day for one in everybody if one.history.days), default=0)


def anniversary(one: Candidate, begins: int, now: datetime) -> int | None:
    """Say how many years it is, this week, since the two were first in touch; None if it is no round number.

    Args:
        one: someone the user has a relationship with.
        begins: the first day of the whole history: what lies near it may be older than anyone can see.
        now: aware UTC.
    """
    contacts = contact_days(one.history.days)
    if not contacts or contacts[0] - begins < UNSEEN:
        return None
    first, today = at_day(contacts[0]), day_of(now)
    for year in (now.year, now.year + 1):
        years = year - first.year
        leap = first.month == 2 and first.day == 29
        falls = first.replace(year=year, day=28 if leap else first.day)
        if years > 0 and years % ROUND == 0 and 0 <= day_of(falls) - today < WEEK:
            return years
    return None

"""What the owner is like, as of the start of a day: lent to young pairs, and read by the cold model.

It is read from the owner's own acts, and from people the owner is two-way with: whoever else writes changes nothing.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.judgement.facts.absence import Absence, absences_of
from worker.judgement.facts.conversations import conversations, starts_of
from worker.judgement.facts.history import ACTIVE, DIRECT, INWARD, MEETINGS, OUTWARD, Day, History, day_of
from worker.judgement.facts.relation import is_two_way
from worker.judgement.facts.rhythm import (
    ENOUGH_CONTACTS,
    LONGEST_LIMIT,
    SHORTEST_LIMIT,
    YEAR,
    established,
    gaps_of,
    quantile,
    silence_limit,
    year_gaps,
)

#: with fewer contact days a pair has no gaps worth pooling
POOLED = 3
#: days: a silence is watched from here on, and lasting if it goes on for another month and past the pair's limit
WATCHED = 21
MONTH = 30


@dataclass(frozen=True, slots=True)
class Habits:
    """What is usual for the owner, from the touches on days before `day`; all counts are of the days before it."""

    day: int = 0  # UTC day number
    usual_gap: float = 14.0  # days between conversations, median over all pairs
    long_gap: float = 60.0  # days, nine of ten gaps are shorter
    known_days: int = 0  # since the first touch with anybody
    silent_days: int = 0  # since the owner last wrote to or met anybody
    active_7: int = 0  # days on which the owner wrote or met, in the last 7, 30, 90 and 365
    active_30: int = 0
    active_90: int = 0
    active_365: int = 0
    people_30: int = 0  # people in direct touch
    people_90: int = 0
    people_365: int = 0
    touches_365: int = 0  # contact days, summed over people
    new_90: int = 0  # people first in direct touch
    new_365: int = 0
    silences_lasted: int = 0  # silences of rooted pairs decided in the last year: those that lasted
    silences_ended: int = 0  # and those that ended by themselves
    away: tuple[Absence, ...] = ()  # the owner's own absences


def habits_of(histories: Iterable[History], now: datetime) -> Habits:
    """What is usual for this owner as of the start of today, so that it is the same all day."""
    today = day_of(now)
    gaps: list[int] = []
    active: set[int] = set()
    first_ever = last_active = -1
    people_30 = people_90 = people_365 = touches_365 = new_90 = new_365 = lasted = ended = 0
    for history in histories:
        days = history.days
        if not days or days[0].day >= today:
            continue
        contacts: list[int] = []
        last = first_out = first_in = -1
        for day, touch, _ in days:
            if day >= today:
                break
            if touch in ACTIVE:
                active.add(day)
            if touch in DIRECT:
                if day != last:
                    contacts.append(day)
                    last = day
                if first_out < 0 and (touch in OUTWARD or touch in MEETINGS):
                    first_out = day
                if first_in < 0 and (touch in INWARD or touch in MEETINGS):
                    first_in = day
        if first_out < 0 or first_in < 0 or not _two_way(days, today):
            continue
        first_ever = days[0].day if first_ever < 0 else min(first_ever, days[0].day)
        in_year = len(contacts) - bisect_left(contacts, today - YEAR)
        if in_year:
            in_month = len(contacts) - bisect_left(contacts, today - 30)
            people_365 += 1
            people_90 += last >= today - 90
            people_30 += in_month > 0
            touches_365 += in_year
            new_365 += contacts[0] >= today - YEAR
            new_90 += contacts[0] >= today - 90
        if len(contacts) >= POOLED:
            gaps.extend(gaps_of(starts_of(contacts)))
        if len(contacts) >= ENOUGH_CONTACTS:
            outcome = _silences(contacts, max(first_out, first_in), today)
            lasted += outcome[0]
            ended += outcome[1]
    if first_ever < 0:
        return Habits(day=today)
    gaps.sort()
    last_active = max(active, default=first_ever)
    usual, long = (quantile(gaps, 0.5), max(7.0, quantile(gaps, 0.9))) if gaps else (14.0, 60.0)
    recent = sorted(day for day in active if day >= today - YEAR)
    seven, thirty, ninety = (len(recent) - bisect_left(recent, today - days) for days in (7, 30, 90))
    return Habits(
        day=today,
        usual_gap=usual,
        long_gap=long,
        known_days=today - first_ever,
        silent_days=today - last_active,
        active_7=seven,
        active_30=thirty,
        active_90=ninety,
        active_365=len(recent),
        people_30=people_30,
        people_90=people_90,
        people_365=people_365,
        touches_365=touches_365,
        new_90=new_90,
        new_365=new_365,
        silences_lasted=lasted,
        silences_ended=ended,
        away=absences_of(sorted(active), today),
    )


def _two_way(days: Sequence[Day], today: int) -> bool:
    return is_two_way(conversations(days[: bisect_left(days, (today,))]))


def _silences(contacts: list[int], two_way_since: int, today: int) -> tuple[int, int]:
    """How many watched silences of a rooted pair were decided in the last year: (lasted, ended by themselves)."""
    lasted = ended = 0
    oldest = today - YEAR - int(LONGEST_LIMIT)
    for i in range(max(ENOUGH_CONTACTS - 1, bisect_left(contacts, oldest)), len(contacts)):
        begun = contacts[i]
        back = contacts[i + 1] if i + 1 < len(contacts) else None
        if (back or today) - begun < WATCHED or begun < two_way_since or not established(contacts, i):
            continue
        if back is not None and back - begun <= SHORTEST_LIMIT:  # shorter than any limit
            ended += back >= today - YEAR
            continue
        limit = max(silence_limit(year_gaps(contacts, i)), WATCHED + MONTH)
        if back is not None and back - begun <= limit:
            ended += back >= today - YEAR
        elif today - YEAR <= begun + limit < today:
            lasted += 1
    return lasted, ended

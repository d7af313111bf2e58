"""What the owner is like, as of the start of a day: lent to young pairs, and read by the cold model.

It is read from the owner's own acts, and from people the owner is two-way with: whoever else writes changes nothing.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from worker.judgement.facts.absence import Absence, absences_of
from worker.judgement.facts.conversations import starts_of
from worker.judgement.facts.history import ACTIVE, DIRECT, INWARD, MEETINGS, OUTWARD, Day, History, day_of
from worker.judgement.facts.relation import are_two_way
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
    known_days: int = 0  # since the first touch with anyone
    silent_days: int = 0  # since the owner last wrote to or met anyone
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


def habits_of(histories: Iterable[History], now: datetime, active_days: Iterable[int] = ()) -> Habits:
    """What is usual for this owner as of the start of today, so that it is the same all day.

    Args:
        histories: of everyone; or of those the owner may be two-way with, where `active_days` says the rest.
        now: aware UTC.
        active_days: UTC day numbers on which the owner wrote to or met anyone, as far as the histories don't say so.
    """
    today = day_of(now)
    active = {day for day in active_days if day < today}
    tally = _Tally(today)
    for history in histories:
        days = history.days
        if not days or days[0].day >= today:
            continue
        contacts, two_way_since = _read(days, today, active)
        if two_way_since is not None and are_two_way(days[: bisect_left(days, (today,))]):
            tally.add(days[0].day, contacts, two_way_since)
    return tally.habits(active)


def _read(days: Sequence[Day], today: int, active: set[int]) -> tuple[list[int], int | None]:
    """The contact days of a pair before today, and since when both have had a word (None: not yet).

    The days on which the owner wrote or met are added to `active`, in the same pass.
    """
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
    return contacts, None if first_out < 0 or first_in < 0 else max(first_out, first_in)


@dataclass(slots=True)
class _Tally:
    """What the pairs of an owner add up to, by the start of a UTC day."""

    day: int
    gaps: list[int] = field(default_factory=list)
    first_ever: int = -1
    people_30: int = 0
    people_90: int = 0
    people_365: int = 0
    touches_365: int = 0
    new_90: int = 0
    new_365: int = 0
    lasted: int = 0
    ended: int = 0

    def add(self, first: int, contacts: list[int], two_way_since: int) -> None:
        """Count one two-way pair: its first day with any touch, and its contact days, ascending."""
        today = self.day
        self.first_ever = first if self.first_ever < 0 else min(self.first_ever, first)
        in_year = len(contacts) - bisect_left(contacts, today - YEAR)
        if in_year:
            self.people_365 += 1
            self.people_90 += contacts[-1] >= today - 90
            self.people_30 += contacts[-1] >= today - 30
            self.touches_365 += in_year
            self.new_365 += contacts[0] >= today - YEAR
            self.new_90 += contacts[0] >= today - 90
        if len(contacts) >= POOLED:
            self.gaps.extend(gaps_of(starts_of(contacts)))
        if len(contacts) >= ENOUGH_CONTACTS:
            lasted, ended = _silences(contacts, two_way_since, today)
            self.lasted += lasted
            self.ended += ended

    def habits(self, active: set[int]) -> Habits:
        """What is usual, given the days on which the owner wrote to or met anyone."""
        if self.first_ever < 0:
            return Habits(day=self.day)
        gaps = sorted(self.gaps)
        recent = sorted(day for day in active if day >= self.day - YEAR)
        seven, thirty, ninety = (len(recent) - bisect_left(recent, self.day - days) for days in (7, 30, 90))
        return Habits(
            day=self.day,
            usual_gap=quantile(gaps, 0.5) if gaps else 14.0,
            long_gap=max(7.0, quantile(gaps, 0.9)) if gaps else 60.0,
            known_days=self.day - self.first_ever,
            silent_days=self.day - max(active, default=self.first_ever),
            active_7=seven,
            active_30=thirty,
            active_90=ninety,
            active_365=len(recent),
            people_30=self.people_30,
            people_90=self.people_90,
            people_365=self.people_365,
            touches_365=self.touches_365,
            new_90=self.new_90,
            new_365=self.new_365,
            silences_lasted=self.lasted,
            silences_ended=self.ended,
            away=absences_of(sorted(active), self.day),
        )


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

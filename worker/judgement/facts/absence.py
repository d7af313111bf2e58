"""The owner's own absences: days without a sign of someone usually active. A silence in them is no one's."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from worker.judgement.facts.rhythm import quantile

#: days without a sign that are an absence at least, and times the owner's own long pause
SHORTEST = 7
BEYOND = 3.0
#: active days passed over within one absence, and the share of the usual activity that is hardly any
FEW = 4
QUIETER = 0.25
#: with fewer active days nothing is usual yet
ENOUGH = 20
#: days: how far back pauses and absences are looked at
BACK = 3 * 365


class Absence(NamedTuple):
    """The first and the last day of an absence (UTC day numbers)."""

    first: int
    last: int


def absences_of(active: Sequence[int], today: int) -> tuple[Absence, ...]:
    """Find the stretches in which an owner was hardly active, the one that still lasts included.

    A word now and then from the beach does not end an absence: up to FEW active days are passed over, as long as the
    stretch is far quieter than usual.

    Args:
        active: the days on which the owner wrote or met, ascending, all before `today`.
        today: a UTC day number.
    """
    recent = [day for day in active if day >= today - BACK]
    if len(recent) < ENOUGH:
        return ()
    days = [*recent, today]
    pauses = sorted(after - before for before, after in pairwise(days))
    long = quantile(pauses, 0.9)
    least = max(SHORTEST, BEYOND * long)
    rate = len(recent) / max(1, recent[-1] - recent[0] + 1)
    found: list[Absence] = []
    i = 0
    while i < len(recent):
        ends = [
            j
            for j in range(i + 1, min(i + 2 + FEW, len(days)))
            if days[i + 1] - days[i] > long < days[j] - days[j - 1]  # begins and ends with a pause
            and days[j] - days[i] - 1 >= least
            and j - i - 1 <= QUIETER * rate * (days[j] - days[i] - 1)
        ]
        if ends:
            found.append(Absence(days[i] + 1, days[ends[-1]] - 1))
        i = ends[-1] if ends else i + 1
    return tuple(found)


def joined(absences: Sequence[Absence]) -> tuple[Absence, ...]:
    """Join absences of several people where they overlap, so that no day counts twice."""
    found: list[Absence] = []
    for one in sorted(absences):
        if found and one.first <= found[-1].last + 1:
            found[-1] = Absence(found[-1].first, max(found[-1].last, one.last))
        else:
            found.append(one)
    return tuple(found)


def awake_days(begin: int, end: int, absences: Sequence[Absence]) -> int:
    """The days from one day to another without those of absences."""
    away = sum(max(0, min(end - 1, one.last) - max(begin + 1, one.first) + 1) for one in absences if one.last > begin)
    return end - begin - away

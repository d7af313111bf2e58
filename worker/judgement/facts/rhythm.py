"""What is usual for a pair: its rhythm between conversations, and when a silence begins to mean something."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from operator import sub

#: a pair is rooted enough for its silence to mean something when, within a year of its last contact day, it has
#: this many contact days over at least this many days
ENOUGH_CONTACTS = 5
ENOUGH_SPAN = 60
YEAR = 365
#: days: a silence is long when it outlasts 1.5 times the pair's own long gap, within these bounds
SHORTEST_LIMIT = 60.0
LONGEST_LIMIT = 180.0
#: a silence is out of the ordinary from so many days on, and from so many times the usual gap
EARLIEST = 14
BEYOND = 1.25
#: of a slow rhythm, read from few gaps: a fifth more than usual is nothing yet in half a year, three weeks are at two
SLOW = 50.0
BEYOND_SLOW = 1.5
#: a pair is steady when it has so many gaps of its own, and nine of ten are within so many times the usual one
STEADY_GAPS = 4
STEADY_WITHIN = 2.0
#: with so many gaps of a pair's own its silence speaks for itself from so many times the usual gap on, and the long one
OVERDUE = 2.1
OVERDUE_LONG = 1.25
#: on the morning of the fourteenth day a weekly pair has missed each other once, not twice
TWICE_MISSED = 15.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a pair talks, in days from the start of one conversation to the next, without the owner's absences."""

    usual: float  # the median
    long: float  # nine of ten gaps are shorter
    longest: int  # of all gaps ever, absences included; 0 where there is none
    gaps: int  # of the pair's own that this is read from
    busy: bool = False  # the conversations run into each other: several contact days a week
    bursts: bool = False  # weeks of many conversations with long pauses between: the gaps are from burst to burst
    lately: float = 0.0  # the shorter of the last two gaps: who has become slower is not missed as before

    @property
    def gate(self) -> float:
        """Days of silence before which nobody is named."""
        beyond = BEYOND if self.usual < SLOW else BEYOND_SLOW
        return max(float(EARLIEST), beyond * self.usual, BEYOND * self.lately, self.long if self.bursts else 0.0)

    @property
    def steady(self) -> bool:
        """Whether the pair keeps so regular a rhythm that its own gaps say more than those of others."""
        return self.known and self.long <= STEADY_WITHIN * self.usual

    @property
    def known(self) -> bool:
        """Whether the pair has so many gaps of its own that they show what is long for it."""
        return self.gaps >= STEADY_GAPS

    @property
    def overdue(self) -> float:
        """Days from which on the silence of a pair whose rhythm is known speaks for itself."""
        return max(TWICE_MISSED, OVERDUE * self.usual, OVERDUE_LONG * self.long)


def quantile(ordered: Sequence[float], share: float) -> float:
    """A quantile of an ascending, non-empty sequence, linear between neighbours."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def established(contacts: Sequence[int], upto: int | None = None) -> bool:
    """Whether the pair was rooted enough at one of its contact days (the last, unless `upto` is its index)."""
    i = len(contacts) - 1 if upto is None else upto
    if i < ENOUGH_CONTACTS - 1:
        return False
    first = bisect_left(contacts, contacts[i] - YEAR, 0, i + 1)
    return i + 1 - first >= ENOUGH_CONTACTS and contacts[i] - contacts[first] >= ENOUGH_SPAN


def gaps_of(contacts: Sequence[int]) -> list[int]:
    """The days from each contact day to the next."""
    return list(map(sub, contacts[1:], contacts))


def year_gaps(contacts: Sequence[int], upto: int | None = None) -> list[int]:
    """The gaps, ascending, between the contact days of the year up to one of them."""
    i = len(contacts) - 1 if upto is None else upto
    recent = contacts[bisect_left(contacts, contacts[i] - YEAR, 0, i + 1) : i + 1]
    return sorted(gaps_of(recent))


def silence_limit(gaps: Sequence[int]) -> float:
    """How many days a silence must last to be called lasting, from the ascending gaps of a year."""
    if not gaps:
        return SHORTEST_LIMIT
    return min(LONGEST_LIMIT, max(SHORTEST_LIMIT, 1.5 * quantile(gaps, 0.9)))

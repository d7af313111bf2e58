"""Seasonal pairs: people one is in touch with once a year, and whose silence in between means nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from worker.judgement.facts import at_day

YEAR = 365
#: days of silence that separate one season from the next, and the longest season (a tax adviser's)
APART = 150
LONGEST = 100
#: days by which the same season may begin earlier or later in another year
SLACK = 45
#: the season is near: from so many days before it begins to so many after
AHEAD = 35
BEHIND = 10


@dataclass(frozen=True, slots=True)
class Season:
    """When a yearly contact is expected again (UTC day numbers)."""

    begins: tuple[int, ...]  # the first contact day of each season so far
    expected: int
    comes: bool  # it is near, and nothing has happened yet

    @property
    def why(self) -> str:
        """The sentence that a digest quotes."""
        last = at_day(self.begins[-1])
        return f"You're in touch around this time every year; last time it started on {last.day} {last:%B %Y}."


def may_be_yearly(contacts: Sequence[int], today: int) -> bool:
    """Whether a pair has had one season so far, and a year has not passed since: no one can know that it's over."""
    return bool(contacts) and contacts[-1] - contacts[0] <= LONGEST and today <= contacts[0] + YEAR + SLACK


def season_of(contacts: Sequence[int], today: int) -> Season | None:
    """The season of a pair, or None: at least two short bouts of contact, years apart, with silence in between."""
    begins: list[int] = []
    last = None
    for day in contacts:
        if last is None or day - last > APART:
            begins.append(day)
        elif day - begins[-1] > LONGEST:
            return None
        last = day
    if last is None or len(begins) < 2:
        return None
    for before, after in pairwise(begins):
        years = round((after - before) / YEAR)
        if years < 1 or abs(after - before - years * YEAR) > SLACK:
            return None
    expected = begins[-1] + YEAR
    if today > expected + SLACK:
        return None  # it did not come: an ordinary silence again
    return Season(tuple(begins), expected, today - last > APART and expected - AHEAD <= today <= expected + BEHIND)

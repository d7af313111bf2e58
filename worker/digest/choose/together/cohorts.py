"""A year that ends: several whom one knew for a while only fall silent at one time, wherever they write from (pure).

Parents whose children leave a school, sources of a story, guests of a season: no firm shows them to belong together.
"""

import math
from bisect import bisect_left
from collections.abc import Collection, Container, Iterator, Mapping
from typing import NamedTuple

from worker.digest.choose.choice import Candidate, Ending
from worker.digest.choose.occasions.anniversaries import beginning
from worker.judgement.facts import contact_days

#: so many fall silent together, each known for so many days at most; and so much more than at any moment
SEVERAL, A_WHILE, DEVIATIONS = 3, 400, 3.0
#: a word would have been due within the pair's long gap, so many times what is usual at most, and so many days at least
DUE, DUE_DAYS = 2.0, 14
#: a year begins for all of them within so many days; who said goodbye so many days before the others belongs to them
BEGAN, BEFORE = 120, 14
#: days: who was there when the history began, or so soon after, may have been known for years
UNSEEN = 60


class _Span(NamedTuple):
    """When somebody was in touch first and last, and when the next word was due: days."""

    begun: int
    last: int
    due: int


def cohorts(people: Mapping[str, Candidate], known: Container[str]) -> dict[str, Ending]:
    """Say of those who are past their gate, and of no project that is `known`, with whom they fell silent.

    Whoever talks once a month is silent for up to a month when the year ends, so last days lie apart: a moment is
    looked for between the last word of each and the one that was due.
    """
    seen = beginning(people.values()) + UNSEEN
    ended = {person: span for person, one in people.items() if person not in known and (span := _ended_within(one))}
    spans = {person: span for person, span in ended.items() if span.begun >= seen}
    found: dict[str, Ending] = {}
    several = _beyond_chance(ended.values())
    while spans:
        group = max(_groups(spans), key=lambda each: (len(each), sorted(each)))
        if len(group) < several:
            break
        ending = Ending("", max(spans[person].last for person in group))
        group += [person for person, span in spans.items() if person not in group and _beside(span, group, spans)]
        found |= dict.fromkeys(group, ending)
        spans = {person: span for person, span in spans.items() if person not in found}
    return found


def _groups(spans: Mapping[str, _Span]) -> Iterator[list[str]]:
    """Those who began within some months, and were silent at one moment: for each moment and each beginning."""
    by_beginning = sorted((span.begun, person, span) for person, span in spans.items())
    for i, (first, _, _) in enumerate(by_beginning):
        alike = by_beginning[i : bisect_left(by_beginning, (first + BEGAN + 1,), key=lambda one: one[:1])]
        for day in {span.last for _, _, span in alike}:
            yield [person for _, person, span in alike if span.last <= day <= span.due]


def _beside(span: _Span, group: Collection[str], spans: Mapping[str, _Span]) -> bool:
    """Whether somebody began with a group, and ended just before it did."""
    begun = [spans[person].begun for person in group]
    ended = max(spans[person].last for person in group)
    began = max(begun) - BEGAN <= span.begun <= min(begun) + BEGAN
    return began and span.last <= ended <= span.due + BEFORE


def _beyond_chance(spans: Collection[_Span]) -> float:
    """Say how many at one moment are more than chance: with many acquaintances some always fall silent together.

    As many as are silent at any moment, and so many standard deviations (of Poisson's distribution) more.
    """
    if not spans:
        return float(SEVERAL)
    period = max(span.due for span in spans) - min(span.begun for span in spans) + 1
    usual = sum(span.due - span.last + 1 for span in spans) / period
    return max(float(SEVERAL), usual + DEVIATIONS * math.sqrt(usual))


def _ended_within(one: Candidate) -> _Span | None:
    """Give the days in which something ended for somebody known for a while who is silent; None for all others."""
    rhythm, contacts = one.assessment.rhythm, contact_days(one.history.days)
    if not one.relates or rhythm is None or not contacts or contacts[-1] - contacts[0] > A_WHILE:
        return None
    if rhythm.gaps == 0 or one.assessment.awake_days < rhythm.gate:
        return None
    due = contacts[-1] + round(max(DUE_DAYS, min(rhythm.long, DUE * rhythm.usual)))
    return _Span(contacts[0], contacts[-1], due)

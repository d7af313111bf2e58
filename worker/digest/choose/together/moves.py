"""People who move: one full name at a new address where the old one falls silent; a suggestion, never a merge."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from worker.addresses.names import full_name
from worker.digest.choose.choice import Candidate, Move
from worker.judgement.facts import INWARD, MEETINGS, OUTWARD, contact_days

#: days by which a new address may begin before the old one ends, and after
OVERLAP = 60
PAUSE = 150
#: people around both who show them to be one, and the pause that then doesn't matter
SHARED = 2
LONG_PAUSE = 365
#: names that several senders bear
COMMON = frozenset({
    "team", "support", "info", "sales", "service", "customer", "help", "desk", "office", "news", "notifications",
    "admin", "billing", "accounts", "account", "marketing", "events", "the", "newsletter", "no", "reply",
    "community", "hello",
})  # fmt: skip


def namesakes(people: Iterable[Candidate]) -> list[list[Candidate]]:
    """Group those who share a full name that identifies somebody."""
    named: dict[str, list[Candidate]] = defaultdict(list)
    for one in people:
        name = full_name(one.name)
        if name and not COMMON & set(name.split()):
            named[name].append(one)
    return [bearers for _, bearers in sorted(named.items()) if len(bearers) > 1]


def moves(people: Mapping[str, Candidate]) -> tuple[Move, ...]:
    """Find pairs of people who are likely one: by name, by time, and by the people around them.

    Two of one name are taken for one by the time alone; among more, and after a longer pause, they must also write to
    the same people. The user must have written to the new one, because anybody can put any name before an address.
    """
    return tuple(
        Move(pair.old.person, pair.new.person, pair.new.name)
        for pair in _pairs(people.values())
        if pair.alone or len(pair.old.circle & pair.new.circle) >= SHARED
    )


def undecided(people: Iterable[Candidate]) -> set[str]:
    """Name those for whom only the people around them show whether they are one: their circles have to be read."""
    return {one.person for pair in _pairs(people) if not pair.alone for one in (pair.old, pair.new)}


def side_by_side(people: Iterable[Candidate]) -> Iterator[tuple[Candidate, Candidate]]:
    """Find the pairs of that name that are used side by side, the one in use last after the other.

    Somebody writes from the office or from home, as it happens. The user must have written to both.
    """
    for bearers in namesakes(one for one in people if one.relates):
        spans = sorted(
            ((days[-1], days[0], one) for one in bearers if (days := contact_days(one.history.days))),
            key=lambda span: (span[0], span[2].person),
        )
        if len(spans) == 2 and all(_answered(one) for _, _, one in spans):
            (ended, began, one), (_, other_began, other) = spans
            if ended - max(began, other_began) > OVERLAP:
                yield one, other


def elsewhere(people: Iterable[Candidate]) -> set[str]:
    """Name those who have been in touch from another address since."""
    return {one.person for one, _ in side_by_side(people)}


class _Pair(NamedTuple):
    """Two who may be one: so by name and time; `alone` if these say enough."""

    old: Candidate
    new: Candidate
    alone: bool


def _pairs(people: Iterable[Candidate]) -> Iterator[_Pair]:
    for bearers in namesakes(people):
        known = {one.person: one for one in bearers}
        spans = sorted((days[0], days[-1], one.person) for one in bearers if (days := contact_days(one.history.days)))
        for (_, ended, old), (began, last, new) in combinations(spans, 2):
            if ended < last and ended - OVERLAP <= began <= ended + LONG_PAUSE and _answered(known[new]):
                yield _Pair(known[old], known[new], alone=len(spans) == 2 and began <= ended + PAUSE)


def _answered(one: Candidate) -> bool:
    """Whether the user has written there, or met them, since they first wrote from there."""
    since = min((day for day, touch, _ in one.history.days if touch in INWARD), default=0)
    return any(day >= since and (touch in OUTWARD or touch in MEETINGS) for day, touch, _ in one.history.days)

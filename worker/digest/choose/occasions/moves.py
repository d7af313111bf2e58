"""People who move: one full name at a new address where the old one falls silent; a suggestion, never a merge."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from worker.addresses.names import full_name
from worker.digest.choose.choice import Candidate, Move
from worker.judgement.facts import INWARD, MEETINGS, OUTWARD, contact_days

#: days by which a new address may begin before the old one ends, and after
OVERLAP = 60
PAUSE = 150
#: people around both who tell them to be one, and the pause that is then no hindrance
SHARED = 2
LONG_PAUSE = 365
#: names that several senders bear
COMMON = frozenset({
    "team", "support", "info", "sales", "service", "customer", "help", "desk", "office", "news", "notifications",
    "admin", "billing", "accounts", "account", "marketing", "events", "the", "newsletter", "no", "reply",
    "community", "hello",
})  # fmt: skip


def namesakes(people: Iterable[Candidate]) -> list[list[Candidate]]:
    """Part out those who share a full name that tells somebody apart."""
    named: dict[str, list[Candidate]] = defaultdict(list)
    for one in people:
        name = full_name(one.name)
        if name and not COMMON & set(name.split()):
            named[name].append(one)
    return [bearers for _, bearers in sorted(named.items()) if len(bearers) > 1]


def moves(people: Mapping[str, Candidate]) -> tuple[Move, ...]:
    """Find pairs of people who are likely one: by name, by time, and by the people around them.

    Two of one name are told to be one by the time alone; among more, and after a longer pause, they must also write to
    the same people. The user must have written to the new one, because anybody can put any name before an address.
    """
    found = []
    for bearers in namesakes(people.values()):
        spans = sorted((days[0], days[-1], one.person) for one in bearers if (days := contact_days(one.history.days)))
        for (_, ended, old), (began, last, new) in combinations(spans, 2):
            shared = len(people[old].circle & people[new].circle) >= SHARED
            in_time = ended - OVERLAP <= began <= ended + (LONG_PAUSE if shared else PAUSE)
            if (shared or len(spans) == 2) and ended < last and in_time and _answered(people[new]):
                found.append(Move(old, new, people[new].name))
    return tuple(found)


def _answered(one: Candidate) -> bool:
    """Whether the user has written there, or met them, since they first wrote from there."""
    since = min((day for day, touch, _ in one.history.days if touch in INWARD), default=0)
    return any(day >= since and (touch in OUTWARD or touch in MEETINGS) for day, touch, _ in one.history.days)

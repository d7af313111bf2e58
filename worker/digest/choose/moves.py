"""People who move: one full name at a new address where the old one falls silent; a suggestion, never a merge."""

from collections import defaultdict
from collections.abc import Mapping

from worker.addresses.names import full_name
from worker.digest.choose.choice import Candidate, Move
from worker.judgement.facts import INWARD, MEETINGS, OUTWARD, contact_days

#: days by which a new address may begin before the old one ends, and after
OVERLAP = 60
PAUSE = 150
#: names that several senders bear
COMMON = frozenset({
    "team", "support", "info", "sales", "service", "customer", "help", "desk", "office", "news", "notifications",
    "admin", "billing", "accounts", "account", "marketing", "events", "the", "newsletter", "no", "reply",
    "community", "hello",
})  # fmt: skip


def moves(people: Mapping[str, Candidate]) -> tuple[Move, ...]:
    """Find pairs of people who are likely one: by name, by time, and only where the user has written to the new one.

    The user's own words are asked for because anybody can put any name before an address.
    """
    named: dict[str, list[Candidate]] = defaultdict(list)
    for one in people.values():
        name = full_name(one.name)
        if name and not COMMON & set(name.split()):
            named[name].append(one)
    found = []
    for _, bearers in sorted(named.items()):
        spans = sorted((days[0], days[-1], one.person) for one in bearers if (days := contact_days(one.history.days)))
        if len(spans) != 2:  # nobody's namesake is told from somebody who moved
            continue
        (_, ended, old), (began, last, new) = spans
        if ended < last and ended - OVERLAP <= began <= ended + PAUSE and _answered(people[new]):
            found.append(Move(old, new, people[new].name))
    return tuple(found)


def _answered(one: Candidate) -> bool:
    """Whether the user has written there, or met them, since they first wrote from there."""
    since = min((day for day, touch, _ in one.history.days if touch in INWARD), default=0)
    return any(day >= since and (touch in OUTWARD or touch in MEETINGS) for day, touch, _ in one.history.days)

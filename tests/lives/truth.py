"""What is really so: who is a relationship, in what rhythm, and when it lapsed; written beside the life."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise


class Kind(StrEnum):
    """What somebody is to the owner."""

    FRIEND = "friend"  # two-way, in a rhythm of its own
    PROJECT = "project"  # a colleague in something that ends
    YEARLY = "yearly"  # met once a year
    BRIEF = "brief"  # one exchange, and that was it
    NOBODY = "nobody"  # help desks, sequences, groups, hosts


@dataclass(slots=True)
class Bond:
    """One person as the owner would describe them."""

    name: str
    addresses: list[str]
    kind: Kind
    every: float = 0.0  # days from the start of one conversation to the next
    begins: datetime | None = None
    ends: datetime | None = None  # the last real contact, if it has lapsed
    firm: str = ""
    contacts: list[datetime] = field(default_factory=list)  # as the two would count them: delivered, or met
    thanks_due: list[datetime] = field(default_factory=list)  # introductions by them that nobody thanked them for
    left_behind: datetime | None = None  # since when they know no address that the owner still uses
    off: list[tuple[datetime, datetime]] = field(default_factory=list)  # their own leaves and holidays, from and to

    def last(self, now: datetime) -> datetime | None:
        """The last real contact before a moment."""
        known = [moment for moment in self.contacts if moment <= now]
        return max(known, default=None)

    def silent(self, now: datetime) -> int | None:
        """Days since then."""
        last = self.last(now)
        return None if last is None else (now - last).days

    def longest(self, now: datetime) -> int:
        """The longest gap between contacts before the present silence, in days."""
        known = sorted(moment for moment in self.contacts if moment <= now)
        return max(((after - before).days for before, after in pairwise(known)), default=0)

    def rooted(self) -> bool:
        """Whether both would have called it a relationship when it lapsed: five conversations over two months."""
        starts: list[datetime] = []
        for moment in sorted(self.contacts):
            if not starts or moment - starts[-1] > timedelta(days=7):
                starts.append(moment)
        return len(starts) >= 5 and starts[-1] - starts[0] >= timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Holidays:
    """When the owner is away, from and to."""

    spans: Sequence[tuple[datetime, datetime]]

    def off(self, when: datetime) -> bool:
        """Whether a moment lies in one of them, or at Christmas."""
        christmas = (when.month, when.day) >= (12, 22) or (when.month, when.day) <= (1, 4)
        return christmas or any(begins <= when <= ends for begins, ends in self.spans)

    def within(self, begins: datetime, ends: datetime, theirs: Sequence[tuple[datetime, datetime]] = ()) -> int:
        """How many days of a span were holidays of the owner, or of the other."""
        days = [begins + timedelta(days=i) for i in range(1, (ends - begins).days + 1)]
        return sum(self.off(day) or any(first <= day <= last for first, last in theirs) for day in days)


def named(bonds: Sequence[Bond], name: str, address: str) -> Bond | None:
    """Find who a line is about, by address before name."""
    found = [bond for bond in bonds if address in bond.addresses]
    return next(iter(found or [bond for bond in bonds if bond.name == name]), None)

"""The people that something can be passed on to: well rooted, two-way, and not resting."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.enums import Stage, Warmth
from models.history import Participation
from models.people import Address
from worker.addresses.freemail import is_freemail
from worker.judgement.assess import Assessment
from worker.storage.bulk import chunks

ROOTS = (Stage.ROOTED, Stage.DEEP)


@dataclass(frozen=True, slots=True)
class Friend:
    """Someone, and how things stand."""

    person: str  # person key
    name: str
    address: str  # where to write to them
    addresses: tuple[str, ...]
    assessment: Assessment
    introduced_by: str | None = None  # person key

    @property
    def rooted(self) -> bool:
        """Whether this is a rooted, two-way relationship that is not at rest."""
        found = self.assessment
        return found.no_relationship is None and found.stage in ROOTS and found.warmth is not Warmth.RESTING

    @property
    def warm(self) -> bool:
        """Whether it is rooted, and nothing is overdue."""
        return self.rooted and self.assessment.warmth is Warmth.WARM

    @property
    def firms(self) -> frozenset[str]:
        """The firms' domains they write from."""
        domains = (address.rpartition("@")[2].lower() for address in self.addresses)
        return frozenset(domain for domain in domains if not is_freemail(domain))


def together(connection: Connection, user_id: int, people: Collection[str]) -> set[frozenset[str]]:
    """Name the pairs of people who have been in one email or meeting, however large: they may know each other."""
    part = Participation
    seen: dict[int, set[str]] = {}
    for chunk in chunks(sorted(people)):
        rows = connection.execute(
            select(part.interaction, Address.person)
            .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
            .where(part.user_id == user_id, Address.person.in_(chunk), Address.user_id == user_id)
        )
        for number, person in rows:
            if person is not None:
                seen.setdefault(number, set()).add(person)
    return {frozenset(pair) for them in seen.values() if len(them) > 1 for pair in combinations(sorted(them), 2)}

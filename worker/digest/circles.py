"""The people around someone: who else is on the mails and in the meetings of few that they share with the user."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.declarative import aliased
from models.history import Interaction, Participation
from models.people import Address
from worker.digest.choose.choice import Candidate
from worker.storage.bulk import chunks

#: people in an interaction of few
FEW = 10


def circles(
    connection: Connection,
    user_id: int,
    namesakes: Iterable[Iterable[Candidate]],
    now: datetime,
    only: Collection[str] | None = None,
) -> dict[str, frozenset[str]]:
    """Read the people around those who share a name: person -> addresses. Namesakes themselves are left out.

    Args:
        connection: an open transaction.
        user_id: whose history.
        namesakes: groups of people who share a name.
        now: aware UTC.
        only: these of them (persons); everyone unless given.
    """
    alike = {
        one.person: {address for each in bearers for address in each.addresses}
        for bearers in namesakes
        for one in bearers
    }
    mine, other, theirs = Participation, aliased(Participation), aliased(Address)
    found: dict[str, set[str]] = defaultdict(set)
    for chunk in chunks(sorted(alike if only is None else alike.keys() & set(only))):
        rows = connection.execute(
            select(Address.person, theirs.address)
            .join(mine, (mine.user_id == user_id) & (mine.address == Address.number))
            .join(Interaction, Interaction.number == mine.interaction)
            .join(other, other.interaction == mine.interaction)
            .join(theirs, (theirs.user_id == user_id) & (theirs.number == other.address))
            .where(
                Address.user_id == user_id,
                Address.person.in_(chunk),
                Interaction.group_size <= FEW,
                mine.counts_at <= now,
            )
            .distinct()
        )
        for person, address in rows:
            found[str(person)].add(address)
    return {person: frozenset(around - alike[person]) for person, around in found.items()}

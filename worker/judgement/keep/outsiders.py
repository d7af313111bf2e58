"""Who is an outsider: what they write of others is no fact about these others, and brings them no nearer to the user.

Anyone can name anyone in Cc. Only where the user is two-way with the writer have the user and those in copy been seen
together; until then such touches are kept as NAMED, which nothing is judged by.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, select, type_coerce, update
from sqlalchemy.engine import Connection

from models.enums import Role, Touch
from models.history import Participation
from models.people import Address
from worker.ingest import rows
from worker.judgement.facts import DAY, DIRECT, Day, are_two_way
from worker.judgement.histories import TOUCHES
from worker.storage.bulk import chunks


class Relation(NamedTuple):
    """Whether someone is two-way with the user, and whether they are stored as an outsider; None: not found out."""

    two_way: bool
    outsider: bool | None


def settle_outsiders(connection: Connection, user_id: int, known: Mapping[str, Relation]) -> bool:
    """Let what people wrote of others count or not, where that has changed; True if others have to be judged again.

    Args:
        connection: with an open transaction.
        user_id: whose people they are.
        known: those who are judged just now.
    """
    inside = [person for person, (two_way, outsider) in known.items() if two_way and outsider is not False]
    outside = [person for person, (two_way, outsider) in known.items() if not two_way and outsider is not True]
    shut_out = _set_touch(connection, user_id, outside, Touch.SEEN, Touch.NAMED)
    return _set_touch(connection, user_id, inside, Touch.NAMED, Touch.SEEN) or shut_out


def settle_many(connection: Connection, user_id: int, addresses: Collection[str]) -> bool:
    """Do the same for all people behind these addresses before any of them is judged, so that each is judged once."""
    changed = False
    for chunk in chunks(sorted(addresses)):
        flags: dict[str, set[bool | None]] = defaultdict(set)
        rows_found: Any = connection.execute(
            select(Address.person, Address.outsider).where(
                Address.user_id == user_id, Address.address.in_(chunk), Address.person.is_not(None)
            )
        )
        for person, outsider in rows_found:
            flags[person].add(outsider)
        days = _direct_days(connection, user_id, sorted(flags))
        known = {
            person: Relation(are_two_way(days.get(person, ())), next(iter(found)) if len(found) == 1 else None)
            for person, found in flags.items()
        }
        changed = settle_outsiders(connection, user_id, known) or changed
    return changed


def _direct_days(connection: Connection, user_id: int, people: Sequence[str]) -> dict[str, list[Day]]:
    """Read the days of direct contact alone, each once: it is all that two-way asks for."""
    part, found = Participation, defaultdict[str, list[Day]](list)
    day = (type_coerce(part.at, BigInteger) // DAY).label("day")
    for chunk in chunks(people):
        rows: Any = connection.execute(
            select(Address.person, day, part.touch)
            .join(part, (part.user_id == user_id) & (part.address == Address.number))
            .where(Address.user_id == user_id, Address.person.in_(chunk), part.touch.in_(sorted(DIRECT)))
            .distinct()
        )
        for person, on, touch in rows.all():
            found[person].append(Day(on, TOUCHES[touch], 1))
    return {person: sorted(days) for person, days in found.items()}


def _set_touch(connection: Connection, user_id: int, people: Collection[str], before: Touch, after: Touch) -> bool:
    part, changed = Participation, False
    for chunk in chunks(sorted(people)):
        addresses = (Address.user_id == user_id, Address.person.in_(chunk))
        connection.execute(update(Address).where(*addresses).values(outsider=after is Touch.NAMED))
        written = select(part.interaction).where(
            part.user_id == user_id, part.address.in_(select(Address.number).where(*addresses)), part.role == Role.FROM
        )
        named = connection.scalars(
            update(part)
            .where(part.user_id == user_id, part.interaction.in_(written), part.touch == before, part.role != Role.FROM)
            .values(touch=after)
            .returning(part.address)
        )
        numbers = set(named)
        rows.renamed(connection, user_id, numbers)
        changed = changed or bool(numbers)
    return changed

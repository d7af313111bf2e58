"""Who is an outsider: what they write of others is no fact about these others, and brings them no nearer to the user.

Anybody can name anybody in Cc. Only where the user is two-way with the writer have the user and those in copy been seen
together; until then such touches are kept as NAMED, which nothing is judged by.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.enums import Role, Touch
from models.history import Participation
from models.people import Address
from worker.ingest import rows
from worker.judgement.facts import History, conversations, is_two_way
from worker.storage.bulk import chunks


def settle_outsiders(connection: Connection, user_id: int, known: Mapping[str, History]) -> bool:
    """Let what people wrote of others count or not, where that has changed; True if others have to be judged again.

    Args:
        connection: with an open transaction.
        user_id: whose people they are.
        known: the histories of those who are judged just now, with `outsider` as it is stored.
    """
    friends = {person for person, history in known.items() if is_two_way(conversations(history.days))}
    inside = [person for person in friends if known[person].outsider is not False]
    outside = [person for person in known.keys() - friends if known[person].outsider is not True]
    shut_out = _turn(connection, user_id, outside, Touch.SEEN, Touch.NAMED)
    return _turn(connection, user_id, inside, Touch.NAMED, Touch.SEEN) or shut_out


def _turn(connection: Connection, user_id: int, people: Collection[str], before: Touch, after: Touch) -> bool:
    part, turned = Participation, False
    for chunk in chunks(sorted(people)):
        addresses = (Address.user_id == user_id, Address.person.in_(chunk))
        connection.execute(update(Address).where(*addresses).values(outsider=after is Touch.NAMED))
        written = select(part.interaction_id).where(
            part.user_id == user_id, part.address.in_(select(Address.address).where(*addresses)), part.role == Role.FROM
        )
        named = connection.scalars(
            update(part)
            .where(
                part.user_id == user_id, part.interaction_id.in_(written), part.touch == before, part.role != Role.FROM
            )
            .values(touch=after)
            .returning(part.address)
        )
        addresses_named = set(named)
        rows.renamed(connection, user_id, addresses_named)
        turned = turned or bool(addresses_named)
    return turned

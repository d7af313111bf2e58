"""Erasing an account: decisions about people that no other source mentions, and the account's own address."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.engine import Connection

from models.base import seconds
from models.people import Decision, OwnAddress
from worker.ingest.classify.filters import fingerprint
from worker.ingest.evidence.own import ONCE_MINE
from worker.ingest.mentions import mentions
from worker.ingest.stored import passed
from worker.storage.bulk import put

#: What the user says of themselves, and what is kept as a hash only.
NOT_OF_PEOPLE = ("me", "not me", "forget", ONCE_MINE)


def already_named(connection: Connection, user_id: int, streams: Collection[int]) -> set[str]:
    """Return the addresses the user has decided about, and that occur in these streams."""
    decided = connection.execute(
        select(Decision.subject, Decision.object).where(
            Decision.user_id == user_id, Decision.kind.not_in(NOT_OF_PEOPLE)
        )
    )
    return _mentioned({one for pair in decided for one in pair if "@" in one[1:]}, connection, user_id, streams)


def drop_decisions(connection: Connection, user_id: int, addresses: Iterable[str]) -> None:
    """Drop decisions about those of these addresses that occur nowhere any more."""
    known = set(addresses)
    for address in known - _mentioned(known, connection, user_id):
        connection.execute(
            delete(Decision).where(
                Decision.user_id == user_id,
                Decision.kind.not_in(NOT_OF_PEOPLE),
                or_(Decision.subject == address, Decision.object == address),
            )
        )


def _mentioned(
    addresses: Iterable[str], connection: Connection, user_id: int, streams: Collection[int] | None = None
) -> set[str]:
    tests = {address: mentions([address]) for address in addresses}
    return passed(connection, user_id, tests, streams) if tests else set()


def own_now(connection: Connection, user_id: int) -> set[str]:
    """Name the user's own addresses."""
    return set(connection.scalars(select(OwnAddress.address).where(OwnAddress.user_id == user_id)))


def remember_as_own(connection: Connection, user_id: int, addresses: Iterable[str], now: datetime) -> bool:
    """Keep hashes of addresses that were the user's own: what other accounts sent there is still to oneself.

    Returns whether there were any.
    """
    rows = [(user_id, ONCE_MINE, fingerprint(address), "", seconds(now)) for address in sorted(addresses)]
    put(
        connection,
        Decision,
        ("user_id", "kind", "subject", "object", "at"),
        rows,
        "ON CONFLICT (user_id, kind, subject, object) DO NOTHING",
    )
    return bool(rows)

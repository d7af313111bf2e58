"""Pieces of evidence as rows: stored with the records that show them, and taken back with them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from models.digests import beginning
from models.history import Sighting
from models.people import Decision, Evidence
from worker.ingest.evidence.pieces import Fact, Kind, Piece
from worker.storage.bulk import chunks, put
from worker.storage.conditions import there_is

COLUMNS = ("user_id", "fact", "address", "kind", "at", "account_id", "source", "why")
KNOWN = "ON CONFLICT (user_id, fact, address, kind, at, account_id, source) DO "


def kept_addresses(connection: Connection, user_id: int) -> frozenset[str]:
    """Name the addresses (canonical) the user has said to be people's."""
    return frozenset(
        connection.scalars(select(Decision.subject).where(Decision.user_id == user_id, Decision.kind == "keep"))
    )


def keep(connection: Connection, user_id: int, account_id: int, pieces: Sequence[Piece]) -> None:
    """Store what emails show."""
    put(
        connection,
        Evidence,
        COLUMNS,
        [(user_id, *piece[:4], account_id, piece.source, None) for piece in pieces],
        KNOWN + "NOTHING",
    )


def state(connection: Connection, user_id: int, account_id: int, addresses: Iterable[str], why: str) -> None:
    """Store that addresses are the user's own, as the provider or the connecting of an account states it."""
    put(
        connection,
        Evidence,
        COLUMNS,
        [(user_id, Fact.MINE, address, Kind.STATED, 0, account_id, "", why) for address in sorted(addresses)],
        KNOWN + "UPDATE SET why = excluded.why",
    )


def take_back(connection: Connection, user_id: int, account_id: int, pieces: Iterable[Piece]) -> None:
    """Drop what an email showed that is shown otherwise now."""
    for piece in pieces:
        connection.execute(
            delete(Evidence).where(
                Evidence.user_id == user_id,
                Evidence.fact == piece.fact,
                Evidence.address == piece.address,
                Evidence.kind == piece.kind,
                Evidence.account_id == account_id,
                Evidence.source == piece.source,
            )
        )


def prune(connection: Connection, user_id: int, addresses: Sequence[str] = ()) -> None:
    """Drop what emails showed that are no longer stored, and all that is known of `addresses`."""
    stored = there_is(
        Sighting.user_id == user_id,
        beginning(Sighting.identity) == beginning(Evidence.source),
        Sighting.identity == Evidence.source,
        Sighting.record.is_not(None),
    )
    connection.execute(delete(Evidence).where(Evidence.user_id == user_id, Evidence.source != "", ~stored))
    for chunk in chunks(sorted(addresses)):
        connection.execute(delete(Evidence).where(Evidence.user_id == user_id, Evidence.address.in_(chunk)))

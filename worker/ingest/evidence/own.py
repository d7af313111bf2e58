"""Which addresses are the user's own: concluded from what is stated, what is sent from them, and what the user says."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, delete, func, select, type_coerce
from sqlalchemy.engine import Connection

from models.people import Decision, Evidence, OwnAddress
from worker.addresses.canonical import canonical
from worker.ingest.evidence.conclude import is_mine
from worker.ingest.evidence.lists import conclude_lists
from worker.ingest.evidence.pieces import WEEK, Fact, Kind
from worker.ingest.mentions import mark_mentions_stale
from worker.ingest.replies import doubted
from worker.storage.bulk import put

#: The decision that keeps the hash of an address that was the user's own until its account was erased.
ONCE_MINE = "once me"


def conclude_own(connection: Connection, user_id: int) -> None:
    """Decide again which addresses are the user's own; what was classified otherwise becomes stale."""
    own = _own(connection, user_id)
    rows = connection.execute(select(OwnAddress.address, OwnAddress.why).where(OwnAddress.user_id == user_id))
    before: dict[str, str] = dict(rows.all())
    if own == before:
        return
    connection.execute(delete(OwnAddress).where(OwnAddress.user_id == user_id))
    put(
        connection,
        OwnAddress,
        ("user_id", "address", "why"),
        [(user_id, address, why) for address, why in sorted(own.items())],
    )
    if changed := own.keys() ^ before.keys():
        mark_mentions_stale(connection, user_id, changed, doubted)
        conclude_lists(connection, user_id, changed)


def _own(connection: Connection, user_id: int) -> dict[str, str]:
    decided = connection.execute(
        select(Decision.kind, Decision.subject).where(Decision.user_id == user_id, Decision.kind.in_(("me", "not me")))
    ).all()
    stated = connection.execute(
        select(Evidence.address, func.max(Evidence.why))
        .where(Evidence.user_id == user_id, Evidence.fact == Fact.MINE, Evidence.kind == Kind.STATED)
        .group_by(Evidence.address)
    ).all()
    own = dict.fromkeys(_sent(connection, user_id), "you send emails from it")
    own |= {canonical(address): why or "" for address, why in stated}
    own |= {subject: "you said so" for kind, subject in decided if kind == "me"}
    refused = {subject for kind, subject in decided if kind == "not me"}
    return {address: why for address, why in own.items() if address not in refused}


def _sent(connection: Connection, user_id: int) -> list[str]:
    """Find the addresses that enough was sent from."""
    week = type_coerce(Evidence.at, BigInteger) // WEEK
    rows = connection.execute(
        select(Evidence.address, Evidence.kind, func.count(week.distinct()))
        .where(Evidence.user_id == user_id, Evidence.fact == Fact.MINE, Evidence.kind.in_((Kind.SENT, Kind.REACHED)))
        .group_by(Evidence.address, Evidence.kind)
    )
    weeks = {(address, kind): count for address, kind, count in rows}
    addresses = sorted({address for address, _ in weeks})
    return [one for one in addresses if is_mine(weeks.get((one, Kind.SENT), 0), weeks.get((one, Kind.REACHED), 0))]


def say_own(connection: Connection, user_id: int, addresses: Iterable[str], at: int) -> None:
    """Store the user's word that addresses are their own, and what follows from it."""
    found = sorted(set(map(canonical, addresses)))
    _decide(connection, user_id, "me", "not me", found, at)


def disown(connection: Connection, user_id: int, addresses: Iterable[str], at: int) -> None:
    """Store the user's word that addresses are not their own, whatever speaks for it."""
    _decide(connection, user_id, "not me", "me", sorted(set(map(canonical, addresses))), at)


def _decide(connection: Connection, user_id: int, kind: str, opposite: str, addresses: list[str], at: int) -> None:
    connection.execute(
        delete(Decision).where(Decision.user_id == user_id, Decision.kind == opposite, Decision.subject.in_(addresses))
    )
    put(
        connection,
        Decision,
        ("user_id", "kind", "subject", "object", "at"),
        [(user_id, kind, address, "", at) for address in addresses],
        "ON CONFLICT (user_id, kind, subject, object) DO NOTHING",
    )
    conclude_own(connection, user_id)

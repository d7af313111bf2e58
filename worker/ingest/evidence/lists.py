"""Which addresses are mailing lists: concluded from evidence when there is more of it, or less."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, func, select, type_coerce, update
from sqlalchemy.engine import Connection

from models.enums import Direction, Role
from models.history import Interaction, Participation
from models.people import LISTS, Address, Evidence, OwnAddress
from worker.addresses.automation import kind_of
from worker.addresses.canonical import reaches
from worker.ingest.evidence.conclude import ListEvidence, is_list
from worker.ingest.evidence.pieces import WEEK, Fact, Kind
from worker.ingest.evidence.store import kept_addresses
from worker.ingest.mentions import mark_mentions_stale, stale
from worker.storage.bulk import chunks
from worker.storage.conditions import USER, there_is
from worker.storage.numbered import put_addresses

#: Addresses that email came through, and whose interactions have changed.
MAYBE_LISTS: Any = (
    Address.user_id == USER,
    Address.touched,
    there_is(
        Evidence.user_id == USER,
        Evidence.fact == Fact.LIST,
        Evidence.address == Address.address,
        Evidence.kind == Kind.THROUGH,
    ),
)


def all_lists(connection: Connection, user_id: int) -> list[str]:
    """Name the addresses taken for mailing lists."""
    return list(connection.scalars(select(Address.address).where(Address.user_id == user_id, LISTS)))


def conclude_lists(connection: Connection, user_id: int, addresses: Iterable[str]) -> bool:
    """Decide again whether these addresses are mailing lists, and have what depends on it classified again.

    Returns whether anything has changed.
    """
    asked = sorted(addresses)
    if not asked:
        return False
    own = connection.scalars(select(OwnAddress.address).where(OwnAddress.user_id == user_id))
    nobodys = kept_addresses(connection, user_id).union(own)  # never a list's
    changed = False
    for chunk in chunks(asked):
        found = _evidence(connection, user_id, chunk)
        before = set(
            connection.scalars(
                select(Address.address).where(Address.user_id == user_id, LISTS, Address.address.in_(chunk))
            )
        )
        now = {address for address, known in found.items() if is_list(known) and not reaches(address, nobodys)}
        _become(connection, user_id, sorted(now - before))
        _cease(connection, user_id, sorted(before - now))
        changed = changed or now != before
    return changed


def conclude_touched(connection: Connection, user_id: int) -> bool:
    """Decide again on addresses that email came through, and whose interactions have changed."""
    return conclude_lists(connection, user_id, connection.scalars(_touched(), {"user": user_id}).all())


@cache
def _touched() -> Select[Any]:
    asked: Any = select(Address.address)
    return asked.where(*MAYBE_LISTS)  # type: ignore[no-any-return]


def _evidence(connection: Connection, user_id: int, chunk: Sequence[str]) -> dict[str, ListEvidence]:
    at = type_coerce(Evidence.at, BigInteger)
    rows = connection.execute(
        select(Evidence.address, Evidence.kind, func.count((at // WEEK).distinct()), func.min(at))
        .where(Evidence.user_id == user_id, Evidence.fact == Fact.LIST, Evidence.address.in_(chunk))
        .group_by(Evidence.address, Evidence.kind)
    )
    pieces: dict[str, dict[str, tuple[int, int]]] = {}
    for address, kind, weeks, first in rows:
        pieces.setdefault(address, {})[kind] = (weeks, first)
    listed = sorted(address for address, kinds in pieces.items() if Kind.THROUGH in kinds)
    wrote = _wrote(connection, user_id, listed)
    return {
        address: ListEvidence(
            *pieces[address][Kind.THROUGH],
            written=pieces[address][Kind.WRITTEN][1] if Kind.WRITTEN in pieces[address] else None,
            wrote=address in wrote,
        )
        for address in listed
    }


def _wrote(connection: Connection, user_id: int, chunk: Sequence[str]) -> set[str]:
    """Say which of them have written in person, not through the list of their name."""
    part = Participation
    itself = there_is(
        part.user_id == user_id,
        part.address == Address.number,
        part.role == Role.FROM,
        part.touch.is_not(None),  # None where it came through the list
    )
    return set(
        connection.scalars(
            select(Address.address).where(Address.user_id == user_id, Address.address.in_(chunk), itself)
        )
    )


def _become(connection: Connection, user_id: int, lists: Sequence[str]) -> None:
    put_addresses(
        connection,
        user_id,
        ("address", "name", "name_own", "name_at", "kind", "touched"),
        [(address, "", 0, 0, "list", True) for address in lists],
        "ON CONFLICT (user_id, address) DO UPDATE SET kind = 'list', touched = true",
    )
    stale(connection, user_id, _with_others(connection, user_id, lists))


def _with_others(connection: Connection, user_id: int, lists: Sequence[str]) -> set[str]:
    """Find what the user sent to these, or met them in: a list alone is no contact; and where they name others.

    A list that writes itself brings those in copy no nearer to the user (worker.ingest.rows).
    """
    keys = connection.scalars(
        select(Interaction.id)
        .join(Participation, Participation.interaction == Interaction.number)
        .join(Address, (Address.user_id == user_id) & (Address.number == Participation.address))
        .where(
            Participation.user_id == user_id,
            Address.address.in_(lists),
            (Interaction.direction != Direction.IN) | (Participation.role == Role.FROM),
        )
    )
    return {key[:32] for key in keys}


def _cease(connection: Connection, user_id: int, addresses: Sequence[str]) -> None:
    for address in addresses:
        connection.execute(
            update(Address)
            .where(Address.user_id == user_id, Address.address == address)
            .values(kind=kind_of(address), touched=True)
        )
    if addresses:
        mark_mentions_stale(connection, user_id, addresses)

"""What the user says of addresses: that they are their own or not, and that they are people's whatever they seem."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from models.base import seconds
from models.people import Address, Decision, OwnAddress
from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical, reaches
from worker.decisions.decide import NotPossible, addresses_of, say
from worker.identity.find_person import find_person
from worker.ingest.classify.filters import fingerprint
from worker.ingest.evidence.lists import conclude_lists
from worker.ingest.evidence.own import ONCE_MINE, disown, say_own
from worker.ingest.mentions import mark_mentions_stale
from worker.judgement.keep.refresh import due_now


def own_addresses(connection: Connection, user_id: int) -> list[tuple[str, str]]:
    """List the user's own addresses, each with why it is taken for one."""
    rows = connection.execute(
        select(OwnAddress.address, OwnAddress.why).where(OwnAddress.user_id == user_id).order_by(OwnAddress.address)
    )
    return [(address, why) for address, why in rows]


def add_own(connection: Connection, user_id: int, said: str, now: datetime) -> str:
    """Take an address for the user's own from now on, and for all that was; returns it as it is kept.

    Raises:
        NotPossible: it is no address.
    """
    address = address_in(said)
    say_own(connection, user_id, [address], seconds(now))
    return address


def remove_own(connection: Connection, user_id: int, said: str, now: datetime) -> str:
    """Take an address for someone else's, whatever speaks for it.

    Raises:
        NotPossible: it is no address, is not taken for the user's own, or is the only one.
    """
    address = address_in(said)
    own = [mine for mine, _ in own_addresses(connection, user_id)]
    once = select(Decision.at).where(
        Decision.user_id == user_id, Decision.kind == ONCE_MINE, Decision.subject == fingerprint(address)
    )
    if address not in own and connection.execute(once).first() is None:
        raise NotPossible("person.not_own", address=address, own=", ".join(own))
    if own == [address]:
        raise NotPossible("person.only_own", address=address)
    disown(connection, user_id, [address], seconds(now))
    mark_mentions_stale(connection, user_id, [address])
    return address


def keep(connection: Connection, user_id: int, said: str, now: datetime) -> list[str]:
    """Take an address, or all of a person, for a human's, whatever its name, headers or lists say; returns which.

    Raises:
        PersonUnclear: it is no address, and no one or more than one is called so.
    """
    kept = _meant(connection, user_id, said)
    for address in kept:
        say(connection, user_id, "keep", address, now=now)
    _weigh_again(connection, user_id, kept, now, kept=True)
    return kept


def unkeep(connection: Connection, user_id: int, said: str, now: datetime) -> bool:
    """Undo it; False if it was not said.

    Raises:
        PersonUnclear: it is no address, and no one or more than one is called so.
    """
    kept = _meant(connection, user_id, said)
    gone = connection.execute(
        delete(Decision).where(Decision.user_id == user_id, Decision.kind == "keep", Decision.subject.in_(kept))
    ).rowcount
    _weigh_again(connection, user_id, kept, now, kept=False)
    return gone > 0


def address_in(said: str) -> str:
    """Read an address someone typed.

    Raises:
        NotPossible: it is none.
    """
    local, at, domain = said.strip().lower().rpartition("@")
    if not (local and at and domain) or " " in local + domain:
        raise NotPossible("person.no_address", said=said)
    return canonical(said.strip())


def _meant(connection: Connection, user_id: int, said: str) -> list[str]:
    if "@" in said and " " not in said.strip():
        return [address_in(said)]
    person = find_person(connection, user_id, said)
    return sorted({canonical(address) for address in (person, *addresses_of(connection, user_id, person))})


def _weigh_again(connection: Connection, user_id: int, mailboxes: Iterable[str], now: datetime, *, kept: bool) -> None:
    """Have everything that names these mailboxes classified again; their kind is a person's, or what they look like."""
    wanted = frozenset(mailboxes)
    written = [
        row
        for row in connection.execute(select(Address.address, Address.person).where(Address.user_id == user_id))
        if reaches(row.address, wanted)
    ]
    conclude_lists(connection, user_id, {row.address for row in written} | wanted)
    for row in written:
        if kept or kind_of(row.address) != "person":
            kind = "person" if kept else kind_of(row.address)
            connection.execute(
                update(Address)
                .where(Address.user_id == user_id, Address.address == row.address)
                .values(kind=kind, touched=True)
            )
    mark_mentions_stale(connection, user_id, wanted)
    due_now(connection, user_id, [row.person for row in written if row.person], now)

"""What the user's address book says of people who are known: what they are called, and which addresses are theirs.

It never makes anyone known: knowing an address is no contact. Names from it count more than those in emails; addresses
that stand beside each other are merged as the user would merge them, so `split` undoes it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from connectors.contacts.card import Card
from models.base import seconds
from models.people import Address, Decision, OwnAddress
from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical, reaches
from worker.app.users import hold
from worker.decisions.decide import say
from worker.identity.resolve import clusters_of
from worker.ingest import rows
from worker.storage.bulk import change, chunks

#: How strongly a name counts: 0 others wrote it, 1 its owner did, 2 the user's address book says so.
SAID = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of an address book."""

    known: int  # entries about someone who is known
    unknown: int
    named: int  # addresses that got another name
    merged: tuple[tuple[str, str], ...]  # pairs of addresses that are one person from now on


def take_address_book(connection: Connection, user_id: int, cards: Sequence[Card], now: datetime) -> Taken:
    """Assign names and addresses to people who are known, in the open transaction."""
    hold(connection, user_id)
    people = _known(connection, user_id, {address for card in cards for address in card.addresses})
    usable = _usable(connection, user_id, cards)
    clusters = clusters_of(connection, user_id)
    split = set(
        connection.scalars(select(Decision.subject).where(Decision.user_id == user_id, Decision.kind == "split"))
    )
    names: dict[str, str] = {}
    merged: list[tuple[str, str]] = []
    known = 0
    for card in cards:
        theirs = [address for address in card.addresses if address in people]
        known += bool(theirs)
        names.update((address, card.name) for address in theirs if card.name and address in usable)
        joined = [address for address in card.addresses if address in usable and canonical(address) not in split]
        first = next((address for address in joined if address in people), None)
        for other in joined if first is not None else ():
            pair = sorted((canonical(str(first)), canonical(other)))
            if clusters.person(pair[0]) != clusters.person(pair[1]):
                say(connection, user_id, "merge", pair[0], now=now, object_=pair[1])
                merged.append((pair[0], pair[1]))
    named = _name(connection, user_id, names, now)
    rows.touch(connection, user_id, {*named, *(address for pair in merged for address in pair)})
    return Taken(known, len(cards) - known, len(named), tuple(dict.fromkeys(merged)))


def _known(connection: Connection, user_id: int, addresses: Iterable[str]) -> set[str]:
    """Return those of these addresses that belong to someone who is known."""
    return {
        address
        for chunk in chunks(sorted(addresses))
        for address in connection.scalars(
            select(Address.address).where(
                Address.user_id == user_id, Address.person.is_not(None), Address.address.in_(chunk)
            )
        )
    }


def _usable(connection: Connection, user_id: int, cards: Iterable[Card]) -> set[str]:
    """Leave out the user's own addresses, those of machines and offices, and those that several entries share."""
    own = set(connection.scalars(select(OwnAddress.address).where(OwnAddress.user_id == user_id)))
    times = Counter(address for card in cards for address in card.addresses)
    return {
        address
        for address, count in times.items()
        if count == 1 and kind_of(address) == "person" and not reaches(address, own)
    }


def _name(connection: Connection, user_id: int, names: dict[str, str], now: datetime) -> list[str]:
    """Note what addresses are called; returns those that were called otherwise."""
    changed = [
        address
        for chunk in chunks(sorted(names))
        for address, before in connection.execute(
            select(Address.address, Address.name).where(Address.user_id == user_id, Address.address.in_(chunk))
        )
        if before != names[address]
    ]
    values = [(names[address], SAID, seconds(now), user_id, address) for address in sorted(names)]
    change(connection, Address, ("name", "name_own", "name_at"), ("user_id", "address"), values)
    return changed

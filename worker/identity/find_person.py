"""Finding the person someone means: by address, by name, or by a part of either that fits only one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from unicodedata import combining, normalize

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.errors import CodedError
from models.people import Address, Person
from worker.addresses.canonical import canonical
from worker.storage.bulk import chunks

#: Suggestions given.
FEW = 5


class PersonUnclear(CodedError):  # noqa: N818 - says what is wrong
    """No person matches, or more than one does; the fields name those who come near."""


@dataclass(frozen=True, slots=True)
class Known:
    """Someone who could be meant."""

    key: str
    name: str
    addresses: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} <{self.key}>" if self.name else self.key


def find_person(connection: Connection, user_id: int, words: str) -> str:
    """Return the key of the person who is meant.

    Raises:
        PersonUnclear: with those who come near.
    """
    if (exact := _exact(connection, user_id, words)) is not None:
        return exact
    known = everybody(connection, user_id)
    found = fitting(words, known.values())
    if len(found) == 1:
        return found[0].key
    if found:
        raise PersonUnclear("person.several", words=words, found=_listed(found))
    kind = connection.scalar(
        select(Address.kind).where(Address.user_id == user_id, Address.address == words.strip().lower())
    )
    if kind is not None:
        article = "a list" if kind == "list" else f"a {kind} address"
        raise PersonUnclear("person.not_a_person", address=words, kind=article)
    near = nearest(words, known)
    if near:
        raise PersonUnclear("person.did_you_mean", words=words, near=_listed(near))
    raise PersonUnclear("person.unknown", words=words)


def _exact(connection: Connection, user_id: int, words: str) -> str | None:
    """Give the person an address belongs to as it is written: most are named so, and nobody else need be looked at."""
    said = words.strip().lower()
    if "@" not in said:
        return None
    whose = Address.address.in_({said, canonical(said)})
    return connection.scalar(
        select(Address.person).where(Address.user_id == user_id, whose, Address.person.is_not(None)).limit(1)
    )


def plain(text: str) -> str:
    """Reduce what someone types to compare it: no case, no accents, single spaces."""
    bare = "".join(char for char in normalize("NFKD", text) if not combining(char))
    return " ".join(bare.casefold().replace(",", " ").split())


def _by_address(said: str, one: Known) -> bool:
    return canonical(said) in {one.key, *map(canonical, one.addresses)}


def _by_name(said: str, one: Known) -> bool:
    return said == plain(one.name)


def _by_words(said: str, one: Known) -> bool:
    return set(said.split()) <= set(plain(one.name).split())


def _by_parts(said: str, one: Known) -> bool:
    name = plain(one.name)
    return all(word in name or any(word in address for address in one.addresses) for word in said.split())


#: The best way first: a worse one is only tried where no better one finds anyone.
_WAYS = (_by_address, _by_name, _by_words, _by_parts)


def fitting(words: str, known: Iterable[Known]) -> list[Known]:
    """Everyone who fits best: by address, else by whole name, else by the words of name and addresses (pure)."""
    said = plain(words)
    if not said:
        return []
    everybody = list(known)
    for fits in _WAYS:
        if found := [one for one in everybody if fits(said, one)]:
            return found
    return []


def nearest(words: str, known: Mapping[str, Known]) -> list[Known]:
    """Find those whose name or address looks alike (pure)."""
    ways = {plain(way): key for key, one in known.items() for way in (one.name, *one.name.split(), *one.addresses)}
    found = get_close_matches(plain(words), [way for way in ways if way], n=FEW, cutoff=0.7)
    return [known[key] for key in dict.fromkeys(ways[way] for way in found)]


def everybody(connection: Connection, user_id: int) -> dict[str, Known]:
    """Return all people by their key, with their addresses in order."""
    addresses: dict[str, list[str]] = {}
    rows: Any = connection.execute(
        select(Address.person, Address.address)
        .where(Address.user_id == user_id, Address.person.is_not(None))
        .order_by(Address.address)
    )
    for person, address in rows:
        addresses.setdefault(person, []).append(address)
    return {
        key: Known(key, name, tuple(addresses.get(key, ())))
        for key, name in connection.execute(
            select(Person.key, Person.name).where(Person.user_id == user_id).order_by(Person.key)
        )
    }


def names_of(connection: Connection, user_id: int, people: Iterable[str]) -> dict[str, str]:
    """Return what to call people: their name, or else their key."""
    wanted = sorted(set(people))
    names = dict(zip(wanted, wanted, strict=True))
    for chunk in chunks(wanted):
        found = connection.execute(
            select(Person.key, Person.name).where(Person.user_id == user_id, Person.key.in_(chunk))
        )
        names |= {row.key: row.name or row.key for row in found}
    return names


def _listed(found: Sequence[Known]) -> str:
    more = f" and {len(found) - FEW} more" if len(found) > FEW else ""
    return ", ".join(map(str, found[:FEW])) + more

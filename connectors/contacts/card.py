"""One entry of an address book, and what was read of a file of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Bytes of a file, entries of it, and addresses of one entry that are looked at.
LARGEST, MOST, ADDRESSES = 64 << 20, 200_000, 10
ADDRESS = re.compile(r"[^\s@<>\"',;:()]{1,64}@[^\s@<>\"',;:()]{1,255}")


@dataclass(frozen=True, slots=True)
class Card:
    """A name, "" if there is none, with the addresses that stand beside it, as written."""

    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """What a file holds: entries with an address, how many have none, and how many could not be read."""

    cards: tuple[Card, ...]
    without_address: int = 0
    unreadable: int = 0


def card_of(name: str, addresses: Iterable[str]) -> Card | None:
    """Make an entry; None if no address stands in it."""
    found = [one for part in addresses for one in ADDRESS.findall(part.replace(":::", " "))]
    kept = tuple(dict.fromkeys(one.strip(".").lower() for one in found))[:ADDRESSES]
    plain = " ".join("".join(char if char.isprintable() else " " for char in name).split())[:200]
    return Card("" if "@" in plain else plain, kept) if kept else None

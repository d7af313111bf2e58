"""How far a collection has been read: every member with its version and the keys of its records (pure).

A member's address mostly holds the UID of its event, and that the host it was made on or an address of whoever made it.
A position outlives the event, even where a person is erased, so members go by a digest of their address.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from msgspec import Struct

from connectors.base import Cursor
from connectors.errors import CursorExpired

_LARGEST = 1 << 26
#: In place of a member's version: it must be read again, or the server listed it without showing it.
AGAIN, UNSHOWN = "", "!"
OWED = frozenset({AGAIN, UNSHOWN})
NEVER_WRITTEN = "keepwarm does not know how far this calendar was read; it is read again."


def name_of(href: str) -> str:
    """Name a member by its address, which can't be read out of the name."""
    return blake2b(href.encode(), digest_size=12).hexdigest()


class ReadMember(NamedTuple):
    """A member as it was read: its version (or AGAIN, UNSHOWN), and the keys of its records."""

    etag: str
    keys: tuple[str, ...] = ()


class Position(Struct, frozen=True):
    """`members` by their names (`name_of`); `token` is the last sync token, `ctag` its elder where there are none."""

    members: dict[str, ReadMember]
    token: str = ""
    ctag: str = ""
    horizon: str = ""
    whole: bool = False

    @property
    def owes(self) -> bool:
        """Whether members must be read whatever their version: only a complete listing gives their addresses."""
        return any(member.etag in OWED for member in self.members.values())

    def others(self, names: Iterable[str]) -> set[str]:
        """Return the keys of all members but these: two members may describe one meeting."""
        left_out = set(names)
        return {key for name, member in self.members.items() if name not in left_out for key in member.keys}


class _Written(Struct, frozen=True, forbid_unknown_fields=True):
    named: str
    token: str
    ctag: str
    horizon: str
    whole: bool


def cursor_of(at: Position) -> Cursor:
    """Write a cursor."""
    plain = msgspec.json.encode({name: (member.etag, _short(member.keys)) for name, member in at.members.items()})
    packed = b64encode(zlib.compress(plain)).decode()
    return Cursor(msgspec.json.encode(_Written(packed, at.token, at.ctag, at.horizon, at.whole)).decode())


def position_of(cursor: Cursor) -> Position:
    """Read a cursor.

    Raises:
        CursorExpired: this module did not write it.
    """
    try:
        kept = msgspec.json.decode(cursor, type=_Written)
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(b64decode(kept.named, validate=True), _LARGEST)
        said: Mapping[str, tuple[str, list[str]]] = msgspec.json.decode(plain, type=dict[str, tuple[str, list[str]]])
    except (ValueError, zlib.error) as error:  # msgspec's errors are among them
        raise CursorExpired(NEVER_WRITTEN) from error
    members = {name: ReadMember(etag, _long(keys)) for name, (etag, keys) in said.items()}
    return Position(members, kept.token, kept.ctag, kept.horizon, kept.whole)


def _short(keys: tuple[str, ...]) -> list[str]:
    """Write the occurrences of a series as what their keys add to the first one's beginning."""
    if len(keys) < 2 or "/" not in keys[0]:
        return list(keys)
    stem = keys[0].rpartition("/")[0] + "/"
    return [keys[0], *(f"+{key[len(stem) :]}" if key.startswith(stem) else f"={key}" for key in keys[1:])]


def _long(written: list[str]) -> tuple[str, ...]:
    if len(written) < 2 or "/" not in written[0]:
        return tuple(written)
    stem = written[0].rpartition("/")[0] + "/"
    return (written[0], *(stem + one[1:] if one.startswith("+") else one[1:] for one in written[1:]))

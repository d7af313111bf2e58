"""Where the reading of a collection stands: every member with its version and what it told (pure)."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
from msgspec import Struct

from connectors.base import Cursor
from connectors.errors import CursorExpired

_LARGEST = 1 << 26
NEVER_WRITTEN = "keepwarm does not know how far this calendar was read; it is read again."


class Held(NamedTuple):
    """A member as it was read: its version ("" once it must be read again), and the keys of its records."""

    etag: str
    keys: tuple[str, ...] = ()


class Position(Struct, frozen=True):
    """`members` by address; `token` is the last sync token, `ctag` its elder where there are none."""

    members: dict[str, Held]
    token: str = ""
    ctag: str = ""
    horizon: str = ""
    whole: bool = False

    def others(self, hrefs: Iterable[str]) -> set[str]:
        """Give the keys of all members but these: two may tell of one meeting."""
        left_out = set(hrefs)
        return {key for href, held in self.members.items() if href not in left_out for key in held.keys}


class _Written(Struct, frozen=True, forbid_unknown_fields=True):
    members: str
    token: str
    ctag: str
    horizon: str
    whole: bool


def cursor_of(at: Position) -> Cursor:
    """Write a cursor."""
    plain = msgspec.json.encode({href: (held.etag, _short(held.keys)) for href, held in at.members.items()})
    packed = b64encode(zlib.compress(plain)).decode()
    return Cursor(msgspec.json.encode(_Written(packed, at.token, at.ctag, at.horizon, at.whole)).decode())


def position_of(cursor: Cursor) -> Position:
    """Read a cursor.

    Raises:
        CursorExpired: this module never wrote it.
    """
    try:
        kept = msgspec.json.decode(cursor, type=_Written)
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(b64decode(kept.members, validate=True), _LARGEST)
        said: Mapping[str, tuple[str, list[str]]] = msgspec.json.decode(plain, type=dict[str, tuple[str, list[str]]])
    except (ValueError, zlib.error) as error:  # msgspec's errors are among them
        raise CursorExpired(NEVER_WRITTEN) from error
    members = {href: Held(etag, _long(keys)) for href, (etag, keys) in said.items()}
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

"""Identities as they are stored: 32 hex digits as sixteen bytes, which sort as the digits do.

What an interaction is called may go on after the digits (worker.ingest.copies.merge); that stays text.
"""

import re
from typing import Any

from sqlalchemy import ColumnElement, Dialect, LargeBinary, Text, func, literal_column, type_coerce
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeDecorator

#: The name under which SQLite's connections know `stored` (worker.storage.engine): it has `hex`, and no way back.
UNHEX = "keepwarm_unhex"
DIGITS = 32
#: How SQLite itself writes what `stored` has written.
AS_DIGITS = "lower(hex(substr({0}, 1, 16))) || CAST(substr({0}, 17) AS TEXT)"

#: How much of an identity its index has, in bytes: of a hundred million emails, one in forty shares these with another.
BEGINNING = 4

_BEGINNING: Any = (literal_column("1"), literal_column(str(BEGINNING)))
_IDENTITY = re.compile(f"[0-9a-f]{{{DIGITS}}}")


def stored(identity: str) -> bytes:
    """Write an identity, or nothing at all, as its column has it; what follows the digits stays text.

    Raises:
        ValueError: it doesn't begin with 32 hex digits.
    """
    if len(identity) == DIGITS:
        return bytes.fromhex(identity)
    if 0 < len(identity) < DIGITS:
        raise ValueError(f"{identity!r} is no identity: 32 hex digits")
    return bytes.fromhex(identity[:DIGITS]) + identity[DIGITS:].encode()


def decoded(value: bytes) -> str:
    """Read an identity as everyone outside of the database knows it."""
    return value.hex() if len(value) <= DIGITS // 2 else value[: DIGITS // 2].hex() + value[DIGITS // 2 :].decode()


class Digest(TypeDecorator[str]):
    """A column of identities; statements and rows have their hex digits."""

    impl = LargeBinary
    cache_ok = True
    #: How a value is stored, for statements that are written by hand (worker.storage.bulk).
    stored = staticmethod(stored)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Write digits as bytes."""
        del dialect
        return None if value is None else stored(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Read bytes as digits."""
        del dialect
        return None if value is None else decoded(bytes(value))


def beginning(column: Any) -> ColumnElement[bytes]:
    """How an identity begins, in the very words of its index; the few others that begin so are told apart in full."""
    return func.substr(type_coerce(column, LargeBinary), *_BEGINNING, type_=LargeBinary)


def is_identity(text: str) -> bool:
    """Whether a text from outside can be compared with what is stored."""
    return _IDENTITY.match(text) is not None


def digits(connection: Connection, column: Any) -> ColumnElement[str]:
    """Write a column of plain identities (nothing follows the digits) as its digits, in SQL."""
    if connection.dialect.name == "postgresql":
        return func.encode(type_coerce(column, LargeBinary), "hex", type_=Text)
    return func.lower(func.hex(type_coerce(column, LargeBinary)), type_=Text)

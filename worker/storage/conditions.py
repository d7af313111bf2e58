"""Conditions that both databases answer by an index, with statistics or without."""

import json
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    ColumnElement,
    Exists,
    FromClause,
    LargeBinary,
    any_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.engine import Connection
from sqlalchemy.types import NullType

from models.digests import BEGINNING, UNHEX, Digest, beginning
from models.history import Sighting

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute

#: Parameters of statements that are made once: making one anew costs more than SQLite takes to answer it.
USER: Any = bindparam("user")
PEOPLE: Any = bindparam("people", expanding=True)
ADDRESSES: Any = bindparam("addresses", expanding=True)


def there_is(*conditions: ColumnElement[bool]) -> Exists:
    """Say whether some row meets these conditions.

    SQLAlchemy's own `exists()` asks for `*`: before its first ANALYZE, SQLite then walks a whole table for each row
    instead of looking into an index that holds all it needs (20,000 new people: minutes instead of milliseconds).
    """
    one: ColumnElement[Any] = literal_column("1")
    return exists(one).where(*conditions)


def is_one_of(
    connection: Connection, column: "InstrumentedAttribute[str]", values: Iterable[str]
) -> ColumnElement[bool]:
    """Say whether a column holds one of many values, which are sent as one parameter however many they are.

    A page of a first reading asks for thousands: naming each as a parameter of its own took a twentieth of an import.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy import ARRAY, Text

        return column == any_(literal(list(values), ARRAY(Digest if isinstance(column.type, Digest) else Text)))
    each = func.json_each(json.dumps(list(values))).table_valued("value")
    value = getattr(func, UNHEX)(each.c.value) if isinstance(column.type, Digest) else each.c.value
    return type_coerce(column, NullType()).in_(select(value))


def is_about(connection: Connection, identities: Collection[str]) -> ColumnElement[bool]:
    """Say whether a sighting is about one of these identities: found by how they begin, which is all its index has."""
    return begins_as(connection, identities) & is_one_of(connection, Sighting.identity, identities)


def begins_as(connection: Connection, identities: Iterable[str]) -> ColumnElement[bool]:
    """Say whether the identity of a sighting begins as one of these does: one in four thousand million others does."""
    begun = sorted({one[: 2 * BEGINNING] for one in identities})
    if connection.dialect.name == "postgresql":
        from sqlalchemy import ARRAY

        return beginning(Sighting.identity) == any_(literal(list(map(bytes.fromhex, begun)), ARRAY(LargeBinary)))
    each = func.json_each(json.dumps(begun)).table_valued("value")
    return beginning(Sighting.identity).in_(select(getattr(func, UNHEX)(each.c.value)))


def beginning_with(
    connection: Connection, column: "InstrumentedAttribute[str]", identities: Iterable[str]
) -> tuple[FromClause, ColumnElement[bool]]:
    """Return a table of identities to select from, and the condition that a column of ids begins with one of them.

    What comes after an identity is "-" and more (worker.ingest.copies.merge), which sorts before "~".
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy import ARRAY

        many = func.unnest(literal(list(identities), ARRAY(Digest))).table_valued("value").render_derived()
        low = type_coerce(many.c.value, LargeBinary)
        return many, type_coerce(column, LargeBinary).between(low, low.op("||")(literal(b"~", LargeBinary)))
    one = func.json_each(json.dumps(list(identities))).table_valued("value")
    low, high = (getattr(func, UNHEX)(value) for value in (one.c.value, one.c.value + b"~".hex()))
    # answered first: before its first ANALYZE, SQLite would try every interaction of a user with each of these
    each = select(low.label("low"), high.label("high")).offset(0).subquery()
    return each, type_coerce(column, NullType()).between(each.c.low, each.c.high)

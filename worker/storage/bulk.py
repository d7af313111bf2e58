"""Many plain rows in one statement, as each database takes them fastest."""

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from models.base import Base

T = TypeVar("T")


#: Rows up to which PostgreSQL is given them one by one.
FEW = 8


#: Rows named in one IN (...): below SQLite's oldest limit of 999 variables.
CHUNK = 900


@lru_cache(maxsize=256)
def _statement(dialect: str, table: str, columns: tuple[str, ...], conflict: str) -> str:
    mark = "%s" if dialect == "postgresql" else "?"
    return f'INSERT INTO "{table}" ({quoted(columns)}) VALUES ({", ".join([mark] * len(columns))}) {conflict}'  # noqa: S608 - our own names


def put(
    connection: Connection,
    table: type[Base],
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    conflict: str = "",
    ready: tuple[str, ...] = (),
) -> None:
    """Insert many plain rows in one statement; `conflict` is an ON CONFLICT clause both databases know.

    Values of `ready` columns are as these store them already.
    """
    dialect, name = connection.dialect.name, table.__tablename__
    rows = as_stored(table, columns, rows, ready)
    if dialect == "postgresql" and len(rows) > FEW and not _has_duplicate_keys(columns, rows, conflict):
        statement = _unnest(name, columns, conflict, types_of(table, columns))
        connection.exec_driver_sql(statement, tuple(map(plain, zip(*rows, strict=True))))
    elif rows:
        connection.exec_driver_sql(_statement(dialect, name, columns, conflict), list(rows))


def as_stored(
    table: type[Base], columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], ready: tuple[str, ...] = ()
) -> Sequence[Any]:
    """Write values as their columns store them, where that isn't as Python has them."""
    converters = _converters(table, columns, ready)
    if not converters or not rows:
        return rows
    values: list[Any] = list(zip(*rows, strict=True))
    for place, convert in converters:
        values[place] = [None if value is None else convert(value) for value in values[place]]
    return list(zip(*values, strict=True))


@lru_cache(maxsize=256)
def _converters(
    table: type[Base], columns: tuple[str, ...], ready: tuple[str, ...]
) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    found = (None if one in ready else getattr(table.__table__.c[one].type, "stored", None) for one in columns)
    return tuple((place, convert) for place, convert in enumerate(found) if convert is not None)


@lru_cache(maxsize=256)
def _unnest(table: str, columns: tuple[str, ...], conflict: str, types: tuple[str, ...]) -> str:
    """PostgreSQL takes whole columns at once, which costs a fraction of taking row by row."""
    arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
    return f'INSERT INTO "{table}" ({quoted(columns)}) SELECT * FROM unnest({arrays}) {conflict}'  # noqa: S608 - our own names


@lru_cache(maxsize=256)
def types_of(table: type[Base], columns: tuple[str, ...]) -> tuple[str, ...]:
    """Name the types of columns as PostgreSQL knows them."""
    from sqlalchemy.dialects import postgresql  # all its drivers come along: only who uses it needs them

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # it has no annotations
    found = (str(table.__table__.c[column].type.compile(dialect)) for column in columns)
    return tuple(type_.partition(" COLLATE")[0] for type_ in found)


def _has_duplicate_keys(columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], conflict: str) -> bool:
    """Whether rows of one key stand beside each other: PostgreSQL updates none twice in one statement."""
    if "DO UPDATE" not in conflict:
        return False
    key = [columns.index(name.strip()) for name in conflict.partition("(")[2].partition(")")[0].split(",")]
    return len({tuple(row[place] for place in key) for row in rows}) < len(rows)


def quoted(columns: tuple[str, ...]) -> str:
    """Write the names of columns one after another."""
    return ", ".join(f'"{column}"' for column in columns)


def plain(values: tuple[Any, ...]) -> list[Any]:
    """Take words out of their enums: the driver wants the items of a list to be of one type."""
    return [value.value if isinstance(value, Enum) else value for value in values]


def change(
    connection: Connection,
    table: type[Base],
    columns: tuple[str, ...],
    where: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    ready: tuple[str, ...] = (),
) -> None:
    """Update many rows in one statement; each row holds the new values of `columns`, then the values of `where`."""
    if rows:
        rows = as_stored(table, columns + where, rows, ready)
        statement = _update(connection.dialect.name, table.__tablename__, columns, where)
        connection.exec_driver_sql(statement, list(rows))


@lru_cache(maxsize=256)
def _update(dialect: str, table: str, columns: tuple[str, ...], where: tuple[str, ...]) -> str:
    mark = "%s" if dialect == "postgresql" else "?"
    values = ", ".join(f'"{column}" = {mark}' for column in columns)
    which = " AND ".join(f'"{column}" = {mark}' for column in where)
    return f'UPDATE "{table}" SET {values} WHERE {which}'  # noqa: S608 - our own names


def chunks(items: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces small enough to be named in one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]

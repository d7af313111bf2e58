"""Writing addresses, which have numbers, and participations, which call others by theirs: the database finds these."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy.engine import Connection

from models.history import Interaction, Participation
from models.people import Address
from worker.storage.bulk import as_stored, plain, quoted, types_of

#: The last number that a user's addresses have.
LAST = "coalesce((SELECT max(number) FROM addresses WHERE user_id = {0}), 0)"
#: The rows that a participation names, found by their keys.
NAMED = "interactions i JOIN addresses a ON a.user_id = i.user_id AND a.address = {0}"


def put_addresses(
    connection: Connection, user_id: int, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], conflict: str
) -> None:
    """Insert addresses of one user, each once; those that are new get the numbers that come next.

    The user is held meanwhile (worker.app.users.hold): nobody else counts on.
    """
    if rows and connection.dialect.name == "postgresql":
        statement = _unnest_addresses(columns, conflict, types_of(Address, columns))
        connection.exec_driver_sql(statement, (user_id, user_id, *map(plain, zip(*rows, strict=True))))
    elif rows:
        given = [(user_id, user_id, *row) for row in rows]
        connection.exec_driver_sql(_insert_address(columns, conflict), given)


@lru_cache(maxsize=16)
def _insert_address(columns: tuple[str, ...], conflict: str) -> str:
    marks = ", ".join("?" * len(columns))
    into = f"INSERT INTO addresses (user_id, number, {quoted(columns)})"
    return f"{into} VALUES (?, {LAST.format('?')} + 1, {marks}) {conflict}"


@lru_cache(maxsize=16)
def _unnest_addresses(columns: tuple[str, ...], conflict: str, types: tuple[str, ...]) -> str:
    names, arrays = quoted(columns), ", ".join(f"%s::{type_}[]" for type_ in types)
    into = f"INSERT INTO addresses (user_id, number, {names})"
    number = f"{LAST.format('%s')} + row_number() OVER ()"
    return f"{into} SELECT %s, {number}, v.* FROM unnest({arrays}) AS v ({names}) {conflict}"  # noqa: S608 - our own names


def put_participations(connection: Connection, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert participations; each ends with its address, and the user and id of its interaction as stored."""
    rows = as_stored(Participation, columns, rows)
    if rows and connection.dialect.name == "postgresql":
        types = (*types_of(Participation, columns), *types_of(Address, ("address",)))
        statement = _unnest_participations(columns, (*types, *types_of(Interaction, ("user_id", "id"))))
        connection.exec_driver_sql(statement, tuple(map(plain, zip(*rows, strict=True))))
    elif rows:
        connection.exec_driver_sql(_insert_participation(columns), list(rows))


@lru_cache(maxsize=16)
def _insert_participation(columns: tuple[str, ...]) -> str:
    marks = ", ".join("?" * len(columns))
    into = f"INSERT INTO participations (user_id, interaction, address, {quoted(columns)})"
    numbers = "i.user_id, i.number, a.number"
    return f"{into} SELECT {numbers}, {marks} FROM {NAMED.format('?')} WHERE i.user_id = ? AND i.id = ?"  # noqa: S608 - our own names


@lru_cache(maxsize=16)
def _unnest_participations(columns: tuple[str, ...], types: tuple[str, ...]) -> str:
    names, arrays = quoted(columns), ", ".join(f"%s::{type_}[]" for type_ in types)
    theirs = ", ".join(f'v."{column}"' for column in columns)
    given = f"unnest({arrays}) AS v ({names}, of_address, of_user, of_id)"
    return (
        f"INSERT INTO participations (user_id, interaction, address, {names}) "  # noqa: S608 - our own names
        f"SELECT i.user_id, i.number, a.number, {theirs} FROM {given} "
        "JOIN interactions i ON i.user_id = v.of_user AND i.id = v.of_id "
        "JOIN addresses a ON a.user_id = v.of_user AND a.address = v.of_address"
    )

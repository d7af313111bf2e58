"""Opening the database, transactions, bulk rows, and migrations: the same for SQLite and PostgreSQL."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection

import models.migrations
from models.base import Base

T = TypeVar("T")
MIGRATIONS = Path(models.migrations.__file__).parent
#: Rows up to which PostgreSQL is given them one by one.
FEW = 8
#: Rows named in one IN (...): below SQLite's oldest limit of 999 variables.
CHUNK = 900


#: What every SQLite connection is told. Keys are hashes, so a page of records touches the file all over: a larger
#: cache and rarer checkpoints write each place fewer times (measured: a fifth of the CPU of an import).
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=60000",
    "cache_size=-8000",
    "wal_autocheckpoint=16000",
)


class SchemaMismatch(Exception):  # noqa: N818 - says what is wrong
    """The database was made by a newer keepwarm, or has not been upgraded."""


def open_database(url: str) -> Engine:
    """Open a database with keepwarm's way of working: WAL, foreign keys and explicit write transactions on SQLite."""
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, pool_pre_ping=True, hide_parameters=True)
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = sa.create_engine(address, connect_args={"timeout": 60}, hide_parameters=True)
    else:
        same = {"check_same_thread": False}
        engine = sa.create_engine(address, poolclass=sa.StaticPool, connect_args=same, hide_parameters=True)

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in PRAGMAS:
            connection.cursor().execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open one transaction that will write; it commits when the block ends well and leaves no trace otherwise."""
    with engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open one consistent view of the database."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # where each statement would otherwise see another moment
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def scrub(engine: Engine) -> None:
    """Clear what was erased from the file itself: SQLite leaves it in free pages until they are used again.

    PostgreSQL does the like by itself (autovacuum) and needs nothing here.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            file: Any = connection.connection.driver_connection  # VACUUM wants no transaction around it
            file.execute("VACUUM")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@lru_cache(maxsize=256)
def _statement(dialect: str, table: str, columns: tuple[str, ...], conflict: str) -> str:
    mark = "%s" if dialect == "postgresql" else "?"
    names = ", ".join(f'"{column}"' for column in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join([mark] * len(columns))}) {conflict}'  # noqa: S608 - our own names


def put(
    connection: Connection,
    table: type[Base],
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    conflict: str = "",
) -> None:
    """Insert many plain rows in one statement; `conflict` is an ON CONFLICT clause both databases know."""
    dialect, name = connection.dialect.name, table.__tablename__
    if dialect == "postgresql" and len(rows) > FEW and not _told_twice(columns, rows, conflict):
        statement = _unnest(name, columns, conflict, _types(table, columns))
        connection.exec_driver_sql(statement, tuple(map(_plain, zip(*rows, strict=True))))
    elif rows:
        connection.exec_driver_sql(_statement(dialect, name, columns, conflict), list(rows))


@lru_cache(maxsize=256)
def _unnest(table: str, columns: tuple[str, ...], conflict: str, types: tuple[str, ...]) -> str:
    """PostgreSQL takes whole columns at once, which costs a fraction of taking row by row."""
    names = ", ".join(f'"{column}"' for column in columns)
    arrays = ", ".join(f"%s::{type_}[]" for type_ in types)
    return f'INSERT INTO "{table}" ({names}) SELECT * FROM unnest({arrays}) {conflict}'  # noqa: S608 - our own names


@lru_cache(maxsize=256)
def _types(table: type[Base], columns: tuple[str, ...]) -> tuple[str, ...]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # it has no annotations
    found = (str(table.__table__.c[column].type.compile(dialect)) for column in columns)
    return tuple(type_.partition(" COLLATE")[0] for type_ in found)


def _told_twice(columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], conflict: str) -> bool:
    """Whether rows of one key stand beside each other: PostgreSQL updates none twice in one statement."""
    if "DO UPDATE" not in conflict:
        return False
    key = [columns.index(name.strip()) for name in conflict.partition("(")[2].partition(")")[0].split(",")]
    return len({tuple(row[place] for place in key) for row in rows}) < len(rows)


def _plain(values: tuple[Any, ...]) -> list[Any]:
    """Take words out of their enums: the driver wants the items of a list to be of one type."""
    return [value.value if isinstance(value, Enum) else value for value in values]


def change(
    connection: Connection,
    table: type[Base],
    columns: tuple[str, ...],
    where: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    """Update many rows in one statement; each row holds the new values of `columns`, then the values of `where`."""
    if rows:
        statement = _update(connection.dialect.name, table.__tablename__, columns, where)
        connection.exec_driver_sql(statement, list(rows))


@lru_cache(maxsize=256)
def _update(dialect: str, table: str, columns: tuple[str, ...], where: tuple[str, ...]) -> str:
    mark = "%s" if dialect == "postgresql" else "?"
    values = ", ".join(f'"{column}" = {mark}' for column in columns)
    which = " AND ".join(f'"{column}" = {mark}' for column in where)
    return f'UPDATE "{table}" SET {values} WHERE {which}'  # noqa: S608 - our own names


def tune(connection: Connection) -> None:
    """Let the database look at how its rows lie after many came: else SQLite walks whole tables for one person."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA analysis_limit=400")
    connection.exec_driver_sql("ANALYZE")


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces small enough to be named in one statement."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _alembic(engine: Engine, verb: str, revision: str) -> None:
    from alembic import command  # only when the schema changes: it takes longer to load than most commands to run
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        getattr(command, verb)(config, revision)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to `revision`."""
    _alembic(engine, "upgrade", revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the schema back to `revision`."""
    _alembic(engine, "downgrade", revision)


def revisions() -> list[str]:
    """Name every revision this version knows, oldest first: a migration's file begins with its number."""
    return sorted(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def check_schema(engine: Engine) -> None:
    """Refuse to work on a schema this version does not know.

    Raises:
        SchemaMismatch: with what to do about it.
    """
    with engine.connect() as connection:
        if sa.inspect(connection).has_table("alembic_version"):
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        else:
            found = None
    known = revisions()
    if found == known[-1]:
        return
    if found is None or found in known:
        raise SchemaMismatch("The database is from an older keepwarm. Run: keepwarm db upgrade")
    raise SchemaMismatch(
        "The database is from a newer keepwarm than this one. Install that version, or restore a backup."
    )

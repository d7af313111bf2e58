"""The database engine: the same for SQLite and PostgreSQL."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from models.digests import UNHEX
from models.learned import OwnDictionary, attach
from worker.storage.adapters import register

#: What every SQLite connection is set to. Keys are hashes, so a page of records touches the file all over: a larger
#: cache and rarer checkpoints write each place fewer times (measured: a fifth of the CPU of an import).
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=60000",
    "cache_size=-16000",
    "wal_autocheckpoint=16000",
)


#: Rows of each index that SQLite looks at to learn how they lie.
LOOKED_AT = 400


def open_database(url: str) -> Engine:
    """Open a database with keepwarm's way of working: WAL, foreign keys and explicit write transactions on SQLite."""
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite":
        engine = sa.create_engine(address, pool_pre_ping=True, hide_parameters=True)
        attach(engine.dialect, _dictionaries(engine))
        return engine
    register()
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = sa.create_engine(address, connect_args={"timeout": 60}, hide_parameters=True)
        attach(engine.dialect, _dictionaries(engine))
    else:  # there is one connection, and what it knows is nowhere else
        same = {"check_same_thread": False}
        engine = sa.create_engine(address, poolclass=sa.StaticPool, connect_args=same, hide_parameters=True)
        only: list[Any] = []
        sa.event.listen(engine, "connect", lambda connection, _: only.append(connection))
        attach(engine.dialect, lambda number: _content(only[-1], number))

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.create_function(UNHEX, 1, bytes.fromhex, deterministic=True)
        for pragma in PRAGMAS:
            connection.cursor().execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    return engine


def _dictionaries(engine: Engine) -> Callable[[int], bytes | None]:
    """Make what reads a dictionary by its number, past the transaction that has just come upon it."""

    def load(number: int) -> bytes | None:
        arguments, options = engine.dialect.create_connect_args(engine.url)
        with closing(engine.dialect.connect(*arguments, **options)) as connection:
            return _content(connection, number)

    return load


def _content(connection: Any, number: int) -> bytes | None:
    cursor = connection.cursor()
    cursor.execute(f"SELECT content FROM {OwnDictionary.__tablename__} WHERE id = {number:d}")  # noqa: S608 - a number
    row = cursor.fetchone()
    return None if row is None else bytes(row[0])


def scrub(engine: Engine) -> None:
    """Clear what was erased from the file itself: SQLite leaves it in free pages until they are used again.

    PostgreSQL does the like by itself (autovacuum) and needs nothing here.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            file: Any = connection.connection.driver_connection  # VACUUM wants no transaction around it
            file.execute("VACUUM")
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def tune(connection: Connection) -> None:
    """Let the database look at how its rows lie after many came: else SQLite walks whole tables for one person."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA analysis_limit={LOOKED_AT}")
    connection.exec_driver_sql("ANALYZE")
    if connection.dialect.name == "sqlite":
        _rows_of_a_user(connection)


def _rows_of_a_user(connection: Connection) -> None:
    """Correct what SQLite takes for the number of a user's rows: never more than it has looked at.

    Believing that a user has 400 addresses it would walk through all 100,000 to find 900 of them.
    """
    users = max(1, connection.exec_driver_sql("SELECT count(*) FROM users").scalar() or 0)
    found = connection.exec_driver_sql("SELECT rowid, stat FROM sqlite_stat1 WHERE idx IS NOT NULL").all()
    for row, stat in found:
        rows, *each = stat.split()
        if each and int(each[0]) == LOOKED_AT + 1:
            corrected = " ".join([rows, str(max(int(each[0]), int(rows) // users)), *each[1:]])
            connection.exec_driver_sql("UPDATE sqlite_stat1 SET stat = ? WHERE rowid = ?", (corrected, row))
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # read again what is known

"""When the database takes nothing, for want of room or because it is away: why, and what is written later."""

import logging
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from worker.storage.transactions import writing

FULL = "the disk is full"
AWAY = "the database does not answer"
#: How each database says that it has no room: SQLite also where it cannot make the file that its processes share.
SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE}
POSTGRESQL_FULL = "53100"
#: Bytes below which the person is warned: SQLite's log of what was written grows by so much between two checkpoints.
LITTLE = 64 << 20
#: Seconds between two tries.
PAUSE = 1.0


def is_full(error: DBAPIError) -> bool:
    """Whether a database refused for want of room."""
    codes = getattr(error.orig, "sqlite_errorcode", None), getattr(error.orig, "sqlstate", None)
    return codes[0] in SQLITE_FULL or codes[1] == POSTGRESQL_FULL


def reason(error: DBAPIError) -> str:
    """Say why the database did not do its work."""
    return FULL if is_full(error) else AWAY


def room(engine: Engine) -> int | None:
    """Return the bytes that are left where the database lies, if it lies on this machine as a file."""
    if engine.dialect.name != "sqlite" or not engine.url.database or engine.url.database == ":memory:":
        return None
    return shutil.disk_usage(Path(engine.url.database).parent).free


def warning(engine: Engine) -> str:
    """Say that there is little room where the database lies, if so."""
    left = room(engine)
    if left is None or left >= LITTLE:
        return ""
    return (
        f"Only {left / 1e6:.1f} MB are left on the disk of {engine.url.database}. Once it is full nothing more is "
        "stored; when there is room again everything goes on where it was."
    )


def at_last(engine: Engine, write: Callable[[Connection], object], patience: timedelta) -> None:
    """Write what must not be left undone, such as giving back a lease: now, or beside all else as soon as it can be.

    After `patience` no one waits for it any more.
    """
    try:
        with writing(engine) as connection:
            write(connection)
    except OperationalError as error:
        logging.getLogger(__name__).warning("left for later: %s", reason(error))
        threading.Thread(target=_insist, args=(engine, write, patience), name="at last", daemon=True).start()


def _insist(engine: Engine, write: Callable[[Connection], object], patience: timedelta) -> None:
    end = time.monotonic() + patience.total_seconds()
    while time.monotonic() < end:
        time.sleep(PAUSE)
        try:
            with writing(engine) as connection:
                write(connection)
        except OperationalError:
            continue
        return

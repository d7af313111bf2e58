"""The file of the key that seals the sign-ins: made once, whole or not at all, whatever is killed meanwhile."""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from models.accounts import Secret
from worker.storage.engine import open_database

log = logging.getLogger(__name__)  # also read before the log is set up


def read_key_file(path: Path, database_url: str) -> str:
    """Return the key in a file, which is made if there is none; "" if it is empty and may have sealed something.

    An empty file, as a full disk or a kill leaves it, is replaced where the database holds nothing sealed.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        if key := _read(path):
            return key
    except FileNotFoundError:
        pass
    with _alone(path.parent):
        return _made(path, database_url)


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace").strip()


def _made(path: Path, database_url: str) -> str:
    """Make the key, unless another process was quicker."""
    from cryptography.fernet import Fernet  # only where there is none

    key = Fernet.generate_key().decode()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(name)  # unlike a rename, it never takes the place of a key
        except FileExistsError:
            found = _read(path)
            if found or _anything_sealed(database_url):
                return found
            Path(name).replace(path)
            log.warning("%s was empty and had sealed nothing: there is a new key in it", path)
        _sync_folder(path.parent)
    finally:
        Path(name).unlink(missing_ok=True)
    return key


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Have other processes wait: of two that find an empty file, one would overwrite the key of the other."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _anything_sealed(database_url: str) -> bool:
    engine = open_database(database_url)
    try:
        with engine.connect() as connection:
            known = sa.inspect(connection).has_table(Secret.__tablename__)
            return known and connection.scalar(sa.select(Secret.account_id).limit(1)) is not None
    finally:
        engine.dispose()

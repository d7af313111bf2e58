"""Files no one else may read or change: the umask, the home folder, and writing a file whole or not at all."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from models.errors import CodedError

#: Permission bits of everyone but the owner.
OTHERS = 0o077


class ForeignFile(CodedError):  # noqa: N818 - says what is wrong
    """A file that decides where secrets go is not the user's own."""


def keep_private(home: Path, database: str | None = None) -> None:
    """Have everything this process makes readable by its user alone, and close what others may look into.

    That is the home, unless it is the user's whole home folder, and the file of a SQLite database: earlier versions
    left both to the umask.
    """
    os.umask(OTHERS)
    if home.resolve() != Path.home().resolve():
        _close(home.resolve())
    for suffix in ("", "-wal", "-shm") if database else ():
        _close(Path(f"{database}{suffix}"))


def _close(path: Path) -> None:
    try:
        found = path.lstat()
    except OSError:
        return
    mine = found.st_uid == os.getuid() and (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode))
    if mine and found.st_mode & OTHERS and not found.st_mode & stat.S_ISVTX:  # a sticky folder is meant for many
        path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)


def require_own(path: Path) -> None:
    """Insist that only the user (or root) can have written a file and can exchange it.

    Raises:
        ForeignFile: with what to do about it.
    """
    for each in (path, path.parent):
        found = each.stat()
        if found.st_uid not in {os.getuid(), 0}:
            raise ForeignFile("app.foreign_file", path=path, place=each)
        if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not (each != path and found.st_mode & stat.S_ISVTX):
            raise ForeignFile("app.open_file", path=path, place=each)


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """Write a new file (mode 0600) that takes the place of `path` once everything is written and on the disk.

    Raises:
        OSError: nothing can be written there; what lay at `path` before is untouched.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error  # not the name no one has asked for
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

"""Where an export goes: standard output, or a file that is there whole or not at all."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def destination(path: Path | None) -> Iterator[BinaryIO]:
    """Open standard output, or a new file (mode 0600) that takes the place of `path` once everything is written.

    Raises:
        OSError: nothing can be written there; what lay at `path` before is untouched.
    """
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = path.resolve()  # what a link points to is written, and the link stays
    if path.exists() and not path.is_file():  # a device takes what is written; a folder says what it is
        with path.open("wb") as device:
            yield device
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes it 0600
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error  # not the name nobody has asked for
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

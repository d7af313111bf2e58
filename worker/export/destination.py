"""Where an export goes: standard output, or a file that is there whole or not at all."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from worker.app.secrets.private_files import private_file


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
    with private_file(path) as file:
        yield file

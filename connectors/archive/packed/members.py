"""The files inside a zip or tar archive, one after another in its own order, each opened only while it is read."""

import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple, cast
from zipfile import ZipFile

from connectors.archive.packed.compressed import DAMAGE, Packed, Unpacked
from connectors.archive.packed.opening import is_compressed, opened
from connectors.archive.source import printable

MAGIC_LENGTH = 8


class Member(NamedTuple):
    """A file in an archive: its name there, its size, and how to read it until the next one is asked for."""

    name: str
    size: int
    packed: int  # bytes it takes in the archive
    opening: Callable[[], object]

    def open(self) -> Packed:
        """Begin to read it."""
        return cast("Packed", self.opening())


class DamagedArchiveError(ValueError):
    """An archive that cannot be read, or only up to here; `str(error)` says why."""


def members(path: Path) -> Iterator[Member]:
    """Yield the files in the archive at `path`.

    Raises:
        DamagedArchiveError: it, or the rest of it, cannot be read.
    """
    with path.open("rb") as file:
        is_zip = file.read(2) == b"PK"
    try:
        yield from _zipped(path) if is_zip else _taped(path)
    except DAMAGE as error:
        raise DamagedArchiveError(str(error) or type(error).__name__) from error


def _zipped(path: Path) -> Iterator[Member]:
    with ZipFile(path) as archive:
        # Of a name that comes twice the last is what unpacking would leave.
        for info in {info.filename: info for info in archive.infolist() if not info.is_dir()}.values():
            opening = partial(archive.open, info)
            yield Member(printable(info.filename), info.file_size, info.compress_size, opening)


def _taped(path: Path) -> Iterator[Member]:
    with _untaped(path) as (archive, plain):
        for info in archive:
            if info.isfile():
                yield Member(printable(info.name), info.size, info.size, partial(archive.extractfile, info))
        if plain is not None and plain.error:
            raise DamagedArchiveError(plain.error)


@contextmanager
def _untaped(path: Path) -> Iterator[tuple[tarfile.TarFile, Unpacked | None]]:
    with path.open("rb") as file:
        compressed = is_compressed(file.read(MAGIC_LENGTH))
    if not compressed:
        with tarfile.open(path, "r:") as archive:
            yield archive, None
        return
    with opened(path) as stream:
        # What comes out is bounded, whatever lies in it.
        plain = Unpacked(stream, path.stat().st_size)
        # typeshed wants a seekable file even of stream modes
        with tarfile.open(fileobj=plain, mode="r|", bufsize=1 << 16) as archive:  # type: ignore[call-overload] # any reader will do
            yield archive, plain

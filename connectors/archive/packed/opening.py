"""Opening a file by its first bytes, not its name: gzip, bzip2, xz, or text in UTF-16."""

import bz2
import codecs
import gzip
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from connectors.archive.packed.compressed import DAMAGE, Packed

_GZIP, _BZIP2, _XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"


def is_compressed(beginning: bytes) -> bool:
    """Recognize a compressed file by its first bytes."""
    return beginning.startswith((_GZIP, _BZIP2, _XZ))


def utf_16(beginning: bytes) -> str | None:
    """Name the codec of a mail or mailbox in UTF-16: half of its bytes are zeros, whether a mark comes first or not."""
    marked = beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    pairs = beginning[2:66] if marked else beginning[:64]
    even, odd = pairs[::2], pairs[1::2]
    if len(pairs) < 8 or not (any(even) ^ any(odd)) or not (all(even) or all(odd)):
        return None
    return "utf-16" if marked else "utf-16-be" if any(odd) else "utf-16-le"


class Recoded:
    """Text in another encoding, as UTF-8."""

    def __init__(self, file: BinaryIO, codec: str) -> None:
        """Read `file`, which stands at its beginning."""
        self._file = file
        self._decoder = codecs.getincrementaldecoder(codec)(errors="replace")
        self._buffer = b""

    def read1(self, size: int, /) -> bytes:
        """Return at most `size` bytes, b"" at the end."""
        while not self._buffer:
            piece = self._file.read(size)
            self._buffer = self._decoder.decode(piece, final=not piece).encode("utf-8", "replace")
            if not piece:
                break
        given, self._buffer = self._buffer[:size], self._buffer[size:]
        return given


@contextmanager
def opened(path: Path) -> Iterator[Packed]:
    """Open a compressed or recoded file at the beginning of what is in it."""
    with path.open("rb") as file:
        beginning = file.read(64)
        file.seek(0)
        if codec := utf_16(beginning):
            yield Recoded(file, codec)
        elif beginning.startswith(_BZIP2):
            with bz2.open(file) as plain:
                yield plain
        elif beginning.startswith(_XZ):
            with lzma.open(file) as plain:
                yield plain
        else:
            with gzip.open(file) as plain:
                yield plain


def unpacked_beginning(path: Path, size: int) -> bytes:
    """Return the first bytes of what is in a compressed or recoded file; nothing of a broken one."""
    pieces, room = [], size
    try:
        with opened(path) as plain:
            while room > 0 and (piece := plain.read1(room)):
                pieces.append(piece[:room])
                room -= len(piece)
    except DAMAGE:
        pass
    return b"".join(pieces)

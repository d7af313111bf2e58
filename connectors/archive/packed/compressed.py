"""Reading out of compressed files without trusting them: what comes out is bounded, damage is said in one sentence."""

import lzma
import zlib
from tarfile import TarError
from typing import Protocol
from zipfile import BadZipFile

from models.records import BadRecord

FREE = 256 << 20  # bytes that may come out of however few
RATIO = 200  # beyond that: mail text shrinks to a fifth, the most repetitive to a hundredth

STEP = 1 << 16

DAMAGE = (
    EOFError, zlib.error, lzma.LZMAError, BadZipFile, TarError, RuntimeError, NotImplementedError, OSError, ValueError
)  # fmt: skip
"""What reading a compressed stream raises: cut off, broken, encrypted, or packed in a way Python does not know."""


class Packed(Protocol):
    """A decompressing stream."""

    def read1(self, size: int, /) -> bytes:
        """Return at most `size` bytes, b"" at the end."""


class Unpacked:
    """A compressed stream of `packed` bytes as a reader that ends where it is damaged, or turns out to be a bomb.

    What could be unpacked until then is given; `error` says afterwards why it ended, None if it was the true end.
    """

    def __init__(self, file: Packed, packed: int) -> None:
        """Read from `file`, where it stands at its beginning."""
        self.error: str | None = None
        self._file = file
        self._room = max(FREE, RATIO * packed)
        self._peeked = b""

    def peek(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end, and stay before them."""
        self._peeked = self.read(size)
        return self._peeked

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer only at the end."""
        peeked, self._peeked = self._peeked[:size], self._peeked[size:]
        return peeked + self._unpacked(size - len(peeked))

    def _unpacked(self, size: int) -> bytes:
        pieces = []
        while size > 0 and self.error is None:
            try:
                piece = self._file.read1(min(size, STEP))
            except DAMAGE as error:
                self.error = f"the rest cannot be unpacked: {str(error) or type(error).__name__}"
                break
            if not piece:
                break
            pieces.append(piece)
            size -= len(piece)
            self._room -= len(piece)
            if self._room < 0:
                self.error = "far more comes out of it than mail can be packed into so little: it is read no further"
        return b"".join(pieces)

    def skip(self, count: int) -> None:
        """Pass over `count` bytes."""
        while count > 0 and (passed := self.read(min(count, STEP))):
            count -= len(passed)


def damage(title: str, at: int, error: str) -> BadRecord:
    """Say that a compressed file ended before its time; what came before is kept."""
    return BadRecord(f"{title} after byte {at}", error, f"damaged:{at}")

"""The header block of a single mail in a file of its own."""

from typing import NamedTuple, Protocol

from connectors.archive.scan import Found, Scan

ORDINARY = 1 << 14  # most header blocks fit: one read, one search


class Block(NamedTuple):
    """A raw header block; `cut` where parts of it were passed over because it is too long."""

    block: bytes
    cut: bool = False


class Readable(Protocol):
    """What can be read from, in bytes."""

    def read(self, size: int, /) -> bytes | None:
        """Give at most `size` bytes."""


def header_block(file: Readable) -> Block:
    """Read the headers from the beginning of `file`, in bounded memory however long they are."""
    begin = file.read(ORDINARY) or b""
    ends = [end for blank in (b"\n\n", b"\n\r\n") if (end := begin.find(blank)) >= 0]
    if ends:
        return Block(begin[: min(ends)])
    if len(begin) < ORDINARY:
        return Block(begin)
    # The rest is the scan's: it sees a mail of an mbox whose From_ line is imagined.
    pieces = [b"From file 00:00\n", begin]
    for found in Scan(lambda size: pieces.pop(0) if pieces else file.read(size) or b"", 0):
        if isinstance(found, Found):
            return Block(found.block, found.cut)
    return Block(begin)

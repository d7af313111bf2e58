"""The header block of a single mail in a file of its own."""

from pathlib import Path
from typing import NamedTuple, Protocol

from connectors.archive.mbox.from_lines import mail_follows
from connectors.archive.mbox.scan import Found, Scan
from connectors.archive.packed.opening import utf_16

ORDINARY = 1 << 14  # most header blocks fit: one read, one search
MOST_RECODED = 8 << 20  # bytes of a mail in UTF-16 that its headers are looked for in

_BLANK_LINES = (b"\n\n", b"\n\r\n", b"\n\r\r\n")
_BOM = b"\xef\xbb\xbf"


class Block(NamedTuple):
    """A raw header block; `cut` where parts of it were passed over because it is too long."""

    block: bytes
    cut: bool = False


class Readable(Protocol):
    """What can be read from, in bytes."""

    def read(self, size: int, /) -> bytes | None:
        """Return at most `size` bytes."""


def looks_like_mail(path: Path) -> bool:
    """Whether a file begins with what only the headers of a mail are."""
    try:
        with path.open("rb") as file:
            return mail_follows(header_block(file).block + b"\n", 0)
    except OSError:
        return False


def header_block(file: Readable) -> Block:
    """Read the headers from the beginning of `file`, in bounded memory however long they are.

    A byte order mark and blank lines before them are passed over; UTF-16 and lines that end as Macs once ended them
    are read too.
    """
    read = file.read(ORDINARY) or b""
    short = len(read) < ORDINARY
    if codec := utf_16(read):
        while not short and len(read) < MOST_RECODED and (more := file.read(ORDINARY)):
            read += more
        return Block(_first(read.decode(codec, "replace").encode("utf-8", "replace")) or b"")
    begin = read.removeprefix(_BOM).lstrip(b"\r\n")
    if (found := _first(begin)) is not None:
        return Block(found)
    if short:
        return Block(begin)
    # The rest is the scan's: it sees a mail of an mbox whose From_ line is imagined.
    pieces = [b"From file Thu Jan  1 00:00:00 1970\n", begin]
    for mail in Scan(lambda size: pieces.pop(0) if pieces else file.read(size) or b"", 0):
        if isinstance(mail, Found):
            return Block(mail.block, mail.cut)
    return Block(begin)


def _first(text: bytes) -> bytes | None:
    """Return what stands before the first blank line; None where there is no blank line."""
    text = text.removeprefix(_BOM).lstrip(b"\r\n")
    if b"\n" not in text and b"\r" in text:
        text = text.replace(b"\r", b"\n")
    ends = [end for blank in _BLANK_LINES if (end := text.find(blank)) >= 0]
    return text[: min(ends)] if ends else None

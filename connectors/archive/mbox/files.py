"""Mbox files: every mail a record, read on from where the file ended; compressed and recoded ones from the start."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from connectors.archive import fingerprint
from connectors.archive.growing import Growing
from connectors.archive.mbox.from_lines import is_patch
from connectors.archive.mbox.line_ends import with_line_feeds
from connectors.archive.mbox.scan import End, Found, Scan, Stray
from connectors.archive.packed.compressed import Unpacked, damage
from connectors.archive.packed.opening import opened
from connectors.archive.source import Position, Step, number
from connectors.errors import CursorExpired
from models.enums import Place, StreamKind
from models.records import BadRecord, Record

BEGINNING = 1 << 14  # bytes that show how the file was written

Mails = Iterator[tuple[Record | None, int]]
"""Records, each with the byte to go on from."""


class Readable(Protocol):
    """A file, or what comes out of a compressed one."""

    def read(self, size: int, /) -> bytes:
        """Return `size` bytes, fewer only at the end."""


class Mbox(Growing):
    """A plain mbox file, which may have grown since; a mail's key is the byte its From_ line begins at."""

    def __init__(self, path: Path, place: Place) -> None:
        """Read the mbox at `path`, whose name says that its mails lie in `place`."""
        super().__init__(path, StreamKind.MAIL)
        self.place = place

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`."""
        at = self.begin(position)
        with self.path.open("rb") as file:
            beginning = file.read(BEGINNING)
            file.seek(at)
            yield from mails(file, at, beginning, title=self.stream.title, place=self.place, grows=True)


class CompressedMbox(Mbox):
    """An mbox in gzip, bzip2, xz or UTF-16: bytes are counted as they come out, and a changed file is read again."""

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`."""
        if position and position.get("file") != fingerprint.whole(self.path):
            raise CursorExpired("archive.changed", title=self.stream.title)
        at = number(position, "at")
        with opened(self.path) as plain:
            file = Unpacked(plain, self.path.stat().st_size)
            yield from unpacked_mails(file, at, title=self.stream.title, place=self.place)

    def position(self, mark: int) -> Position:
        """A byte of what comes out, and the fingerprint of the compressed file."""
        return {"at": mark, "file": fingerprint.whole(self.path)}

    def progress(self, mark: int) -> tuple[int, int | None]:
        """How much will come out is not known."""
        return mark, None


def mails(file: Readable, at: int, beginning: bytes, *, title: str, place: Place, grows: bool) -> Mails:
    """Yield the mails of an mbox from byte `at`, where `file` stands; `beginning` are the first bytes of the mbox.

    Where the file `grows`, a last mail whose headers are not finished is shown as unreadable and read again later.
    """
    read: Callable[..., Record] | None = None  # headers are read by much that is loaded only where there is an email
    for found in Scan(with_line_feeds(file.read, beginning), at, patches=is_patch(beginning, -1)):
        match found:
            case Found():
                if read is None:
                    from connectors.archive.mbox.record import record_of

                    read = record_of
                yield read(found, title, place, grows=grows), found.after
            case Stray(begin, size, after):
                what = f"the first {size} bytes are" if begin == 0 else f"{size} bytes are"
                reason = f"{what} not an email and were skipped"
                yield BadRecord(f"{title} at byte {begin}", reason, str(begin)), after
            case End(after):
                yield None, after


def unpacked_mails(file: Unpacked, at: int, *, title: str, place: Place) -> Mails:
    """Yield the mails of a compressed mbox, which stands at its beginning, from byte `at` of what comes out."""
    beginning = file.peek(BEGINNING)
    file.skip(at)
    mark = at
    for record, mark in mails(file, at, beginning, title=title, place=place, grows=False):
        yield record, mark
    if file.error:
        yield damage(title, mark, file.error), mark

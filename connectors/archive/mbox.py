"""Mail in mbox form: every mail a record, read on from where the file ended; gzip-compressed ones from the start."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from connectors.archive import fingerprint
from connectors.archive.compressed import Packed, Unpacked, damage
from connectors.archive.growing import Growing
from connectors.archive.labels import labelled
from connectors.archive.scan import End, Found, Scan, Stray
from connectors.archive.source import Position, Step, number
from connectors.dates import from_line
from connectors.errors import CursorExpired
from connectors.headers import email_record, read_block
from models.enums import Place, StreamKind
from models.records import BadRecord, Record


class Readable(Protocol):
    """A file, or what comes out of a compressed one."""

    def read(self, size: int, /) -> bytes:
        """Give `size` bytes, fewer only at the end."""


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
            file.seek(at)
            yield from mails(file, at, title=self.stream.title, place=self.place, grows=True)


class GzippedMbox(Mbox):
    """An mbox in gzip: bytes are counted as they come out, and a changed file is read again."""

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`."""
        if position and position.get("file") != fingerprint.whole(self.path):
            raise CursorExpired(f"{self.stream.title} was changed: it is read again from the start")
        at = number(position, "at")
        with self.path.open("rb") as packed, gzip.open(packed) as plain:
            yield from unpacked_mails(plain, self.path.stat().st_size, at, title=self.stream.title, place=self.place)

    def position(self, mark: int) -> Position:
        """A byte of what comes out, and the fingerprint of the compressed file."""
        return {"at": mark, "file": fingerprint.whole(self.path)}

    def progress(self, mark: int) -> tuple[int, int | None]:
        """How much will come out is not known."""
        return mark, None


def mails(file: Readable, at: int, *, title: str, place: Place, grows: bool) -> Iterator[tuple[Record | None, int]]:
    """Give the mails of an mbox from byte `at`, each with the byte to go on from.

    Where the file `grows`, a last mail whose headers are not finished is shown as unreadable and read again later.
    """
    for found in Scan(file.read, at):
        match found:
            case Found():
                yield _record(found, title, place, grows=grows), found.after
            case Stray(begin, size, after):
                where = f"{title} at byte {begin}"
                yield BadRecord(where, f"{size} bytes before the first From line are no mail", str(begin)), after
            case End(after):
                yield None, after


def unpacked_mails(
    plain: Packed, packed: int, at: int, *, title: str, place: Place
) -> Iterator[tuple[Record | None, int]]:
    """Give the mails of a compressed mbox of `packed` bytes from byte `at` of what comes out."""
    file = Unpacked(plain, packed)
    file.skip(at)
    mark = at
    for record, mark in mails(file, at, title=title, place=place, grows=False):
        yield record, mark
    if file.error:
        yield damage(title, mark, file.error), mark


def _record(found: Found, title: str, place: Place, *, grows: bool) -> Record:
    where, key = f"{title} at byte {found.at}", str(found.at)
    if not found.closed and grows:
        return BadRecord(where, "the file ends within the headers of this mail: it is read once they are complete", key)
    notes: tuple[str, ...] = ()
    if found.cut:
        notes = ("the headers are too long: parts of them were passed over",)
    elif not found.closed:
        notes = ("the file ends within the headers of this mail",)
    headers = read_block(found.block)
    saved_at = None if "date" in headers and "received" in headers else from_line(found.line.decode("latin-1"))
    place, marks = labelled(headers, place)
    return email_record(key, headers, where=where, place=place, saved_at=saved_at, marks=marks, notes=notes)

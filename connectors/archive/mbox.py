"""Mail in mbox form: every mail a record, read on from where the file ended; gzip-compressed ones from the start."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from connectors.archive import fingerprint, places
from connectors.archive.scan import End, Found, Scan, Stray
from connectors.archive.source import Position, Step, number
from connectors.base import Stream
from connectors.dates import from_line
from connectors.errors import CursorExpired
from connectors.headers import Headers, email_record, read_block
from models.enums import Place, StreamKind
from models.records import BadRecord, Record


class Mbox:
    """A plain mbox file, which may have grown since; a mail's key is the byte its From_ line begins at."""

    unit = "bytes"

    def __init__(self, path: Path, place: Place) -> None:
        """Read the mbox at `path`, whose name says that its mails lie in `place`."""
        self.path = path
        self.place = place
        self.stream = Stream(StreamKind.MAIL, str(path), path.name)

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`."""
        at = number(position, "at")
        if position and (self.path.stat().st_size < at or fingerprint.before(self.path, at) != position.get("before")):
            raise CursorExpired(f"{self.stream.title} was changed, not only added to: it is read again from the start")
        with self.path.open("rb") as file:
            file.seek(at)
            yield from records(file, at, title=self.stream.title, place=self.place, grows=True)

    def position(self, mark: int) -> Position:
        """A byte, and the fingerprint of what lies before it."""
        return {"at": mark, "before": fingerprint.before(self.path, mark)}

    def progress(self, mark: int) -> tuple[int, int | None]:
        """Bytes of the file."""
        return mark, self.path.stat().st_size


class GzippedMbox(Mbox):
    """An mbox in gzip: bytes are counted as they come out, and a changed file is read again."""

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`."""
        if position and position.get("file") != fingerprint.whole(self.path):
            raise CursorExpired(f"{self.stream.title} was changed: it is read again from the start")
        at = number(position, "at")
        mark = at
        try:
            with gzip.open(self.path, "rb") as plain:
                file = io.BufferedReader(plain, 1 << 16)
                file.seek(at)
                for record, mark in records(file, at, title=self.stream.title, place=self.place, grows=False):
                    yield record, mark
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield damaged(self.stream.title, mark, error), mark

    def position(self, mark: int) -> Position:
        """A byte of what comes out, and the fingerprint of the compressed file."""
        return {"at": mark, "file": fingerprint.whole(self.path)}

    def progress(self, mark: int) -> tuple[int, int | None]:
        """How much will come out is not known."""
        return mark, None


def damaged(title: str, at: int, error: Exception) -> BadRecord:
    """Say that a compressed file cannot be read beyond a byte."""
    return BadRecord(f"{title} after byte {at}", f"the file is damaged or cut off here ({error})", f"damaged:{at}")


def records(file: BinaryIO, at: int, *, title: str, place: Place, grows: bool) -> Iterator[tuple[Record | None, int]]:
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


def labelled(headers: Headers, place: Place) -> tuple[Place, tuple[str, ...]]:
    """Give the place and marks of a mail in a folder of that place: Gmail's labels, or a draft flag, say more."""
    labels = headers.get("x-gmail-labels")
    if labels is not None:
        said, marks = places.of_labels(labels)
        return (place if said is Place.ORDINARY else said), marks
    if "T" in headers.get("x-status", ""):
        return Place.DRAFT, ()
    return place, ()

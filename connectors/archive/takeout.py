"""Zip files, such as Google Takeout: the mailboxes and calendars inside are streamed out of them, never extracted."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast
from zipfile import BadZipFile, ZipExtFile, ZipFile, ZipInfo

from connectors import places
from connectors.archive.compressed import Unpacked
from connectors.archive.ics import Calendar, Text
from connectors.archive.mbox import unpacked_mails
from connectors.archive.source import Position, Source, Step, Unreadable, number, printable
from connectors.base import Stream
from connectors.errors import CursorExpired, ProtocolError
from connectors.text import clean
from connectors.vcalendar.read import LARGEST
from models.enums import Place, StreamKind


class ZippedMbox:
    """One mbox inside a zip: bytes are counted as they come out, and a changed zip is read again."""

    unit = "bytes"

    def __init__(self, path: Path, member: ZipInfo, place: Place) -> None:
        """Read `member` of the zip at `path`."""
        self.path = path
        self.member = member
        self.place = place
        self.stream = Stream(StreamKind.MAIL, _name(path, member), _title(path, member))

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`."""
        if position and position.get("member") != self._mark():
            raise CursorExpired(f"{self.stream.title} was changed: it is read again from the start")
        at = number(position, "at")
        yield None, at
        with _unpacking(self.stream), ZipFile(self.path) as packed, _opened(packed, self.member) as plain:
            size = self.member.compress_size
            yield from unpacked_mails(plain, size, at, title=self.stream.title, place=self.place)

    def position(self, mark: int) -> Position:
        """A byte of what comes out, and the checksum of the member."""
        return {"at": mark, "member": self._mark()}

    def progress(self, mark: int) -> tuple[int, int | None]:
        """Bytes as the zip states them."""
        return mark, self.member.file_size

    def _mark(self) -> str:
        return f"{self.member.file_size}-{self.member.CRC:08x}"


class ZippedCalendar(Calendar):
    """One .ics inside a zip."""

    def __init__(self, path: Path, member: ZipInfo, now: datetime) -> None:
        """Read `member` of the zip at `path`."""
        super().__init__(Stream(StreamKind.CALENDAR, _name(path, member), _title(path, member)), now)
        self.path = path
        self.member = member

    def texts(self) -> Sequence[Text]:
        """Unpack the calendar.

        Raises:
            ProtocolError: it cannot be unpacked.
        """
        with _unpacking(self.stream), ZipFile(self.path) as packed, _opened(packed, self.member) as plain:
            file = Unpacked(plain, self.member.compress_size)
            content = file.read(LARGEST + 1)
        if file.error:
            raise ProtocolError(f"{self.stream.title}: {file.error}")
        return [(self.stream.title, content)]


def _opened(packed: ZipFile, member: ZipInfo) -> ZipExtFile:
    return cast("ZipExtFile", packed.open(member))  # what open() gives for reading


@contextmanager
def _unpacking(stream: Stream) -> Iterator[None]:
    try:
        yield
    except (BadZipFile, RuntimeError, NotImplementedError) as error:  # damaged, encrypted, packed in an unknown way
        raise ProtocolError(f"{stream.title} cannot be unpacked: {error}") from error


def zipped(path: Path, now: datetime) -> Iterator[Source]:
    """Give the mailboxes and calendars inside a zip, in its own order; of a name that comes twice the last."""
    try:
        with ZipFile(path) as packed:
            members = {member.filename: member for member in packed.infolist() if not member.is_dir()}
    except (BadZipFile, NotImplementedError, ValueError) as error:
        yield Unreadable(path, f"{path.name} is no readable zip file: {error}")
        return
    for name, member in members.items():
        if name.lower().endswith((".mbox", ".mbx")):
            *folders, last = name.split("/")
            yield ZippedMbox(path, member, places.of_folder(last, *folders[::-1]))
        elif name.lower().endswith(".ics"):
            yield ZippedCalendar(path, member, now)


def _name(path: Path, member: ZipInfo) -> str:
    return printable(f"{path}!{member.filename}")


def _title(path: Path, member: ZipInfo) -> str:
    # A name inside a zip is a stranger's text; it is shown, and never a path.
    return clean(printable(f"{path.name}: {member.filename.rsplit('/', 1)[-1]}"), 300)

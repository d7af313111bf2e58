"""iCalendar files: every occurrence of an event a record, series laid out up to a horizon that moves by the month."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar as Parsed
from icalendar import Component

from connectors.archive.events import UnreadableEventError, meeting
from connectors.archive.series import Layout, repeats, utc
from connectors.archive.source import Position, Step, number, printable
from connectors.archive.split import RawCalendar, calendars, zone_name
from connectors.base import Stream
from connectors.errors import CursorExpired
from connectors.text import clean, from_bytes
from models.enums import StreamKind
from models.records import BadRecord, Record

LARGEST = 64 << 20  # bytes of a calendar file
LARGEST_SERIES = 2 << 20  # characters of the events with one UID


class Calendar(ABC):
    """The calendars in one text. A changed one is read again, and so is any when the horizon has moved on."""

    unit = "meetings"

    def __init__(self, stream: Stream, now: datetime) -> None:
        """Lay series out as of `now`."""
        self.stream = stream
        self.now = now
        self._digest = ""

    @abstractmethod
    def content(self) -> bytes:
        """Read the file, at most LARGEST bytes and one more."""

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Give the occurrences after the number that `position` tells."""
        content = self.content()
        self._digest = blake2b(content, digest_size=12).hexdigest()
        done = number(position, "told")
        if position and position.get("content") != self._digest:
            raise CursorExpired(f"{self.stream.title} was changed: it is read again")
        if position and position.get("horizon") != self._horizon():
            raise CursorExpired(f"{self.stream.title} is laid out further ahead")
        yield None, (done, False)
        if position and position.get("whole"):
            yield None, (done, True)
            return
        for mark, record in enumerate(records(content, self.stream.title, self.now), 1):
            if mark > done:
                yield record, (mark, False)
                done = mark
        yield None, (done, True)

    def position(self, mark: tuple[int, bool]) -> Position:
        """How many occurrences were told of which content, laid out as of which month."""
        return {"told": mark[0], "whole": mark[1], "content": self._digest, "horizon": self._horizon()}

    def progress(self, mark: tuple[int, bool]) -> tuple[int, int | None]:
        """How many there will be is not known before."""
        return mark[0], None

    def _horizon(self) -> str:
        return f"{self.now:%Y-%m}"


class CalendarFile(Calendar):
    """One .ics file."""

    def __init__(self, path: Path, now: datetime) -> None:
        """Read the file at `path`."""
        super().__init__(Stream(StreamKind.CALENDAR, printable(str(path)), printable(path.name)), now)
        self.path = path

    def content(self) -> bytes:
        """Read the file."""
        with self.path.open("rb") as file:
            return file.read(LARGEST + 1)


class CalendarFolder(Calendar):
    """The .ics files that lie directly in a folder: many calendars, or one event a file."""

    def __init__(self, path: Path, now: datetime) -> None:
        """Read the folder at `path`."""
        super().__init__(Stream(StreamKind.CALENDAR, printable(f"{path}/*.ics"), printable(path.name)), now)
        self.path = path

    def content(self) -> bytes:
        """Read the files one after another."""
        pieces: list[bytes] = []
        room = LARGEST + 1
        for path in sorted(self.path.iterdir()):
            if is_ics(path.name) and path.is_file() and room > 0:
                with path.open("rb") as file:
                    pieces.append(file.read(room))
                room -= len(pieces[-1])
        return b"\n".join(pieces)


def is_ics(name: str) -> bool:
    """Tell a calendar by its file's name."""
    return name.lower().endswith(".ics") and not name.startswith(".")


def records(content: bytes, title: str, now: datetime) -> Iterator[Record]:
    """Give the occurrences of all events in an iCalendar text, in the order of the file, each key once."""
    if len(content) > LARGEST:
        reason = f"only the first {LARGEST >> 20} MB of a calendar are read"
        yield BadRecord(f"{title} after byte {LARGEST}", reason, "too-large")
    layout, seen = Layout(now), set[str | None]()
    found = False
    for calendar in calendars(from_bytes(content[:LARGEST])):
        found = True
        for uid in calendar.events:
            for record in _events(calendar, uid, title, layout):
                if record.key not in seen:
                    seen.add(record.key)
                    yield record
        if calendar.unfinished:
            yield BadRecord(
                title, "the file ends or breaks within an event: that event is not read", f"unfinished:{len(seen)}"
            )
    if not found and content.strip():
        yield BadRecord(title, "there is no calendar in this file", "no-calendar")


def _events(calendar: RawCalendar, uid: str, title: str, layout: Layout) -> Iterator[Record]:
    key = clean(uid, 1000)
    where = f"{title}: event {key}"
    try:
        parsed = Parsed.from_ical(_bounded(calendar.text(uid)))
        method, zone = calendar.property("METHOD").upper(), _zone(calendar)
        known = None if uid.startswith("no-uid:") else uid
        events = parsed.walk("VEVENT")
        series = repeats(events)
        laid_out = layout.occurrences(parsed) if series else [(max(events, key=_sequence), None)]
        for event, remark in laid_out:
            start = getattr(event.get("RECURRENCE-ID"), "dt", None) if series else None
            one = f"{key}/{utc(start, zone):%Y%m%dT%H%M%SZ}" if start is not None else key
            yield meeting(event, key=one, uid=known, method=method, zone=zone, series=series, remark=remark)
    except UnreadableEventError as error:
        yield BadRecord(where, str(error), key)
    except Exception as error:  # noqa: BLE001 - what a hostile event makes three libraries raise is not documented
        yield BadRecord(where, f"this event cannot be read: {clean(str(error), 200) or type(error).__name__}", key)


def _bounded(text: str) -> str:
    if len(text) > LARGEST_SERIES:
        raise UnreadableEventError("this event repeats with too many changes")
    return text


def _sequence(event: Component) -> int:
    said = str(event.get("SEQUENCE"))
    return int(said[:9]) if said.isdecimal() else 0


def _zone(calendar: RawCalendar) -> tzinfo:
    name = zone_name(calendar.property("X-WR-TIMEZONE"))
    return ZoneInfo(name) if name else UTC

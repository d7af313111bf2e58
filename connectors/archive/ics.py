"""iCalendar files: every occurrence of an event a record, series expanded up to a horizon that moves by the month."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from connectors.archive.source import Position, Step, number, printable
from connectors.base import Stream
from connectors.errors import CursorExpired
from connectors.vcalendar.recognize import LARGEST
from models.enums import StreamKind
from models.records import Record

Text = tuple[str, bytes]
"""What a calendar is called, and its content."""


class Calendar(ABC):
    """The calendars of one stream. A changed one is read again, and so is any when the horizon has moved on."""

    unit = "meetings"

    def __init__(self, stream: Stream, now: datetime) -> None:
        """Expand series as of `now`."""
        self.stream = stream
        self.now = now
        self._digest = ""

    @abstractmethod
    def texts(self) -> Sequence[Text]:
        """Read the files, at most LARGEST bytes in all and one more."""

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Yield the occurrences after the number in `position`."""
        texts = self.texts()
        self._digest = _digest(texts)
        done = number(position, "told")
        if position and position.get("content") != self._digest:
            raise CursorExpired("archive.changed", title=self.stream.title)
        if position and position.get("horizon") != self._horizon():
            raise CursorExpired("archive.further_ahead", title=self.stream.title)
        yield None, (done, False)
        if position and position.get("whole"):
            yield None, (done, True)
            return
        from connectors.vcalendar import read  # most readings find the file as it was

        for mark, record in enumerate(read.records(texts, self.now), 1):
            if mark > done:
                yield record, (mark, False)
                done = mark
        yield None, (done, True)

    def position(self, mark: tuple[int, bool]) -> Position:
        """How many occurrences were read of which content, expanded as of which month."""
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

    def texts(self) -> Sequence[Text]:
        """Read the file."""
        with self.path.open("rb") as file:
            return [(self.stream.title, file.read(LARGEST + 1))]


class CalendarFolder(Calendar):
    """The .ics files that lie directly in a folder: many calendars, or one event a file."""

    def __init__(self, path: Path, now: datetime) -> None:
        """Read the folder at `path`."""
        super().__init__(Stream(StreamKind.CALENDAR, printable(f"{path}/*.ics"), printable(path.name)), now)
        self.path = path

    def texts(self) -> Sequence[Text]:
        """Read the files in order of name."""
        found: list[Text] = []
        room = LARGEST + 1
        for path in sorted(self.path.iterdir()):
            if is_ics(path.name) and path.is_file() and room > 0:
                with path.open("rb") as file:
                    found.append((f"{self.stream.title}/{printable(path.name)}", file.read(room)))
                room -= len(found[-1][1])
        return found


def _digest(texts: Sequence[Text]) -> str:
    digest = blake2b(digest_size=12)
    for _, content in texts:
        digest.update(content + b"\n")
    return digest.hexdigest()


def is_ics(name: str) -> bool:
    """Recognize a calendar by its file's name."""
    return name.lower().endswith((".ics", ".ical", ".icalendar", ".ifb", ".vcs")) and not name.startswith(".")


def records(content: bytes, title: str, now: datetime) -> Iterator[Record]:
    """Yield the occurrences of all events in one iCalendar text."""
    from connectors.vcalendar import read

    return read.records([(title, content)], now)

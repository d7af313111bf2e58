"""A folder of mails, one a file: read in the order the file system took them in, so that a new one is always the last.

The order is that of the files' change times, which no program can set: a file that is copied, moved or renamed into the
folder later has a later one, whatever its name and date say. A renamed file (a flag was set) is shown once more.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from connectors.archive.message.read import message_record
from connectors.archive.source import Position, Step, number, printable
from connectors.base import Stream
from connectors.errors import CursorExpired, ProviderUnavailable
from models.enums import Place
from models.records import BadRecord, Record

TRIES = 5  # of listing a folder that changes meanwhile


class Entry(NamedTuple):
    """A file of the folder: when it was last changed or moved (ns), the mail's key, where it is."""

    changed: int
    key: str
    path: str


class MailFolder(ABC):
    """The mails of one folder; subclasses say which files those are."""

    unit = "mails"

    def __init__(self, stream: Stream, place: Place, folders: Sequence[Path]) -> None:
        """Read the files that lie directly in `folders`."""
        self.stream = stream
        self.place = place
        self.folders = folders
        self._entries: list[Entry] = []

    @abstractmethod
    def key(self, name: str) -> str | None:
        """Return the key of the mail in the file of that name, None if it holds none."""

    def place_of(self, path: str) -> Place:  # noqa: ARG002 - some folders say more in the names of their files
        """Return where the mail in that file lies."""
        return self.place

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read the files that came, or were renamed, after `position`."""
        self._entries = self._listed()
        start = 0
        if position is not None:
            changed, keys = number(position, "changed"), set(position.get("keys", ()))
            older, seen, rest = list[Entry](), list[Entry](), list[Entry]()
            for entry in self._entries:
                same = entry.changed == changed and entry.key in keys
                (older if entry.changed < changed else seen if same else rest).append(entry)
            start = len(older) + len(seen)
            if start > number(position, "read"):
                raise CursorExpired("archive.older_files", title=self.stream.title)
            # A mark is a number of entries: those already read go first.
            self._entries = older + seen + rest
        yield None, start
        for mark, entry in enumerate(self._entries[start:], start + 1):
            yield self._record(entry), mark

    def position(self, mark: int) -> Position:
        """The change time of the last file read, the keys of those read with the same time, and how many were read."""
        if not mark:
            return {"changed": 0, "keys": [], "read": 0}
        changed = self._entries[mark - 1].changed
        same = takewhile(lambda entry: entry.changed == changed, reversed(self._entries[:mark]))
        keys = [entry.key for entry in same]
        return {"changed": changed, "keys": keys, "read": mark}

    def progress(self, mark: int) -> tuple[int, int | None]:
        """Mails of the folder."""
        return mark, len(self._entries)

    def _listed(self) -> list[Entry]:
        for _ in range(TRIES):
            before = [folder.stat().st_mtime_ns for folder in self.folders]
            entries = sorted(entry for folder in self.folders for entry in self._entries_of(folder))
            # A file that came while the folder was being listed may have been passed over.
            if before == [folder.stat().st_mtime_ns for folder in self.folders]:
                return entries
        raise ProviderUnavailable("archive.changing", title=self.stream.title)

    def _entries_of(self, folder: Path) -> Iterator[Entry]:
        with os.scandir(folder) as files:
            for file in files:
                key = self.key(file.name)
                if key is None:
                    continue
                try:
                    if file.is_file():
                        yield Entry(file.stat().st_ctime_ns, key, file.path)
                except OSError:  # it was moved away, or is a link to nothing
                    continue

    def _record(self, entry: Entry) -> Record | None:
        key = printable(entry.key)
        where = f"{self.stream.title}: {key}"
        try:
            with Path(entry.path).open("rb") as file:
                place = self.place_of(entry.path)
                return message_record(file, entry.key, key=key, where=where, place=place)
        except FileNotFoundError:
            return None  # moved or renamed since it was listed: it is met again under its new name
        except OSError as error:
            return BadRecord(where, f"the file cannot be read: {error.strerror or error}", key)

"""What every kind of archive file offers to the connector: its stream, its records one by one, and cursors."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from connectors.base import Stream
from connectors.errors import CursorExpired, ProtocolError
from models.enums import StreamKind
from models.records import Record

Position = Mapping[str, Any]
"""Where a source stands, as JSON: what a cursor says. Each kind of source has its own."""

Step = tuple[Record | None, Any]
"""A record, or None, and a mark of where the source stands after it; `Source.position` turns a mark into JSON."""


class Source(Protocol):
    """One file or folder that can be read from the start or from a position."""

    stream: Stream
    unit: str  # of progress

    def steps(self, position: Position | None) -> Iterator[Step]:
        """Read on from `position`, or everything.

        Raises:
            CursorExpired: what lay before `position` is no longer what was read.
            ConnectorError: the file cannot be read at all.
        """
        ...

    def position(self, mark: Any) -> Position:
        """Return the position for the mark of the last step."""
        ...

    def progress(self, mark: Any) -> tuple[int, int | None]:
        """Return how much has been read, and of how much, in `unit`."""
        ...


def number(position: Position | None, name: str) -> int:
    """Return a number a position holds, 0 at the start.

    Raises:
        CursorExpired: it holds none: another version wrote it.
    """
    if position is None:
        return 0
    value = position.get(name)
    if not isinstance(value, int) or value < 0:
        raise CursorExpired("archive.position_lost")
    return value


def printable(name: str) -> str:
    """Return a file's name as text that any database can hold: bytes that are no UTF-8 are written out."""
    return name.encode("utf-8", "backslashreplace").decode()


class Unreadable:
    """An archive that was found and cannot be read at all: it is a stream, so that it does not stop the others."""

    unit = "bytes"

    def __init__(self, path: Path, code: str, /, **fields: object) -> None:
        """Stand for what lies at `path`; code and fields say why it cannot be read (connectors.errors)."""
        self.stream = Stream(StreamKind.FILE, printable(str(path)), printable(path.name))
        self._error = ProtocolError(code, name=printable(path.name), **fields)

    def steps(self, position: Position | None) -> Iterator[Step]:  # noqa: ARG002 - it has no position
        """Say why.

        Raises:
            ProtocolError: always.
        """
        raise self._error

    def position(self, mark: Any) -> Position:
        """Nowhere."""
        return {"at": mark}

    def progress(self, mark: Any) -> tuple[int, int | None]:  # noqa: ARG002 - there is none
        """None."""
        return 0, None

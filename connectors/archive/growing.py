"""A file that is only ever added to: read on from the byte it ended at, or from the start if it was changed."""

from pathlib import Path

from connectors.archive import fingerprint
from connectors.archive.source import Position, number, printable
from connectors.base import Stream
from connectors.errors import CursorExpired
from models.enums import StreamKind


class Growing:
    """The bytes of one file, and how far they were read."""

    unit = "bytes"

    def __init__(self, path: Path, kind: StreamKind) -> None:
        """Read the file at `path`."""
        self.path = path
        self.stream = Stream(kind, printable(str(path)), printable(path.name))

    def begin(self, position: Position | None) -> int:
        """Say at which byte to go on.

        Raises:
            CursorExpired: what was read is not what lies before that byte any more.
        """
        at = number(position, "at")
        if position and (self.path.stat().st_size < at or fingerprint.before(self.path, at) != position.get("before")):
            raise CursorExpired("archive.changed", title=self.stream.title)
        return at

    def position(self, mark: int) -> Position:
        """A byte, and the fingerprint of what lies before it."""
        return {"at": mark, "before": fingerprint.before(self.path, mark)}

    def progress(self, mark: int) -> tuple[int, int | None]:
        """Bytes of the file."""
        return mark, self.path.stat().st_size

"""Where the reading of a folder stands, as its cursor keeps it (pure)."""

import msgspec
from msgspec import Struct

from connectors.base import Cursor, Progress
from connectors.errors import CursorExpired
from connectors.imap.api.uids import Uids, read_back, written

NEVER_WRITTEN = "keepwarm does not know how far this folder was read; it is read again."


class Position(Struct, frozen=True):
    """The mails that are settled, and in a first reading how far down it has come."""

    validity: int
    known: Uids  # settled: read, or older than what is read, or (while `low`) still to be read below it
    low: int  # UIDs below it are still to be read; 0 once the first reading is over
    since: str = ""  # the day from which on a first reading reads
    done: int = 0
    total: int = 0
    listed: int = 0  # UIDs the server has listed that are within the horizon and still there

    @property
    def progress(self) -> Progress | None:
        """How far a first reading has come."""
        return Progress(self.done, max(self.total, self.done), "mails") if self.total else None


class _Written(Struct, frozen=True, forbid_unknown_fields=True):
    validity: int
    known: str
    low: int = 0
    since: str = ""
    done: int = 0
    total: int = 0
    listed: int = 0


def position_of(cursor: Cursor) -> Position:
    """Read a cursor.

    Raises:
        CursorExpired: this module did not write it.
    """
    try:
        kept = msgspec.json.decode(cursor, type=_Written)
        return Position(kept.validity, read_back(kept.known), kept.low, kept.since, kept.done, kept.total, kept.listed)
    except ValueError as error:  # msgspec's errors are among them
        raise CursorExpired(NEVER_WRITTEN) from error


def cursor_of(at: Position) -> Cursor:
    """Write a cursor."""
    kept = _Written(at.validity, written(at.known), at.low, at.since, at.done, at.total, at.listed)
    return Cursor(msgspec.json.encode(kept).decode())

"""A real connector over lists in memory: the smallest thing that obeys every law of the port."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import ClassVar

from connectors.base import Cursor, Page, Progress, Stream
from connectors.errors import CursorExpired, ProtocolError
from models.enums import Provider, StreamKind
from models.records import EmailRecord, ExportedRecord, MeetingRecord, Record

PAGE = 2


class MemoryConnector:
    """Streams are named lists of records that only grow; a cursor is the number of records already read."""

    provider: ClassVar[Provider] = Provider.MEMORY

    def __init__(self, lists: Mapping[str, list[Record]], *, page: int = PAGE) -> None:
        """Serve the records of `lists`, `page` at a time."""
        self.lists = lists
        self.page = page

    def streams(self) -> Sequence[Stream]:
        """One stream a list."""
        return [Stream(StreamKind.MAIL, name, name) for name in self.lists]

    def changes(self, stream: Stream, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Yield what follows `cursor`.

        Raises:
            CursorExpired: the list is shorter than the cursor says.
            ProtocolError: there is no such list.
        """
        if stream.name not in self.lists:
            raise ProtocolError(f"{stream.title} is not here")
        records = self.lists[stream.name]
        if cursor is not None and not cursor.isdecimal():
            raise CursorExpired(f"{cursor} is no number of records")
        at = int(cursor or 0)
        if at > len(records):
            raise CursorExpired(f"{stream.title} is shorter than it was")
        while True:
            batch = records[at : at + self.page]
            begins, at = at == 0, at + len(batch)
            wanted = [record for record in batch if cursor or not _before(record, since)]
            more = at < len(records)
            yield Page(wanted, Cursor(str(at)), more, begins=begins, progress=Progress(at, len(records), "records"))
            if not more:
                return


def _before(record: Record, since: datetime) -> bool:
    match record:
        case EmailRecord():
            at = record.sent_at or record.received_at
        case MeetingRecord():
            at = record.starts_at
        case ExportedRecord():
            at = record.occurred_at
        case _:
            at = None
    return at is not None and at < since

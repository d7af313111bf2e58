"""Archives as a connector: every file or folder of mail, calendar or export is a stream; nothing is written to them."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from connectors.archive.find import sources
from connectors.archive.source import Position, Source, printable
from connectors.base import Cursor, Page, Progress, Stream
from connectors.errors import ConnectorError, CursorExpired, ProtocolError, ProviderUnavailable
from models.enums import Provider
from models.records import Record

#: Records a page: each page is one transaction, and fewer of them write less (worker.storage.engine).
PAGE = 4000


class ArchiveConnector:
    """The archives under some paths; they are never changed, and always give everything they hold, whatever its age."""

    provider: ClassVar[Provider] = Provider.ARCHIVE

    def __init__(self, paths: Sequence[Path], *, now: datetime, page: int = PAGE) -> None:
        """Read what lies at `paths`; `now` says how far ahead endless meetings are expanded, `page` is in records."""
        self.paths = [path.expanduser().absolute() for path in paths]
        self.now = now
        self.page = page

    def streams(self) -> Sequence[Stream]:
        """One stream a file or mail folder, by name."""
        return [source.stream for source in sources(self.paths, self.now)]

    def changes(
        self,
        stream: Stream,
        cursor: Cursor | None,
        *,
        since: datetime,  # noqa: ARG002 - an archive gives everything it holds, whatever its age
    ) -> Iterator[Page]:
        """Read on from `cursor`, or everything.

        Raises:
            CursorExpired: the file was changed, not only added to.
            ProviderUnavailable: the file is not there.
            ProtocolError: the file may not be read.
        """
        try:
            yield from self._pages(self._source(stream), cursor)
        except ConnectorError:
            raise
        except PermissionError as error:
            raise ProtocolError("archive.not_allowed", path=stream.name) from error
        except OSError as error:
            raise ProviderUnavailable(
                "archive.unreadable", path=stream.name, why=str(error.strerror or error)
            ) from error

    def _source(self, stream: Stream) -> Source:
        # Only where it can lie: finding what there is opens every file.
        paths = [path for path in self.paths if stream.name.startswith(printable(str(path)))]
        for source in sources(paths, self.now):
            if source.stream.name == stream.name:
                return source
        raise ProviderUnavailable("archive.missing", path=stream.name)

    def _pages(self, source: Source, cursor: Cursor | None) -> Iterator[Page]:
        position = _position(cursor)
        begins = position is None
        records: list[Record] = []
        mark = None
        for record, mark in source.steps(position):
            if record is None:
                continue
            records.append(record)
            if len(records) >= self.page:
                yield self._page(source, records, mark, more=True, begins=begins)
                records, begins = [], False
        yield self._page(source, records, mark, more=False, begins=begins)

    def _page(self, source: Source, records: list[Record], mark: object, *, more: bool, begins: bool) -> Page:
        done, total = source.progress(mark)
        cursor = Cursor(json.dumps(source.position(mark), separators=(",", ":")))
        return Page(records, cursor, more, begins=begins, progress=Progress(done, total, source.unit))


def _position(cursor: Cursor | None) -> Position | None:
    if cursor is None:
        return None
    try:
        position = json.loads(cursor)
    except ValueError:
        position = None
    if not isinstance(position, dict):
        raise CursorExpired("archive.position_lost")
    return position

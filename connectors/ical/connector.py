"""The calendars one person has secret addresses of, each a stream of the port."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from connectors.base import Cursor, Page, Stream
from connectors.errors import ProtocolError
from connectors.ical import stream as calendar
from connectors.ical.auth import Feed, feeds_of
from connectors.web import Web
from models.enums import Provider, StreamKind


class IcalConnector:
    """Reads calendars with what connecting them gave (connectors.ical.auth)."""

    provider: ClassVar[Provider] = Provider.ICAL

    def __init__(
        self,
        credentials: str,
        *,
        private: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        page: int = calendar.PAGE,
    ) -> None:
        """Read the calendars that `credentials` names; `private` allows servers in private networks.

        Raises:
            ProtocolError: the credentials can't be read.
        """
        self.feeds = feeds_of(credentials)
        self.web = Web(private=private)
        self.clock = clock
        self.page = page

    def streams(self) -> Sequence[Stream]:
        """Each calendar; nothing is asked for."""
        return [_stream(feed) for feed in self.feeds.feeds]

    def changes(self, stream: Stream, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Yield what is in `stream`, if it has changed since `cursor`; see connectors.base.

        Raises:
            ConnectorError: as in connectors.base.
        """
        feed = next((feed for feed in self.feeds.feeds if feed.name == stream.name), None)
        if feed is None:
            raise ProtocolError("calendar.address_missing", title=stream.title)
        return calendar.changes(self.web, feed, stream, cursor, since, now=self.clock, page=self.page)


def _stream(feed: Feed) -> Stream:
    return Stream(StreamKind.CALENDAR, feed.name, feed.title)

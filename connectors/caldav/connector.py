"""One CalDAV account, ready to be read: its calendars as streams of the port."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from connectors.base import Cursor, Page, Stream
from connectors.caldav import stream as calendar
from connectors.caldav.auth import access_of, dav_of
from connectors.caldav.discovery import calendars, home_of
from models.enums import Provider


class CaldavConnector:
    """Reads one account with what connecting it gave (connectors.caldav.auth)."""

    provider: ClassVar[Provider] = Provider.CALDAV

    def __init__(
        self,
        credentials: str,
        *,
        private: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        page: int = calendar.PAGE,
    ) -> None:
        """Read the account that `credentials` opens; `private` allows servers in private networks.

        Raises:
            ProtocolError: the credentials can't be read.
        """
        self.dav = dav_of(access_of(credentials), private=private)
        self.clock = clock
        self.page = page

    def streams(self) -> Sequence[Stream]:
        """Every calendar that holds events, found again.

        Raises:
            ConnectorError: the account can't be asked.
        """
        return calendars(self.dav, home_of(self.dav))

    def changes(self, stream: Stream, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Yield what happened in `stream` after `cursor`; see connectors.base.

        Raises:
            ConnectorError: as in connectors.base.
        """
        return calendar.changes(self.dav, stream, cursor, since, now=self.clock, page=self.page)

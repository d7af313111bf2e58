"""One Outlook account, ready to be read: its mail folders and its calendar as streams of the port."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import httpx

from connectors.base import Cursor, Page, Stream, Subscription
from connectors.errors import ProtocolError
from connectors.outlook import app_only, push
from connectors.outlook.api.client import ME, GraphClient, Tokens
from connectors.outlook.api.http import http_client
from connectors.outlook.auth import CachedTokens, MicrosoftEndpoints
from connectors.outlook.calendar import stream as calendar
from connectors.outlook.mail import stream as mail
from connectors.outlook.mail.folders import mail_streams
from connectors.outlook.rate_limit import RateLimiter
from models.enums import Provider
from models.records import Record

#: Items asked for on a page: the larger, the less each costs; what takes too long is asked for in smaller ones.
PAGE = 1000


class OutlookConnector:
    """Reads one account with the token cache that connecting it gave."""

    provider: ClassVar[Provider] = Provider.OUTLOOK

    def __init__(
        self,
        endpoints: MicrosoftEndpoints,
        address: str,
        cache: "str | Tokens",
        *,
        save: Callable[[str], None],
        limiter: RateLimiter | None = None,
        http: httpx.Client | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        page: int = PAGE,
    ) -> None:
        """Read the account `address`; `save` gets the token cache whenever it has changed, to be sealed.

        `page` is how many items a page is asked to hold; the server may grant fewer. `limiter` should be shared by all
        connectors of one account in a process.
        """
        self.address = address
        self.clock = clock
        self.page = page
        http = http or http_client()
        self.tokens = CachedTokens(endpoints, cache, save=save, http=http) if isinstance(cache, str) else cache
        person = ME if isinstance(cache, str) else app_only.person(address)
        self.client = GraphClient(
            endpoints.graph_root, self.tokens, http=http, limiter=limiter or RateLimiter(), person=person
        )

    def streams(self) -> Sequence[Stream]:
        """Every folder that is read, and the calendar.

        Raises:
            ConnectorError: the account cannot be asked.
        """
        folders = mail_streams(self.client)
        calendars = [calendar.STREAM] if self.tokens.covers(calendar.SCOPE) else []
        return [*calendars, *folders]

    def changes(self, stream: Stream, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Yield what happened in `stream` after `cursor`; see connectors.base.

        Raises:
            ConnectorError: as in connectors.base.
        """
        if stream.name == calendar.STREAM.name:
            return calendar.changes(self.client, self.address, cursor, since, clock=self.clock, page=self.page)
        return mail.changes(self.client, stream, cursor, since, page=self.page)

    def fetch(self, stream: Stream, keys: Sequence[str]) -> Iterator[Sequence[Record]]:
        """Fetch messages by key, such as could not be had before.

        Raises:
            ConnectorError: as in connectors.base.
        """
        if stream.name == calendar.STREAM.name:
            raise ProtocolError("microsoft.only_email")
        return mail.fetch(self.client, stream, keys)

    def watch(self, place: str, secret: str, known: str | None, *, keep: bool) -> Subscription:
        """Have Graph notify us of new email by posting to the address `place`; `known` goes on if it is to be kept.

        Raises:
            ConnectorError: as in connectors.base.
        """
        return push.watch(self.client, place, secret, known, self.clock(), keep=keep)

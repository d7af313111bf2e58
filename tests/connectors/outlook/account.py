"""A connected account of the sandbox, as the worker would hold it, and a browser that agrees to everything."""

from datetime import UTC, datetime

import httpx

from connectors.base import Cursor, Grant, Page, Stream
from connectors.outlook.api.http import http_client
from connectors.outlook.auth import MicrosoftEndpoints
from connectors.outlook.connector import OutlookConnector
from connectors.outlook.consent import connect
from connectors.outlook.rate_limit import RateLimiter
from models.enums import StreamKind
from models.records import Record
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def endpoints(sandbox: MicrosoftSandbox, client_id: str = PUBLIC_CLIENT, secret: str = "") -> MicrosoftEndpoints:
    return MicrosoftEndpoints(client_id, secret, sandbox.authority, sandbox.graph_root)


def browse(address: str) -> httpx.Response:
    """What a browser does with the address of a consent page, up to the page it lands on."""
    back = http_client().get(address)
    return httpx.get(back.headers["location"]) if back.is_redirect else back


class Account:
    """Connected; `saved` is the token cache as the worker would have sealed it last."""

    def __init__(self, sandbox: MicrosoftSandbox) -> None:
        self.sandbox = sandbox
        self.limiter = RateLimiter()
        self.now = NOW
        self.grant: Grant = connect(endpoints(sandbox), open_browser=browse)
        self.saved = self.grant.credentials

    def connector(self, kind: type[OutlookConnector] = OutlookConnector, *, page: int = 250) -> OutlookConnector:
        """A new connector, as for each piece of work."""
        return kind(
            endpoints(self.sandbox),
            self.grant.address,
            self.saved,
            save=self.save,
            limiter=self.limiter,
            clock=lambda: self.now,
            page=page,
        )

    def save(self, cache: str) -> None:
        self.saved = cache

    def stream(self, title: str) -> Stream:
        return next(stream for stream in self.connector().streams() if stream.title == title)

    def folder(self, name: str) -> Stream:
        """The stream of a well-known folder, without asking the server."""
        kind = {"sentitems": "sent", "deleteditems": "deleted"}.get(name, "mail")
        return Stream(StreamKind.MAIL, f"{kind}/{self.sandbox.mailbox.mail.folder(name).id}", name)

    def read(self, stream: Stream, cursor: Cursor | None = None, *, page: int = 250) -> list[Page]:
        return list(self.connector(page=page).changes(stream, cursor, since=SINCE))

    def news(self, stream: Stream, cursor: Cursor | None = None) -> tuple[list[Record], Cursor]:
        """All records after a cursor, and the cursor after them."""
        pages = self.read(stream, cursor)
        return [record for page in pages for record in page.records], pages[-1].cursor

"""Email of one folder: its delta, from the first listing on, page by page.

The listing is newest first and goes to the end of the folder, whatever `since` says: a $filter would spare the way
but is cut off at 5,000 messages, and would hide an older mail that is moved into the folder later. What was received
before `since` is passed over on the way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import product
from urllib.parse import quote

import msgspec

from connectors.base import Cursor, Page, Progress, Stream
from connectors.errors import AccessDenied, ConnectorError, CursorExpired, ProtocolError
from connectors.outlook.api.batch import LARGEST
from connectors.outlook.api.client import GraphClient, decoded
from connectors.outlook.api.pages import Pages
from connectors.outlook.api.wire import HEADERS_FIELD, MESSAGE_FIELDS, Folder, Message
from connectors.outlook.errors import BadRequest, GatewayTimeout, NotFound
from connectors.outlook.mail.delta import Position, fetch_messages, page_of
from connectors.outlook.mail.folders import SCOPE, place_of
from models.records import Record

NEWEST_FIRST = "&$orderby=receivedDateTime%20desc"
#: A page that takes too long to make is asked for again a quarter as large, down to this.
SMALLEST = 20

_messages = Pages(Message)
_decode_position = msgspec.json.Decoder(Position).decode
_decode_folder = msgspec.json.Decoder(Folder).decode


def changes(
    client: GraphClient, stream: Stream, cursor: Cursor | None, since: datetime, *, page: int
) -> Iterator[Page]:
    """Read what happened in a folder after `cursor`; see connectors.base.

    Args:
        client: of the account.
        stream: the folder.
        cursor: as in connectors.base.
        since: the horizon.
        page: how many messages a page is asked to hold.

    Raises:
        ConnectorError: as in connectors.base.
    """
    place, folder = place_of(stream)
    at = _position(cursor)
    gone = at is not None and not at.link
    begins = at is None or gone
    followed: set[str] = set()
    more = True
    while more:
        try:
            at, body, page = _ask(client, folder, at, page)
        except NotFound:
            # The folder is gone: a full listing that holds nothing lets go of what was stored from it.
            yield Page((), _cursor(Position("")), more=False, begins=not gone, listed=0)
            return
        followed.add(at.link)
        listing = at.listing
        decoded_page = _messages.read(body, stream.title)
        at, records = page_of(client, at, decoded_page, place, since)
        if decoded_page.next_link in followed:
            raise ProtocolError("microsoft.same_page_twice", title=stream.title)
        # After a listing comes the delta of what happened while it went on.
        more = listing or decoded_page.next_link is not None
        shown = Page(records, _cursor(at), more=more, begins=begins)
        yield replace(shown, listed=at.listed, progress=_progress(at)) if listing else shown
        begins = False


def _progress(at: Position) -> Progress:
    return Progress(at.done, max(at.total or 0, at.done), "mails")


def fetch(client: GraphClient, stream: Stream, keys: Sequence[str]) -> Iterator[list[Record]]:
    """Fetch messages of a folder by their ids, such as could not be had before.

    Raises:
        ConnectorError: as in connectors.base.
    """
    place, _ = place_of(stream)
    for at in range(0, len(keys), LARGEST):
        yield fetch_messages(client, keys[at : at + LARGEST], place)


def _ask(client: GraphClient, folder: str, at: Position | None, page: int) -> tuple[Position, bytes, int]:
    """Get the next page, in smaller ones if it takes too long; give the position, the answer, and the page's size."""
    while True:
        prefer = (f"odata.maxpagesize={page}",)
        try:
            if at is None or not at.link:
                return *_begin(client, folder, prefer), page
            return at, _follow(client, folder, at.link, prefer), page
        except GatewayTimeout:
            if page <= SMALLEST:
                raise
            page //= 4


def _follow(client: GraphClient, folder: str, link: str, prefer: Sequence[str]) -> bytes:
    """Follow a link that Graph gave: one it no longer knows is answered 400 "invalid sync state", or 404.

    Seen in microsoft-graph-devx-api #1907 and microsoft-graph-docs #1000; a folder that is gone is a 404, too.
    """
    try:
        return client.get(link, scope=SCOPE, prefer=prefer)
    except BadRequest as error:
        raise CursorExpired("microsoft.position_lost") from error
    except NotFound as error:
        client.get(f"/me/mailFolders/{quote(folder, safe='=')}?$select=id", scope=SCOPE)  # NotFound: the folder is gone
        raise CursorExpired("microsoft.position_lost") from error


def _begin(client: GraphClient, folder: str, prefer: Sequence[str]) -> tuple[Position, bytes]:
    """Begin a listing, with the headers of each mail where this account's scope yields them."""
    base = f"/me/mailFolders/{quote(folder, safe='=')}"
    total = client.limiter.folder_sizes.get(folder)
    if total is None:
        total = decoded(_decode_folder, client.get(f"{base}?$select=id,totalItemCount", scope=SCOPE)).total
    url = f"{base}/messages/delta?$select={MESSAGE_FIELDS}"
    refused: ConnectorError | None = None
    # Newest first: what matters most is there soon. Whether Mail.ReadBasic covers the headers is not documented.
    for order, headers in product((NEWEST_FIRST, ""), (f",{HEADERS_FIELD}", "")):
        try:
            body = client.get(url + headers + order, scope=SCOPE, prefer=prefer)
        except NotFound:
            raise
        except (AccessDenied, ProtocolError) as error:
            refused = refused or error
        else:
            return Position("begin", listing=True, total=total, headers=bool(headers)), body
    raise refused or ProtocolError("microsoft.not_found")


def _position(cursor: Cursor | None) -> Position | None:
    if cursor is None:
        return None
    try:
        return _decode_position(cursor)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CursorExpired("microsoft.position_unreadable") from error


def _cursor(at: Position) -> Cursor:
    return Cursor(msgspec.json.encode(at).decode())

"""Mail of one folder: its delta, from the first listing on, told in pages.

The listing is newest first and goes to the end of the folder, whatever `since` says: a $filter would spare the way
but is cut off at 5,000 messages, and would hide an older mail that is moved into the folder later. What was received
before `since` is passed over on the way.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import product
from urllib.parse import quote

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.base import Cursor, Page, Progress, Stream
from connectors.errors import ConnectorError, CursorExpired, ProtocolError, ScopeMissing
from connectors.outlook.client import GraphClient, decoded
from connectors.outlook.errors import NotThere, TooSlow, graph_error
from connectors.outlook.folders import SCOPE, place_of
from connectors.outlook.pages import Pages, Told
from connectors.outlook.parse import email_record
from connectors.outlook.wire import HEADERS_FIELD, MESSAGE_FIELDS, Folder, Message
from models.enums import Place
from models.records import BadRecord, Record, Tombstone

NEWEST_FIRST = "&$orderby=receivedDateTime%20desc"
#: A page that takes too long to make is asked for again a quarter as large, down to this.
SMALLEST = 20


class Position(Struct, frozen=True, omit_defaults=True):
    """What a cursor holds: the link to follow ("" once the folder is gone), and where a listing stands."""

    link: str
    listing: bool = False
    done: int = 0  # messages passed in this listing
    total: int | None = None  # messages in the folder when the listing began
    listed: int = 0  # of them received since the horizon
    headers: bool = True  # whether this account's scope yields internetMessageHeaders
    tail: tuple[str, ...] = ()  # what the last page held, by mark: the next one may tell it again


_messages = Pages(Message)
_decode_position = msgspec.json.Decoder(Position).decode
_decode_folder = msgspec.json.Decoder(Folder).decode
_decode_message = msgspec.json.Decoder(Message).decode


def changes(
    client: GraphClient, stream: Stream, cursor: Cursor | None, since: datetime, *, page: int
) -> Iterator[Page]:
    """Tell what happened in a folder after `cursor`; see connectors.base.

    Raises:
        ConnectorError: as the port has it.
    """
    place, folder = place_of(stream)
    at = _position(cursor)
    gone = at is not None and not at.link
    begins = at is None or gone
    followed: set[str] = set()
    while True:
        prefer = (f"odata.maxpagesize={page}",)
        try:
            if at is None or not at.link:
                at, body = _begin(client, folder, prefer)
            else:
                body = client.get(at.link, scope=SCOPE, prefer=prefer)
        except TooSlow:
            if page <= SMALLEST:
                raise
            page //= 4
            continue
        except NotThere:
            # The folder is gone: a full listing that holds nothing lets go of what was stored from it.
            yield Page((), _cursor(Position("")), more=False, begins=not gone, listed=0)
            return
        followed.add(at.link)
        listing = at.listing
        told = _messages.read(body, stream.title)
        at, records = _page(client, at, told, place, since)
        if told.next_link in followed:
            raise ProtocolError(f"Microsoft goes round in circles in {stream.title!r}.")
        # After a listing comes the delta of what happened while it went on.
        more = listing or told.next_link is not None
        yield Page(
            records,
            _cursor(at),
            more=more,
            begins=begins,
            listed=at.listed if listing else None,
            progress=Progress(at.done, max(at.total or 0, at.done), "mails") if listing else None,
        )
        if not more:
            return
        begins = False


def _begin(client: GraphClient, folder: str, prefer: Sequence[str]) -> tuple[Position, bytes]:
    """Begin a listing, with the headers of each mail where this account's scope yields them."""
    base = f"/me/mailFolders/{quote(folder, safe='=')}"
    held = decoded(_decode_folder, client.get(f"{base}?$select=id,totalItemCount", scope=SCOPE)).held
    url = f"{base}/messages/delta?$select={MESSAGE_FIELDS}"
    refused: ConnectorError | None = None
    # Newest first: what matters most is there soon. Whether Mail.ReadBasic covers the headers is not documented.
    for order, headers in product((NEWEST_FIRST, ""), (f",{HEADERS_FIELD}", "")):
        try:
            body = client.get(url + headers + order, scope=SCOPE, prefer=prefer)
        except NotThere:
            raise
        except (ScopeMissing, ProtocolError) as error:
            refused = refused or error
        else:
            return Position("begin", listing=True, total=held, headers=bool(headers)), body
    raise refused or ProtocolError("unreachable")


def _page(
    client: GraphClient, at: Position, told: Told[Message], place: Place, since: datetime
) -> tuple[Position, list[Record]]:
    """The records of one page and the position after it."""
    latest: dict[str, Message] = {}
    for item in told.items:
        latest.pop(item.id, None)
        latest[item.id] = item  # of several tellings the last one holds
    seen = set(at.tail)
    # Told again within a listing: whatever has changed since it began comes with the delta after it.
    fresh = [item for item in latest.values() if not at.listing or item.removed or _mark(item.id) not in seen]
    partial = [item.id for item in fresh if not item.whole and not item.removed and (at.listing or not item.inert)]
    fetched = _fetch(client, partial, at) if partial else {}
    records: list[Record] = list(told.bad)
    passed = listed = 0
    for item in fresh:
        if item.removed:
            records.append(Tombstone(item.id))
            continue
        passed += 1
        message = item if item.whole else fetched.get(item.id)
        if isinstance(message, BadRecord):
            records.append(message)
        elif message is not None and not (at.listing and _before(message, since)):
            listed += 1
            records.append(email_record(message, place))
    link = told.next_link or told.delta_link
    if link is None:
        raise ProtocolError("Microsoft ended a page without a link to go on from.")
    if not at.listing:
        return replace(at, link=link), records
    tail = tuple(map(_mark, latest)) or at.tail  # an empty page forgets nothing
    after = replace(
        at,
        link=link,
        listing=told.next_link is not None,
        done=at.done + passed + len(told.bad),
        listed=at.listed + listed + len(told.bad),
        tail=tail if told.next_link else (),
    )
    return after, records


def _fetch(client: GraphClient, ids: Sequence[str], at: Position) -> dict[str, Message | BadRecord]:
    """Fetch again what was told in part: an update need not carry more than what changed."""
    fields = f"{MESSAGE_FIELDS},{HEADERS_FIELD}" if at.headers else MESSAGE_FIELDS
    parts = client.batch([f"/me/messages/{quote(id_, safe='=')}?$select={fields}" for id_ in ids], scope=SCOPE)
    found: dict[str, Message | BadRecord] = {}
    for id_, part in zip(ids, parts, strict=True):
        if part.status == 200:
            try:
                found[id_] = _decode_message(bytes(part.body))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                found[id_] = BadRecord(f"message {id_}", f"Microsoft's description cannot be read: {error}.", id_)
        elif part.status != 404:  # gone meanwhile: its removal will be told
            raise graph_error(part.status, {}, bytes(part.body), scope=SCOPE)
    return found


def _mark(id_: str) -> str:
    return blake2b(id_.encode(), digest_size=8).hexdigest()


def _before(message: Message, since: datetime) -> bool:
    return isinstance(message.received_at, datetime) and message.received_at < since


def _position(cursor: Cursor | None) -> Position | None:
    if cursor is None:
        return None
    try:
        return _decode_position(cursor)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CursorExpired("keepwarm does not know how far this folder was read; it is read again.") from error


def _cursor(at: Position) -> Cursor:
    return Cursor(msgspec.json.encode(at).decode())

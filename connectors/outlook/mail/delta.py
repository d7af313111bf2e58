"""From one page of a folder's delta to records, and to the position after it."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from urllib.parse import quote

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.base import UNAVAILABLE
from connectors.errors import AccessDenied, ProtocolError
from connectors.outlook.api.batch import get_all
from connectors.outlook.api.client import GraphClient
from connectors.outlook.api.pages import DecodedPage
from connectors.outlook.api.wire import HEADERS_FIELD, MESSAGE_FIELDS, Message
from connectors.outlook.errors import graph_error
from connectors.outlook.mail.folders import SCOPE
from connectors.outlook.parse import email_record
from models.enums import Place
from models.records import BadRecord, Record, Tombstone


class Position(Struct, frozen=True, omit_defaults=True):
    """What a cursor holds: the link to follow ("" once the folder is gone), and where a listing stands."""

    link: str
    listing: bool = False
    done: int = 0  # messages passed in this listing
    total: int | None = None  # messages in the folder when the listing began
    listed: int = 0  # of them received since the horizon
    headers: bool = True  # whether this account's scope yields internetMessageHeaders
    tail: tuple[str, ...] = ()  # what was on the last page, by mark: the next one may repeat it


_decode_message = msgspec.json.Decoder(Message).decode


def page_of(
    client: GraphClient, at: Position, page: DecodedPage[Message], place: Place, since: datetime
) -> tuple[Position, list[Record]]:
    """Make the records of one page of a delta.

    Args:
        client: of the account, for what was described in part only.
        at: the position that the page was asked for with.
        page: the page.
        place: what lies in the folder.
        since: in a listing, what was received before is passed over.

    Returns:
        The position after the page, and its records.

    Raises:
        ConnectorError: as connectors.outlook.errors has it.
    """
    items = _fresh(at, page)
    partial = [item.id for item in items if not item.whole and not item.removed and (at.listing or not item.inert)]
    fetched = _fetch(client, partial, headers=at.headers) if partial else {}
    records: list[Record] = list(page.bad)
    passed = listed = 0
    for item in items:
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
    bad = len(page.bad)
    return _after(at, page, passed=passed + bad, listed=listed + bad), records


def fetch_messages(client: GraphClient, ids: Sequence[str], place: Place) -> list[Record]:
    """Fetch messages by their ids.

    Raises:
        ConnectorError: as connectors.outlook.errors has it.
    """
    try:
        found = _fetch(client, ids, headers=True)
    except (AccessDenied, ProtocolError):  # this account's scope does not yield headers
        found = _fetch(client, ids, headers=False)
    records: list[Record] = []
    for id_ in ids:
        message = found.get(id_)
        if message is None:
            records.append(Tombstone(id_))
        else:
            records.append(message if isinstance(message, BadRecord) else email_record(message, place))
    return records


def _fresh(at: Position, page: DecodedPage[Message]) -> list[Message]:
    """Return what a page has that the one before had not: of several descriptions of a message the last one holds."""
    latest: dict[str, Message] = {}
    for item in page.items:
        latest.pop(item.id, None)
        latest[item.id] = item
    seen = set(at.tail)
    # Shown again within a listing: whatever has changed since it began comes with the delta after it.
    return [item for item in latest.values() if not at.listing or item.removed or _mark(item.id) not in seen]


def _after(at: Position, page: DecodedPage[Message], *, passed: int, listed: int) -> Position:
    link = page.next_link or page.delta_link
    if link is None:
        raise ProtocolError("microsoft.no_next_page")
    if not at.listing:
        return replace(at, link=link)
    tail = tuple(dict.fromkeys(_mark(item.id) for item in page.items)) or at.tail  # an empty page forgets nothing
    return replace(
        at,
        link=link,
        listing=page.next_link is not None,
        done=at.done + passed,
        listed=at.listed + listed,
        tail=tail if page.next_link else (),
    )


def _fetch(client: GraphClient, ids: Sequence[str], *, headers: bool) -> dict[str, Message | BadRecord]:
    """Fetch what was described in part: an update need not carry more than what changed. What is gone is left out."""
    fields = f"{MESSAGE_FIELDS},{HEADERS_FIELD}" if headers else MESSAGE_FIELDS
    parts = get_all(client, [f"/me/messages/{quote(id_, safe='=')}?$select={fields}" for id_ in ids], scope=SCOPE)
    found: dict[str, Message | BadRecord] = {}
    for id_, part in zip(ids, parts, strict=True):
        if part.status == 200:
            try:
                found[id_] = _decode_message(bytes(part.body))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                found[id_] = BadRecord(f"message {id_}", f"Microsoft's answer can't be read: {error}", id_)
        elif part.status >= 500:  # repeatedly, while others were given
            found[id_] = BadRecord(f"message {id_}", UNAVAILABLE, id_)
        elif part.status != 404:  # gone meanwhile: its removal will be reported
            raise graph_error(part.status, {}, bytes(part.body), scope=SCOPE)
    return found


def _mark(id_: str) -> str:
    return blake2b(id_.encode(), digest_size=8).hexdigest()


def _before(message: Message, since: datetime) -> bool:
    return isinstance(message.received_at, datetime) and message.received_at < since

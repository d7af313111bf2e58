"""From one page of a folder's delta to records, and to the position after it."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from urllib.parse import quote

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from connectors.errors import ProtocolError
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
    tail: tuple[str, ...] = ()  # what the last page held, by mark: the next one may tell it again


_decode_message = msgspec.json.Decoder(Message).decode


def page_of(
    client: GraphClient, at: Position, told: DecodedPage[Message], place: Place, since: datetime
) -> tuple[Position, list[Record]]:
    """The records of one page and the position after it."""
    latest: dict[str, Message] = {}
    for item in told.items:
        latest.pop(item.id, None)
        latest[item.id] = item  # of several tellings the last one holds
    seen = set(at.tail)
    # DecodedPage again within a listing: whatever has changed since it began comes with the delta after it.
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
        raise ProtocolError("microsoft.no_next_page")
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
    parts = get_all(client, [f"/me/messages/{quote(id_, safe='=')}?$select={fields}" for id_ in ids], scope=SCOPE)
    found: dict[str, Message | BadRecord] = {}
    for id_, part in zip(ids, parts, strict=True):
        if part.status == 200:
            try:
                found[id_] = _decode_message(bytes(part.body))
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                found[id_] = BadRecord(f"message {id_}", f"Microsoft's answer can't be read: {error}", id_)
        elif part.status != 404:  # gone meanwhile: its removal will be told
            raise graph_error(part.status, {}, bytes(part.body), scope=SCOPE)
    return found


def _mark(id_: str) -> str:
    return blake2b(id_.encode(), digest_size=8).hexdigest()


def _before(message: Message, since: datetime) -> bool:
    return isinstance(message.received_at, datetime) and message.received_at < since

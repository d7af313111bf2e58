"""A mail's headers turned into an EmailRecord, for every provider that shows headers (archives, Gmail).

Flow: `read_block` (raw bytes) or `from_pairs` (names and values) -> `email_record`.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from connectors.addresses import mailboxes
from connectors.automation import NAMES as AUTOMATION
from connectors.automation import list_post, signals
from connectors.dates import date_header, received_header
from connectors.mail.block import fields
from connectors.mail.writers import NAMES as WRITERS
from connectors.mail.writers import writer
from connectors.text import clean, decoded
from models.enums import Place
from models.records import BadRecord, EmailRecord, Mailbox

Headers = dict[str, str]
"""The headers keepwarm reads, by lower-case name, not yet decoded. A repeated one is joined (see _JOINED), else the
first stands."""

MOST_RECIPIENTS = 10_000  # kept of each of To, Cc and Bcc; more are counted in a note
LONGEST_ID = 998
MOST_HOPS = 64
DELAY = timedelta(days=2)  # how far Date and receipt may lie apart

_JOINED = {"to": ", ", "cc": ", ", "bcc": ", ", "references": " ", "received": "\n\n"}
READ = AUTOMATION.union(
    _JOINED,
    WRITERS,
    ("from", "sender", "reply-to", "date", "subject", "message-id", "in-reply-to", "delivered-to"),
    ("resent-from", "resent-sender", "content-type", "content-class"),
    ("x-gmail-labels", "x-status", "x-mozilla-draft-info", "x-unsent"),
)
"""Every header name keepwarm reads; a provider that can should ask for no other."""

_ID = re.compile(r"<([^<>\s]+)>")
_GOOGLE_CALENDAR = "calendar-notification@google.com"


def read_block(block: bytes) -> Headers:
    """Read a raw header block (without the blank line that ends it); lines that are no header are passed over."""
    pairs = fields(block)
    headers = from_pairs(pairs)
    if "x-gmail-labels" in headers and "received" in headers and pairs[0][0] != "X-Gmail-Labels":
        # Google writes the labels above everything else; what stands below the first hop came with the mail.
        names = (name.lower() for name, _ in pairs)
        if next(name for name in names if name in {"received", "x-gmail-labels"}) == "received":
            del headers["x-gmail-labels"]
    return headers


def from_pairs(pairs: Iterable[tuple[str, str]]) -> Headers:
    """Take the headers keepwarm reads out of (name, value) pairs."""
    headers: Headers = {}
    repeated: dict[str, list[str]] = {}
    for name, value in pairs:
        lower = name.lower()
        if lower not in READ:
            continue
        if lower not in headers:
            headers[lower] = value
        elif lower in _JOINED:
            repeated.setdefault(lower, [headers[lower]]).append(value)
    for name, values in repeated.items():
        headers[name] = _JOINED[name].join(values)
    return headers


def email_record(
    key: str,
    headers: Headers,
    *,
    where: str,
    place: Place = Place.ORDINARY,
    thread: str | None = None,
    received_at: datetime | None = None,
    saved_at: datetime | None = None,
    marks: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> EmailRecord | BadRecord:
    """Make the record of one mail.

    `where` is told to the person if nothing can be read. `received_at` is the provider's own time of receipt; without
    it the Received headers tell it, and if neither they nor Date do, `saved_at` (an mbox From_ line) is taken.
    `thread` is the provider's conversation, `marks` what the provider itself says of automation.
    """
    get = headers.get
    said: list[str] = list(notes)
    submitter = _first(headers["sender"]) if "sender" in headers else None
    sender = _first(get("from")) or submitter
    recipients = [_recipients(name, headers, said) if name in headers else () for name in ("to", "cc", "bcc")]
    if sender is None and not any(recipients) and "message-id" not in headers:
        return BadRecord(where, "this is not an email: it has no sender, no recipient and no Message-ID", key)
    reply_to = mailboxes(headers["reply-to"]) if "reply-to" in headers else ()
    listed = list_post(headers) if "list-post" in headers else None
    if listed or "list-id" in headers:
        submitter = None  # the list's own
        original = get("x-original-from") or get("x-original-sender")
        sender = sender and writer(sender, original, reply_to, recipients[1], listed)
    date = get("date")
    sent_at = date_header(date) if date else None
    if received_at is None:
        received_at = _received(get("received"), sent_at)
    if sent_at is None:
        missing = "the Date header is unreadable" if date else "there is no Date header"
        if received_at is None and (received_at := saved_at) is not None:
            said.append(f"{missing}: the time is that of the mbox From line")
        else:
            said.append(f"{missing}: the time is that of receipt" if received_at else f"{missing}: the time is unknown")
    in_reply_to = _id(get("in-reply-to"))
    subject = get("subject")
    return EmailRecord(
        key=key,
        message_id=_id(get("message-id")),
        sender=sender,
        to=recipients[0],
        cc=recipients[1],
        bcc=recipients[2],
        reply_to=reply_to[0] if reply_to else None,
        submitter=submitter if submitter and sender and submitter.address != sender.address else None,
        resent_by=_first(get("resent-from") or get("resent-sender")),
        sent_at=sent_at,
        received_at=received_at,
        subject=None if subject is None else decoded(subject),
        thread=thread or _id(get("references")) or in_reply_to,
        in_reply_to=in_reply_to,
        place=place,
        delivered_to=_address(get("delivered-to")),
        list_post=listed,
        signals=(*signals(headers), *marks),
        invitation=_invitation(headers),
        notes=tuple(said),
    )


def _first(value: str | None) -> Mailbox | None:
    found = mailboxes(value) if value else ()
    return found[0] if found else None


def _address(value: str | None) -> str | None:
    found = _first(value)
    return found.address if found else None


def _recipients(name: str, headers: Headers, said: list[str]) -> tuple[Mailbox, ...]:
    found = mailboxes(headers[name])
    if len(found) > MOST_RECIPIENTS:
        said.append(f"{name.capitalize()} names {len(found)} recipients: the first {MOST_RECIPIENTS} are kept")
        return found[:MOST_RECIPIENTS]
    return found


def _id(value: str | None) -> str | None:
    """Give the first message id in `value`: Message-ID and In-Reply-To hold one, References the oldest first."""
    if not value:
        return None
    found = _ID.search(value, 0, 8 * LONGEST_ID)
    text = found[1] if found else value
    if found and len(text) <= LONGEST_ID and text.isprintable():
        return text
    return clean(text, LONGEST_ID).strip("<>") or None


def _received(value: str | None, sent_at: datetime | None) -> datetime | None:
    """Give the newest hop's time, or that of an older hop which agrees with Date: a mailbox moved later adds hops."""
    if not value:
        return None
    first, _, others = value.partition("\n\n")
    newest = received_header(first)
    if sent_at is not None and others and (newest is None or abs(newest - sent_at) > DELAY):
        for hop in others.split("\n\n", MOST_HOPS)[:MOST_HOPS]:
            at = received_header(hop)
            if at is not None and abs(at - sent_at) <= DELAY:
                return at
    return newest


def _invitation(headers: Headers) -> bool:
    content_type = headers.get("content-type")
    if content_type and ("calendar" in content_type or "method" in content_type):
        kind = content_type.lstrip().lower()
        if kind.startswith("text/calendar") or (kind.startswith("multipart/") and "method=" in kind):
            return True
    if "calendarmessage" in headers.get("content-class", ""):
        return True
    return _GOOGLE_CALENDAR in headers.get("sender", "") or _GOOGLE_CALENDAR in headers.get("from", "")

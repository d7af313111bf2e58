"""A mail's headers turned into an EmailRecord, for every provider that shows headers (archives, Gmail).

Flow: `read_block` (raw bytes) or `from_pairs` (names and values) -> `email_record`.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from connectors.addresses import first_mailbox, mailboxes
from connectors.automation import NAMES as AUTOMATION
from connectors.automation import signals
from connectors.dates import date_header, received_header
from connectors.mail.block import fields
from connectors.mail.bounces import FAILED
from connectors.mail.loose_dates import names_zone
from connectors.mail.writers import LISTED, authors
from connectors.mail.writers import NAMES as WRITERS
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
#: How far a time of day without a zone can be from the same moment in UTC (Kiribati is 14 hours ahead), and on its way.
ANYWHERE = timedelta(hours=15)

_JOINED = {"to": ", ", "cc": ", ", "bcc": ", ", "references": " ", "received": "\n\n"}
READ = AUTOMATION.union(
    _JOINED,
    WRITERS,
    ("from", "sender", "reply-to", "date", "subject", "message-id", "in-reply-to", "delivered-to"),
    ("resent-from", "resent-sender", "content-type", "content-class"),
    ("x-gmail-labels", "x-status", "x-mozilla-draft-info", "x-unsent"),
)
"""Every header name keepwarm reads; a provider that can should ask for no other."""

_ID = re.compile(r"<\s*+([^<>\s]++)\s*+>")
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
        if lower not in headers or not headers[lower].strip():  # an empty one says nothing
            headers[lower] = value
        elif lower in _JOINED:
            repeated.setdefault(lower, [headers[lower]]).append(value)
    for name, values in repeated.items():
        headers[name] = _JOINED[name].join(values)
    return headers


class Beside(Struct, frozen=True):
    """What is known of a mail beside its headers: from the provider's own fields, or from the file it lies in."""

    where: str  # shown to the person if nothing can be read
    place: Place = Place.ORDINARY
    thread: str | None = None  # the provider's conversation
    received_at: datetime | None = None  # the provider's own time of receipt: it outweighs the Received headers
    saved_at: datetime | None = None  # an mbox From_ line: used where nothing else gives the time
    marks: tuple[str, ...] = ()  # of automation
    notes: tuple[str, ...] = ()


def email_record(key: str, headers: Headers, beside: Beside) -> EmailRecord | BadRecord:
    """Make the record of one mail, whose id in its stream is `key`."""
    get = headers.get
    notes = list(beside.notes)
    to, cc, bcc = [_recipients(name, headers, notes) if name in headers else () for name in ("to", "cc", "bcc")]
    submitter = first_mailbox(headers["sender"]) if "sender" in headers else None
    sender = first_mailbox(get("from")) or submitter
    if sender is None and not (to or cc or bcc) and "message-id" not in headers:
        return BadRecord(beside.where, "this is not an email: it has no sender, no recipient and no Message-ID", key)
    reply_to = mailboxes(headers["reply-to"]) if "reply-to" in headers else ()
    list_post = None
    if submitter is not None or not headers.keys().isdisjoint(LISTED):  # else there is nobody but From
        sender, submitter, list_post = authors(headers, sender, submitter, reply_to=reply_to, copied=cc)
    sent_at, received_at = _times(headers, beside, notes)
    marks = (*signals(headers), *beside.marks)
    in_reply_to = _id(get("in-reply-to")) or _returned(marks, get("references"))
    subject = get("subject")
    return EmailRecord(
        key=key,
        message_id=_id(get("message-id")),
        sender=sender,
        to=to,
        cc=cc,
        bcc=bcc,
        reply_to=reply_to[0] if reply_to else None,
        submitter=submitter,
        resent_by=first_mailbox(get("resent-from") or get("resent-sender")),
        sent_at=sent_at,
        received_at=received_at,
        subject=None if subject is None else decoded(subject),
        thread=beside.thread or _id(get("references")) or in_reply_to,
        in_reply_to=in_reply_to,
        place=beside.place,
        delivered_to=_address(get("delivered-to")),
        list_post=list_post,
        signals=marks,
        invitation=_invitation(headers),
        notes=tuple(notes),
    )


def _address(value: str | None) -> str | None:
    found = first_mailbox(value)
    return found.address if found else None


def _recipients(name: str, headers: Headers, said: list[str]) -> tuple[Mailbox, ...]:
    found = mailboxes(headers[name])
    if len(found) > MOST_RECIPIENTS:
        said.append(f"{name.capitalize()} names {len(found)} recipients: the first {MOST_RECIPIENTS} are kept")
        return found[:MOST_RECIPIENTS]
    return found


def _id(value: str | None) -> str | None:
    """Return the first message id in `value`: Message-ID and In-Reply-To hold one, References the oldest first."""
    if not value:
        return None
    found = _ID.search(value, 0, 8 * LONGEST_ID)
    text = found[1] if found else value
    if found and len(text) <= LONGEST_ID and text.isprintable():
        return text
    return clean(text, LONGEST_ID).strip("<>") or None


def _returned(marks: Sequence[str], references: str | None) -> str | None:
    """Return the id of the email that a report of failure is about: the last of References, where Exim writes it."""
    if not references or not any(mark.startswith(FAILED) for mark in marks):
        return None
    return _id(f"<{found[-1]}>") if (found := _ID.findall(references[-8 * LONGEST_ID :])) else None


def _times(headers: Headers, beside: Beside, notes: list[str]) -> tuple[datetime | None, datetime | None]:
    """Return the times of sending and of receipt; a note says where the mail's time had to be taken from elsewhere."""
    date = headers.get("date")
    sent_at = date_header(date) if date else None
    received_at = beside.received_at or _received(headers.get("received"), sent_at)
    if sent_at is not None:
        if date and received_at and abs(received_at - sent_at) <= ANYWHERE and not names_zone(date):
            notes.append("the Date header names no time zone: the time is that of receipt")
            return None, received_at
        return sent_at, received_at
    missing = "the Date header is unreadable" if date else "there is no Date header"
    if received_at is None and beside.saved_at is not None:
        notes.append(f"{missing}: the time is that of the mbox From line")
        return None, beside.saved_at
    notes.append(f"{missing}: the time is that of receipt" if received_at else f"{missing}: the time is unknown")
    return None, received_at


def _received(value: str | None, sent_at: datetime | None) -> datetime | None:
    """Return the newest hop's time, or that of an older hop which agrees with Date: a mailbox moved later adds hops."""
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

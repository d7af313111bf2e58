"""One mail of a FETCH answer as a record: the header fields by the code every provider shares (pure)."""

from collections.abc import Collection, Sequence
from datetime import datetime

from connectors.dates import date_header
from connectors.headers import DELAY, Beside, Headers, email_record, read_block
from connectors.imap.api.answers import HEADERS, Items
from models.enums import Place
from models.records import BadRecord, Deferred, EmailRecord

NO_HEADERS = "the server listed this mail without its header fields"

_LABELS = (
    (b"\\trash", Place.TRASH),
    (b"\\spam", Place.SPAM),
    (b"\\junk", Place.SPAM),
    (b"\\draft", Place.DRAFT),
    (b"\\drafts", Place.DRAFT),
    (b"\\sent", Place.SENT),
)


class Mail:
    """What was fetched of one mail, on its way to a record."""

    __slots__ = ("headers", "items", "key", "place", "received_at", "where")

    def __init__(self, key: str, items: Items, *, where: str, place: Place) -> None:
        """Take the items of the mail `key`, which lies in a folder of kind `place`."""
        self.key = key
        self.items = items
        self.where = where
        labels = items.get(b"X-GM-LABELS")
        self.place = place_of(labels) if isinstance(labels, list) else place
        self.received_at = internal_date(items.get(b"INTERNALDATE"))
        block = items.get(HEADERS)
        self.headers: Headers | None = read_block(block) if isinstance(block, bytes) else None

    def record(self) -> EmailRecord | BadRecord | Deferred:
        """Make the record, with the server's own time as that of receipt."""
        if self.headers is None:
            return Deferred(self.key, NO_HEADERS)
        return self._made(self.headers, self.received_at)

    def again(self, received: Items) -> EmailRecord | BadRecord | Deferred:
        """Make the record again, with the Received fields: a mailbox that was moved shows when it was moved.

        As in an archive, they give the time of receipt; a mail without any (one's own) is as old as its Date.
        """
        block = received.get(HEADERS)
        if self.headers is None or not isinstance(block, bytes):
            return self.record()
        found = self._made({**self.headers, **read_block(block)}, None)
        if isinstance(found, EmailRecord) and found.sent_at is None and found.received_at is None:
            return self.record()
        return found

    def _made(self, headers: Headers, received_at: datetime | None) -> EmailRecord | BadRecord:
        thread = self.items.get(b"X-GM-THRID")
        # As Gmail's API writes it.
        conversation = f"{int(thread):x}" if isinstance(thread, bytes) and thread.isdigit() else None
        return email_record(self.key, headers, Beside(self.where, self.place, conversation, received_at))


def doubtful(record: EmailRecord | BadRecord | Deferred) -> bool:
    """Whether the server's time of a mail can't be believed without a look at its Received fields."""
    if not isinstance(record, EmailRecord):
        return False
    if record.sent_at is None or record.received_at is None:
        return True
    return abs(record.sent_at - record.received_at) > DELAY


def internal_date(value: object) -> datetime | None:
    """Read an INTERNALDATE (RFC 3501, date-time), None where it is absent or absurd."""
    if not isinstance(value, bytes):
        return None
    text = value.decode("ascii", "replace").strip()
    return date_header(text[:11].replace("-", " ") + text[11:])


def place_of(labels: Sequence[object]) -> Place:
    """Say what Gmail's labels make of a mail; its folder All Mail holds sent mail and drafts too."""
    said: Collection[bytes] = {label.lower() for label in labels if isinstance(label, bytes)}
    return next((place for label, place in _LABELS if label in said), Place.ORDINARY)

"""What one email shows about an address: pieces of evidence, judged together in `conclude` (pure)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from models.enums import Place
from models.records import EmailRecord
from worker.addresses.automation import kind_of
from worker.addresses.canonical import canonical
from worker.ingest.classify.mail import SENT, forged, mail_time, sent_by_owner
from worker.ingest.classify.touch import MANY

WEEK = 7 * 86400


class Fact(StrEnum):
    """What can be learned about an address."""

    MINE = "mine"
    LIST = "list"


class Kind(StrEnum):
    """What a piece of evidence is, and so who could have forged it."""

    STATED = "stated"  # by a provider about its account, or by the user: no one else
    REACHED = "reached"  # an email to it alone was delivered to the account's mailbox: anyone
    SENT = "sent"  # the provider, or the owner of a file, put an email from it among the sent ones
    THROUGH = "through"  # an email names it in List-Post and among its recipients: anyone
    WRITTEN = "written"  # an email among the sent ones went to it: no one else


class Piece(NamedTuple):
    """One piece: which email shows it (its identity), and when that was written, in seconds."""

    fact: Fact
    address: str
    kind: Kind
    at: int
    source: str


def pieces_of(record: EmailRecord, identity: str, account: str) -> list[Piece]:
    """Read what an email of `account` shows: a function of the record alone."""
    sent = record.place is SENT
    reached = None if sent or record.delivered_to is None else reached_by(record, account)
    if not sent and record.list_post is None and reached is None:
        return []  # decided fast: most emails show nothing
    at = mail_time(record)
    if at is None or forged(record) or record.place in {Place.SPAM, Place.DRAFT, Place.CHAT}:
        return []
    if reached is not None:
        return [Piece(Fact.MINE, canonical(reached), Kind.REACHED, at, identity)]
    if not sent:
        listed = (record.list_post or "").lower()
        among = any(box.address.lower() == listed for box in (*record.to, *record.cc))
        return [Piece(Fact.LIST, listed, Kind.THROUGH, at, identity)] if among else []
    if not sent_by_owner(record, account):
        return []
    found = [
        Piece(Fact.LIST, box.address.lower(), Kind.WRITTEN, at, identity)
        for box in (*record.to, *record.cc, *record.bcc)[:MANY]
    ]
    if record.sender and kind_of(record.sender.address) == "person":
        found.append(Piece(Fact.MINE, canonical(record.sender.address), Kind.SENT, at, identity))
    return found


def reached_by(record: EmailRecord, account: str) -> str | None:
    """Return the one address an email was sent to where that is another than the one it was delivered to; else None."""
    if record.delivered_to is None or len(record.to) != 1 or record.cc or record.list_post or record.place is SENT:
        return None
    address = record.to[0].address
    same = address.lower() == account or record.delivered_to.lower() != account
    return None if same or kind_of(address) != "person" else address


def fewest(pieces: Iterable[Piece]) -> list[Piece]:
    """Leave the earliest piece of each week, and the earliest email to an address: no more is ever asked of them."""
    earliest: dict[tuple[str, str, int], Piece] = {}
    for piece in pieces:
        _, address, kind, at, source = piece
        key = (kind, address, 0 if kind is Kind.WRITTEN else at // WEEK)
        known = earliest.get(key)
        if known is None or (at, source) < (known[3], known[4]):
            earliest[key] = piece
    return list(earliest.values())

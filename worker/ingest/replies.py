"""The user's answers to emails that failed their provider's check: which there are, and what depends on them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.accounts import Account
from models.enums import FILES, Direction, Role
from models.history import Interaction, Participation, Sighting
from models.people import Address
from models.records import EmailRecord
from worker.addresses.canonical import canonical
from worker.ingest.classify.identity import READER, ContactRecord
from worker.ingest.classify.mail import SENT
from worker.ingest.classify.vouched import SKEW, Reply, may_answer, reply_of
from worker.ingest.stored import stale_where
from worker.storage.bulk import chunks
from worker.storage.conditions import is_about

#: What the record of an email holds that failed its provider's check.
FAILED = b'"dmarc":"fail"'


def doubted(record: bytes) -> bool:
    """Say of a stored record whether it is an email that failed its provider's check."""
    return FAILED in record


def answered(connection: Connection, user_id: int, records: Iterable[ContactRecord]) -> set[str]:
    """Return the identities of doubted emails that these records may answer: they have to be classified again."""
    sent = (record for record in records if isinstance(record, EmailRecord) and record.place is SENT)
    wanted = {identity for record in sent for identity in may_answer(record)}
    if not wanted or not _is_checked(connection, user_id):
        return set()
    return {
        row.identity
        for chunk in chunks(sorted(wanted))
        for row in connection.execute(
            select(Sighting.identity, Sighting.record).where(
                Sighting.user_id == user_id, is_about(connection, chunk), Sighting.record.is_not(None)
            )
        )
        if doubted(row.record)
    }


def _is_checked(connection: Connection, user_id: int) -> bool:
    """Whether there is an account whose provider checks what it receives: what a file says of that is not believed."""
    found = select(Account.id).where(Account.user_id == user_id, Account.provider.not_in(FILES)).limit(1)
    return connection.scalar(found) is not None


def stale_doubted(connection: Connection, user_id: int) -> None:
    """Have all doubted emails classified again, where answers to them may have gone, or be the user's no longer."""
    stale_where(connection, user_id, doubted)


def replies_to(connection: Connection, user_id: int, doubted: Iterable[ContactRecord]) -> Mapping[str, list[Reply]]:
    """Find the user's answers to whoever wrote these emails, by address (canonical), as of when the first was received.

    Answers are found by their recipients: those have an index, and In-Reply-To has none.
    """
    since: dict[str, datetime] = {}
    for record in doubted:
        if isinstance(record, EmailRecord) and record.sender and record.received_at and record.message_id:
            writer = record.sender.address.lower()
            since[writer] = min(record.received_at - SKEW, since.get(writer, record.received_at))
    found: dict[str, list[Reply]] = defaultdict(list)
    part, mail = Participation, Interaction
    for writer, at in sorted(since.items()):
        keys = connection.scalars(
            select(mail.id)
            .join(part, part.interaction == mail.number)
            .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
            .where(
                part.user_id == user_id,
                Address.address == writer,
                part.at >= at,
                part.role.in_((Role.TO, Role.CC)),
                mail.direction == Direction.OUT,
            )
        )
        for chunk in chunks(sorted({key[:32] for key in keys})):
            rows: Any = connection.scalars(
                select(Sighting.record).where(
                    Sighting.user_id == user_id, is_about(connection, chunk), Sighting.record.is_not(None)
                )
            )
            decoded = (reply_of(READER.decode(row)) for row in rows)
            found[canonical(writer)] += [reply for reply in decoded if reply is not None]
    return found

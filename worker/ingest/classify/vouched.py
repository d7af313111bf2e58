"""An email that failed its provider's check and that the user has answered: it counts, and for itself alone (pure).

Some people's domains always fail DMARC: they forward, or send through a service that was never set up. A failed check
makes an email evidence of nothing but itself; the user's own answer to it is evidence that they take it for its
writer's. No one else can write that answer: it lies among the mail the provider marks as sent, names the Message-ID,
and goes to the very address the email came from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from models.base import seconds
from models.enums import Direction
from models.records import EmailRecord
from worker.addresses.canonical import canonical
from worker.ingest.classify.accepted import Accepted, Skipped
from worker.ingest.classify.identity import ContactRecord, mail_identity
from worker.ingest.classify.mail import BELIEVED, SENT, forged, mail_time
from worker.ingest.classify.touch import MANY, mail_touch
from worker.ingest.redaction.traces import reference

#: How far the clock on which an answer was written may be behind the provider's.
SKEW = timedelta(minutes=10)


class Reply(NamedTuple):
    """An answer of the user's: the Message-ID it names, and when it was written, in seconds."""

    answered: str
    at: int


def is_doubted(record: ContactRecord) -> bool:
    """Whether a record is an email that failed its provider's check."""
    return isinstance(record, EmailRecord) and forged(record)


def reply_of(record: ContactRecord) -> Reply | None:
    """Return what an email among the sent ones answers; None for any other record.

    Where In-Reply-To is missing, the oldest of References stands in its place.
    """
    if not isinstance(record, EmailRecord) or record.place is not SENT:
        return None
    answered, at = record.in_reply_to or record.thread, mail_time(record)
    return None if answered is None or at is None else Reply(answered, at)


def may_answer(record: ContactRecord) -> list[str]:
    """Return the identities of the emails that one among the sent ones may be the answer to."""
    if not isinstance(record, EmailRecord) or (reply := reply_of(record)) is None:
        return []
    return [mail_identity(reply.answered, box.address) for box in (*record.to, *record.cc)[:MANY]]


def with_answered(
    decoded: Sequence[ContactRecord], answers: Sequence[Accepted | Skipped], replies: Mapping[str, Iterable[Reply]]
) -> list[Accepted | Skipped]:
    """Count those copies of one email that the user has answered.

    Whoever saw an email knows its Message-ID, and can send another under it: the first one received is the one that was
    answered, and where one of them passed the check, or was never checked, it was that.

    Args:
        decoded: the copies.
        answers: what each was classified as.
        replies: the user's answers, by the address they went to.
    """
    doubted = [record for record in decoded if isinstance(record, EmailRecord) and forged(record)]
    first = min((one for one in doubted if one.received_at), key=_received, default=None)
    if first is None or len(doubted) < len(decoded) or not _answered(first, replies):
        return list(answers)
    return [
        _counted(record, answer)
        if isinstance(record, EmailRecord) and isinstance(answer, Accepted) and _alike(record, first)
        else answer
        for record, answer in zip(decoded, answers, strict=True)
    ]


def _received(record: EmailRecord) -> tuple[int, bool, str]:
    at = seconds(record.received_at) if record.received_at else 0
    return at, record.subject is None, record.subject or ""


def _answered(record: EmailRecord, replies: Mapping[str, Iterable[Reply]]) -> bool:
    if record.sender is None or record.message_id is None or record.received_at is None:
        return False
    names = {record.message_id, reference(record.message_id)}  # as it is, and as it stands once someone was forgotten
    earliest = seconds(record.received_at - SKEW)
    written = replies.get(canonical(record.sender.address), ())
    return any(reply.answered in names and reply.at >= earliest for reply in written)


def _alike(record: EmailRecord, first: EmailRecord) -> bool:
    if record.received_at is None or first.received_at is None:
        return False
    near = abs(record.received_at - first.received_at) <= timedelta(seconds=BELIEVED)
    return near and (record.subject, record.to, record.cc) == (first.subject, first.to, first.cc)


def _counted(record: EmailRecord, answer: Accepted) -> Accepted:
    """The same email as contact with its writer; it gives no one a name, and says nothing of others in it."""
    writer = record.sender.address.lower() if record.sender else ""
    if answer.direction is not Direction.IN or answer.my_role is None or writer not in answer.people:
        return answer
    role, response, _, name = answer.people[writer]
    touch = mail_touch(role, answer.my_role, answer.group_size - 1)
    return replace(answer, people=answer.people | {writer: (role, response, touch, name)})

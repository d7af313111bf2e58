"""What a record is about, whichever account or stream shows it: 32 hex digits derived from the thing itself."""

import re
from hashlib import blake2b

import msgspec

from models.base import seconds
from models.records import EmailRecord, ExportedRecord, MeetingRecord
from worker.addresses.canonical import canonical
from worker.ingest.classify.bounce import undelivered

#: What an export calls an interaction: its identity, and for a reused Message-ID the day and its content.
EXPORTED = re.compile(r"[0-9a-f]{32}(-\d{1,6}(-[0-9a-f]{8})?)?")

ContactRecord = EmailRecord | MeetingRecord | ExportedRecord

#: Reads stored records.
READER = msgspec.json.Decoder(EmailRecord | MeetingRecord | ExportedRecord)


def identity_of(record: ContactRecord) -> str:
    """Name the mail (Message-ID with its sender) or the meeting (iCalUID with its original start) of a record.

    Where those are missing, the name is made of everything that does not depend on who shows it.
    """
    match record:
        case EmailRecord():
            return _mail(record)
        case MeetingRecord():
            return _meeting(record)
        case ExportedRecord():
            return record.key[:32] if EXPORTED.fullmatch(record.key) else _digest("exported", record.key)


def mail_identity(message_id: str, sender: str) -> str:
    """Name the email of this Message-ID that this address wrote."""
    return _digest("mail", message_id, canonical(sender))


def series_of(record: ContactRecord) -> str | None:
    """Name what all occurrences of a series have in common, whichever calendar shows them: their uid."""
    return _digest("series", record.ical_uid) if isinstance(record, MeetingRecord) and record.ical_uid else None


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _mail(record: EmailRecord) -> str:
    if record.in_reply_to and record.to and undelivered(record) is not None:
        # a report of failure belongs to the email that failed, and is classified with it
        return mail_identity(record.in_reply_to, record.to[0].address)
    sender = canonical(record.sender.address) if record.sender else ""
    if record.message_id:
        return _digest("mail", record.message_id, sender)
    at = record.sent_at or record.received_at
    addresses = sorted(mailbox.address.lower() for mailbox in (*record.to, *record.cc))
    return _digest("mail without id", sender, str(at and seconds(at)), record.subject or "", *addresses)


def _meeting(record: MeetingRecord) -> str:
    if record.ical_uid:
        return _digest("meeting", record.ical_uid, str(record.recurrence_at and seconds(record.recurrence_at)))
    addresses = sorted(attendee.address.lower() for attendee in record.attendees)
    organizer = record.organizer.address.lower() if record.organizer else ""
    at = record.starts_at
    return _digest("meeting without id", str(at and seconds(at)), record.subject or "", organizer, *addresses)

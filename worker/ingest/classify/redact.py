"""What of a record may be stored: nothing of forgotten people, and no subject where none are kept (pure)."""

from msgspec.structs import replace

from models.records import EmailRecord, ExportedRecord, Mailbox, MeetingRecord
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.identity import ContactRecord


def redact(record: ContactRecord, filters: Filters) -> ContactRecord | None:
    """Give the record without what must not be stored; None if nothing of it may be."""
    if record.subject is not None and not filters.keep_subjects:
        record = replace(record, subject=None)
    if not filters.forgotten:
        return record
    match record:
        case EmailRecord():
            return _mail(record, filters)
        case MeetingRecord():
            return _meeting(record, filters)
        case ExportedRecord():
            people = tuple(p for p in record.people if not filters.is_forgotten(p.address))
            if len(people) == len(record.people):
                return record
            people = tuple(replace(p, person=p.address) if filters.is_forgotten(p.person) else p for p in people)
            return replace(record, people=people) if people else None


def _mail(record: EmailRecord, filters: Filters) -> EmailRecord | None:
    if record.sender is not None and filters.is_forgotten(record.sender.address):
        return None
    to, cc, bcc = (_others(mailboxes, filters) for mailboxes in (record.to, record.cc, record.bcc))
    reply_to = _allowed(record.reply_to, filters)
    list_post = None if record.list_post and filters.is_forgotten(record.list_post) else record.list_post
    if (to, cc, bcc, reply_to, list_post) == (record.to, record.cc, record.bcc, record.reply_to, record.list_post):
        return record
    mine = record.sender is not None and filters.is_own(record.sender.address)
    if mine and all(filters.is_own(mailbox.address) for mailbox in (*to, *cc, *bcc)):
        return None
    return replace(record, to=to, cc=cc, bcc=bcc, reply_to=reply_to, list_post=list_post)


def _meeting(record: MeetingRecord, filters: Filters) -> MeetingRecord | None:
    organizer = _allowed(record.organizer, filters)
    attendees = tuple(a for a in record.attendees if not filters.is_forgotten(a.address))
    if organizer is record.organizer and len(attendees) == len(record.attendees):
        return record
    people = [a.address for a in attendees if not a.resource] + ([organizer.address] if organizer else [])
    if all(filters.is_own(address) or address == record.me for address in people):
        return None
    return replace(record, organizer=organizer, attendees=attendees)


def _allowed(mailbox: Mailbox | None, filters: Filters) -> Mailbox | None:
    return None if mailbox is not None and filters.is_forgotten(mailbox.address) else mailbox


def _others(mailboxes: tuple[Mailbox, ...], filters: Filters) -> tuple[Mailbox, ...]:
    return tuple(mailbox for mailbox in mailboxes if not filters.is_forgotten(mailbox.address))

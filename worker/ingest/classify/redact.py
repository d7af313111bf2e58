"""What of a record may be stored: nothing of forgotten people, and no subject where none are kept (pure)."""

from msgspec.structs import replace

from models.records import EmailRecord, ExportedRecord, Mailbox, MeetingRecord
from worker.ingest.classify.filters import View
from worker.ingest.classify.identity import Weighable


def redact(record: Weighable, view: View) -> Weighable | None:
    """Give the record without what must not be stored; None if nothing of it may be."""
    if record.subject is not None and not view.keep_subjects:
        record = replace(record, subject=None)
    if not view.forgotten:
        return record
    match record:
        case EmailRecord():
            return _mail(record, view)
        case MeetingRecord():
            return _meeting(record, view)
        case ExportedRecord():
            people = tuple(p for p in record.people if not view.is_forgotten(p.address))
            if len(people) == len(record.people):
                return record
            people = tuple(replace(p, person=p.address) if view.is_forgotten(p.person) else p for p in people)
            return replace(record, people=people) if people else None


def _mail(record: EmailRecord, view: View) -> EmailRecord | None:
    if record.sender is not None and view.is_forgotten(record.sender.address):
        return None
    to, cc, bcc = (_others(mailboxes, view) for mailboxes in (record.to, record.cc, record.bcc))
    reply_to = _allowed(record.reply_to, view)
    list_post = None if record.list_post and view.is_forgotten(record.list_post) else record.list_post
    if (to, cc, bcc, reply_to, list_post) == (record.to, record.cc, record.bcc, record.reply_to, record.list_post):
        return record
    mine = record.sender is not None and view.is_own(record.sender.address)
    if mine and all(view.is_own(mailbox.address) for mailbox in (*to, *cc, *bcc)):
        return None
    return replace(record, to=to, cc=cc, bcc=bcc, reply_to=reply_to, list_post=list_post)


def _meeting(record: MeetingRecord, view: View) -> MeetingRecord | None:
    organizer = _allowed(record.organizer, view)
    attendees = tuple(a for a in record.attendees if not view.is_forgotten(a.address))
    if organizer is record.organizer and len(attendees) == len(record.attendees):
        return record
    people = [a.address for a in attendees if not a.resource] + ([organizer.address] if organizer else [])
    if all(view.is_own(address) or address == record.me for address in people):
        return None
    return replace(record, organizer=organizer, attendees=attendees)


def _allowed(mailbox: Mailbox | None, view: View) -> Mailbox | None:
    return None if mailbox is not None and view.is_forgotten(mailbox.address) else mailbox


def _others(mailboxes: tuple[Mailbox, ...], view: View) -> tuple[Mailbox, ...]:
    return tuple(mailbox for mailbox in mailboxes if not view.is_forgotten(mailbox.address))

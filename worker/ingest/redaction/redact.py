"""What of a record may be stored: nothing of forgotten people, and no subject where none are kept (pure)."""

from typing import Any, TypeVar

from msgspec.structs import replace

from models.enums import Role
from models.records import Attendee, EmailRecord, ExportedPerson, ExportedRecord, Mailbox, MeetingRecord
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.identity import ContactRecord
from worker.ingest.redaction.traces import holds_forgotten, reference, without_traces

R = TypeVar("R", EmailRecord, MeetingRecord, ExportedRecord)
B = TypeVar("B", Mailbox, Attendee)


def redact(record: ContactRecord, filters: Filters) -> ContactRecord | None:
    """Return the record without what must not be stored; None if nothing of it may be."""
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
            return _exported(record, filters)


def _mail(record: EmailRecord, filters: Filters) -> EmailRecord | None:
    if record.sender is not None and filters.is_forgotten(record.sender.address):
        return None
    to, cc, bcc = (_others(mailboxes, filters) for mailboxes in (record.to, record.cc, record.bcc))
    mine = record.sender is not None and filters.is_own(record.sender.address)
    shorter = (to, cc, bcc) != (record.to, record.cc, record.bcc)
    if shorter and mine and all(filters.is_own(mailbox.address) for mailbox in (*to, *cc, *bcc)):
        return None
    return _changed(
        record, to=to, cc=cc, bcc=bcc,
        sender=_allowed(record.sender, filters),
        reply_to=_allowed(record.reply_to, filters),
        submitter=_allowed(record.submitter, filters),
        resent_by=_allowed(record.resent_by, filters),
        list_post=_unless_forgotten(record.list_post, filters),
        delivered_to=_unless_forgotten(record.delivered_to, filters),
        subject=_subject(record.subject, filters),
        thread=reference(record.thread),
        in_reply_to=reference(record.in_reply_to),
        signals=tuple(signal for signal in record.signals if not holds_forgotten(signal, filters)),
        notes=tuple(note for note in record.notes if not holds_forgotten(note, filters)),
    )  # fmt: skip


def _meeting(record: MeetingRecord, filters: Filters) -> MeetingRecord | None:
    organizer = _allowed(record.organizer, filters)
    attendees = tuple(_renamed(a, filters) for a in record.attendees if not filters.is_forgotten(a.address))
    people = [a.address for a in attendees if not a.resource] + ([organizer.address] if organizer else [])
    shorter = (organizer is None) != (record.organizer is None) or len(attendees) < len(record.attendees)
    if shorter and all(filters.is_own(address) or address == record.me for address in people):
        return None
    return _changed(
        record, organizer=organizer, attendees=attendees,
        subject=_subject(record.subject, filters),
        ical_uid=record.ical_uid if organizer or not record.organizer else reference(record.ical_uid),
        me=_unless_forgotten(record.me, filters),
        notes=tuple(note for note in record.notes if not holds_forgotten(note, filters)),
    )  # fmt: skip


def _exported(record: ExportedRecord, filters: Filters) -> ExportedRecord | None:
    people = tuple(p for p in record.people if not filters.is_forgotten(p.address))
    if not people and record.people:
        return None
    lost = {p.role for p in record.people} - {p.role for p in people}
    return _changed(
        record,
        people=tuple(_named_anew(p, filters) for p in people),
        subject=_subject(record.subject, filters),
        thread=reference(record.thread),
        message_id=reference(record.message_id) if Role.FROM in lost else record.message_id,
        ical_uid=reference(record.ical_uid) if Role.ORGANIZER in lost else record.ical_uid,
    )


def _named_anew(one: ExportedPerson, filters: Filters) -> ExportedPerson:
    return replace(one, person=one.address) if filters.is_forgotten(one.person) else one


def _changed(record: R, **fields: Any) -> R:
    """Return the very same record where nothing differs."""
    different = {name: value for name, value in fields.items() if value != getattr(record, name)}
    return replace(record, **different) if different else record


def _subject(subject: str | None, filters: Filters) -> str | None:
    return subject and without_traces(subject, filters)


def _unless_forgotten(address: str | None, filters: Filters) -> str | None:
    return None if address and filters.is_forgotten(address) else address


def _allowed(mailbox: Mailbox | None, filters: Filters) -> Mailbox | None:
    if mailbox is None or filters.is_forgotten(mailbox.address):
        return None
    return _renamed(mailbox, filters)


def _others(mailboxes: tuple[Mailbox, ...], filters: Filters) -> tuple[Mailbox, ...]:
    return tuple(_renamed(mailbox, filters) for mailbox in mailboxes if not filters.is_forgotten(mailbox.address))


def _renamed(mailbox: B, filters: Filters) -> B:
    """Take an address of theirs out of someone else's name, such as "anna@x.example via Docs"."""
    return replace(mailbox, name="") if holds_forgotten(mailbox.name, filters) else mailbox

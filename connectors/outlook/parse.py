"""From Graph's items to records (pure)."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import UnsetType

from connectors.addresses import first_mailbox
from connectors.automation import signals
from connectors.headers import Headers
from connectors.mail.authentication import dmarc_verdict
from connectors.mail.mailbox import mailbox
from connectors.mail.writers import authors
from connectors.outlook.api.wire import NO_HEADERS, EmailAddress, Event, Message, Recipient
from connectors.outlook.calendar.series import Master, moment_of, needs_master, planned_start
from connectors.outlook.calendar.uid import occurrence_day, series_uid
from connectors.outlook.mail.headers import AUTHENTICATION, headers_in
from connectors.text import clean
from models.enums import MeetingStatus, Place, Response
from models.records import Attendee, BadRecord, EmailRecord, Mailbox, MeetingRecord, Version

RESPONSES = {
    "organizer": Response.ACCEPTED,
    "accepted": Response.ACCEPTED,
    "tentativelyAccepted": Response.TENTATIVE,
    "declined": Response.DECLINED,
}
#: In it, a zone's offset may lead out of the calendar.
LAST_YEAR = 9999
#: Marks of one's own day in the calendar, where no one else is invited.
OWN_DAY = {"workingElsewhere": "working location", "oof": "out of office"}
LONGEST_ID = 998
_ORDINARY_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_ID = re.compile(r"<([^<>\s]+)>")
Recipients = Sequence[Recipient] | UnsetType | None


def email_record(message: Message, place: Place) -> EmailRecord:
    """A whole message that lies in a folder of kind `place`."""
    notes: list[str] = []
    headers = _headers(message, notes)
    submitter = _one(message.sender)
    sender = _one(message.from_) or submitter
    copied, reply_to = _many(message.cc, notes), _many(message.reply_to or None, [])
    wrote = authors(headers, sender, submitter, reply_to=reply_to, copied=copied)
    return EmailRecord(
        key=message.id,
        message_id=_bare(message.message_id or None),
        sender=wrote.sender,
        to=_many(message.to, notes),
        cc=copied,
        bcc=_many(message.bcc, notes),
        reply_to=next(iter(reply_to), None),
        submitter=wrote.submitter,
        resent_by=first_mailbox(headers.get("resent-from")) or first_mailbox(headers.get("resent-sender")),
        sent_at=_utc(message.sent_at),
        received_at=_utc(message.received_at),
        subject=clean(message.subject) if message.subject else None,
        thread=clean(message.conversation) if message.conversation else None,
        in_reply_to=_bare(headers.get("in-reply-to")),
        place=Place.DRAFT if message.is_draft is True else place,
        delivered_to=found.address if (found := first_mailbox(headers.get("delivered-to"))) else None,
        list_post=wrote.list_post,
        signals=signals(_with_subject(message, headers)),
        invitation=".eventMessage" in message.kind,
        dmarc=dmarc_verdict(headers[AUTHENTICATION]) if AUTHENTICATION in headers else None,
        # what was received has headers, wherever it was moved to; what was sent from here has none
        sent_here=place is Place.SENT and not headers and message.headers is NO_HEADERS,
        notes=tuple(notes),
    )


def _with_subject(message: Message, headers: Headers) -> Headers:
    return {**headers, "subject": message.subject} if message.subject and isinstance(message.subject, str) else headers


def _headers(message: Message, notes: list[str]) -> Headers:
    if message.headers is NO_HEADERS:
        return {}
    try:
        return headers_in(message.headers)
    except (msgspec.DecodeError, UnicodeDecodeError):
        notes.append("Microsoft's list of its headers cannot be read")
        return {}


def meeting_record(
    event: Event, account: str, where: str, masters: Mapping[str, Master] | None = None
) -> MeetingRecord | BadRecord:
    """Make the record of one occurrence.

    Args:
        event: as a calendarView shows it.
        account: the address of the account whose calendar it is.
        where: the calendar's title, for the person.
        masters: of series whose moved occurrences do not name their original start, by the series' id.
    """
    starts_at, ends_at = moment_of(event.start), moment_of(event.end) if event.end else None
    if starts_at is None:
        return BadRecord(f"{where}: {event.id}", f"The time zone {event.start.zone!r} is not known.", event.id)
    organizer = _box(event.organizer.email) if event.organizer else None
    me = organizer.address if event.mine and organizer else account
    return MeetingRecord(
        key=event.id,
        ical_uid=clean(series_uid(event.ical_uid)) if event.ical_uid else None,
        recurrence_at=_original_start(event, starts_at, masters or {}),
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=bool(event.all_day),
        status=MeetingStatus.CANCELLED if event.cancelled else MeetingStatus.CONFIRMED,
        organizer=organizer,
        attendees=_attendees(event, account),
        subject=clean(event.subject) if event.subject else None,
        me=me,
        attendees_omitted=bool(event.hidden and not event.mine),
        not_a_meeting="draft" if event.draft else _own_day(event),
        cancelled_at=_utc(event.changed_at) if event.cancelled else None,
        version=Version(None, changed_at) if (changed_at := _utc(event.changed_at)) else None,
    )


def _own_day(event: Event) -> str | None:
    return None if event.attendees else OWN_DAY.get(event.show_as or "")


def _attendees(event: Event, account: str) -> tuple[Attendee, ...]:
    found = []
    for each in event.attendees or ():
        box = _box(each.email)
        if box is not None:
            answer = RESPONSES.get((each.status.response if each.status else None) or "", Response.NONE)
            found.append(Attendee(box.address, box.name, answer, each.type == "resource"))
    if event.mine:
        return tuple(found)
    # One's own answer is more reliable than the list; who was invited through a group is not on the list.
    answer = RESPONSES.get(event.my_answer.response or "" if event.my_answer else "", Response.NONE)
    mine = next((each for each in found if each.address.lower() == account.lower()), Attendee(account))
    return (*(each for each in found if each is not mine), Attendee(mine.address, mine.name, answer))


def _original_start(event: Event, starts_at: datetime, masters: Mapping[str, Master]) -> datetime | None:
    """Where its series had put an occurrence; an all-day one begins at midnight UTC of its day, whatever the zone."""
    if event.type not in {"occurrence", "exception"}:
        return None
    day = occurrence_day(event.ical_uid or "")
    if event.all_day and day is not None:
        return day
    if event.original_start is None:
        planned = planned_start(event, masters) if needs_master(event) else None
        return planned or starts_at  # of an occurrence that was never moved, they are the same
    at = _utc(event.original_start) or starts_at
    return at if not event.all_day else (at + timedelta(hours=12)).replace(hour=0, minute=0, second=0, microsecond=0)


def _utc(at: datetime | UnsetType | None) -> datetime | None:
    if not isinstance(at, datetime) or not 1 < at.year < LAST_YEAR:  # year 1 is Graph's "never"
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _one(recipient: Recipient | UnsetType | None) -> Mailbox | None:
    return _box(recipient.email) if isinstance(recipient, Recipient) else None


def _many(recipients: Recipients, notes: list[str]) -> tuple[Mailbox, ...]:
    if not recipients:
        return ()
    boxes = [_box(recipient.email) for recipient in recipients]
    if None in boxes:
        notes.append(f"{boxes.count(None)} recipients without an address")
    return tuple(box for box in boxes if box is not None)


def _box(email: EmailAddress | None) -> Mailbox | None:
    if not email or not email.address:
        return None
    # Exchange gives an internal name ("/O=...") for some, and now and then "Name <address>" in the field.
    return mailbox(email.address, email.name or "") or first_mailbox(email.address[:2000])


def _bare(message_id: str | UnsetType | None) -> str | None:
    """A Message-ID without its angle brackets; of several the first."""
    if not message_id:
        return None
    if _ORDINARY_ID.fullmatch(message_id):
        return message_id[1:-1]
    found = _ID.search(message_id, 0, 8 * LONGEST_ID)
    return clean(found[1] if found else message_id, LONGEST_ID).strip("<>") or None

"""The made-up world as a Google account would hold it: mails with labels, meetings as events."""

import hashlib
from collections.abc import Iterable
from email.header import Header
from email.utils import format_datetime, formataddr

from models.enums import Response
from models.records import Attendee, Mailbox
from tests.sandbox.google.agenda import Calendar, Json, moment
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.story import Occurrence, WorldMail, WorldMeeting
from tests.sandbox.world import World

_RESPONSES = {
    Response.ACCEPTED: "accepted",
    Response.TENTATIVE: "tentative",
    Response.NONE: "needsAction",
    Response.DECLINED: "declined",
}
_EVENT_TYPES = {
    "focus": "focusTime",
    "out_of_office": "outOfOffice",
    "working_location": "workingLocation",
    "birthday": "birthday",
}


def google_mailbox(world: World, seed: int = 1) -> GoogleMailbox:
    """Make the owner's account as it stands at the world's end; what led to it is older than any history."""
    mailbox = GoogleMailbox(world.owner.address, world.owner.name, seed=seed)
    happen(mailbox, world.mails, world.meetings, own={world.owner.address, *world.aliases})
    mailbox.expire_cursors()
    return mailbox


def happen(
    mailbox: GoogleMailbox, mails: Iterable[WorldMail], meetings: Iterable[WorldMeeting], *, own: set[str]
) -> None:
    """Let mails arrive and meetings be booked."""
    for mail in mails:
        mailbox.deliver(mail_headers(mail), mail.at, labels=mail_labels(mail))
    for meeting in meetings:
        book(mailbox.agenda.primary, meeting, own)


def mail_labels(mail: WorldMail) -> set[str]:
    """Give the labels Gmail would put on a mail."""
    if mail.draft:
        return {"DRAFT"}
    labels = {"SENT"} if mail.sent else {"INBOX"}
    if mail.spam:
        labels = {"SPAM"}
    if mail.trash:
        labels = labels - {"INBOX"} | {"TRASH"}
    if mail.category:
        labels.add(f"CATEGORY_{mail.category.upper()}")
    return labels


def mail_headers(mail: WorldMail) -> list[tuple[str, str]]:
    """Write a mail's headers as they would arrive."""
    headers = [] if mail.sent else [("Received", f"by mx.example.net with ESMTPS; {format_datetime(mail.at)}")]
    headers.append(("From", _written([mail.sender])))
    for name, boxes in (("To", mail.to), ("Cc", mail.cc), ("Bcc", mail.bcc if mail.sent else ())):
        if boxes:
            headers.append((name, _written(boxes)))
    headers += [("Subject", _encoded(mail.subject)), ("Date", format_datetime(mail.at))]
    headers.append(("Message-ID", f"<{mail.message_id}>"))
    if mail.in_reply_to:
        headers.append(("In-Reply-To", f"<{mail.in_reply_to}>"))
    if mail.references:
        headers.append(("References", " ".join(f"<{reference}>" for reference in mail.references)))
    return [*headers, *mail.headers.items()]


def book(calendar: Calendar, meeting: WorldMeeting, own: set[str]) -> None:
    """Put a meeting, or every occurrence of a series, into a calendar."""
    id_ = hashlib.sha256(meeting.uid.encode()).hexdigest()[:26]
    shown: Json = {
        "id": id_,
        "iCalUID": meeting.uid,
        "summary": meeting.title,
        "eventType": _EVENT_TYPES.get(meeting.kind, "default"),
        "sequence": 0,
    }
    if meeting.organizer:
        shown["organizer"] = _person(meeting.organizer.address, meeting.organizer.name, own)
    if meeting.attendees:
        shown["attendees"] = _guests(meeting.attendees, meeting.organizer, own)
    if meeting.rrule is None:
        calendar.put(shown | _times(meeting, meeting.occurrences[0]))
        if meeting.occurrences[0].cancelled:
            calendar.cancel(id_)
        return
    calendar.put(
        shown | _times(meeting, meeting.occurrences[0]) | {"recurrence": [f"RRULE:{meeting.rrule}"]}, master=True
    )
    for occurrence in meeting.occurrences:
        start = occurrence.original_start
        more = (
            {} if occurrence.attendees is None else {"attendees": _guests(occurrence.attendees, meeting.organizer, own)}
        )
        times = _times(meeting, occurrence)
        original = {"date": start.date().isoformat()} if meeting.all_day else moment(start)
        one = f"{id_}_{start:%Y%m%d}" if meeting.all_day else f"{id_}_{start:%Y%m%dT%H%M%SZ}"
        instance = shown | times | more | {"id": one, "recurringEventId": id_, "originalStartTime": original}
        calendar.put(instance, exception=occurrence.starts_at != start or bool(more))
        if occurrence.cancelled:
            calendar.cancel(one)


def _times(meeting: WorldMeeting, occurrence: Occurrence) -> Json:
    if meeting.all_day:
        return {
            "start": {"date": occurrence.starts_at.date().isoformat()},
            "end": {"date": occurrence.ends_at.date().isoformat()},
        }
    return {"start": moment(occurrence.starts_at), "end": moment(occurrence.ends_at)}


def _guests(attendees: Iterable[Attendee], organizer: Mailbox | None, own: set[str]) -> list[Json]:
    shown = []
    for attendee in attendees:
        one = _person(attendee.address, attendee.name, own) | {"responseStatus": _RESPONSES[attendee.response]}
        if attendee.resource:
            one["resource"] = True
        if organizer and organizer.address == attendee.address:
            one["organizer"] = True
        shown.append(one)
    return shown


def _person(address: str, name: str, own: set[str]) -> Json:
    shown: Json = {"email": address}
    if name:
        shown["displayName"] = name
    return shown | ({"self": True} if address in own else {})


def _written(boxes: Iterable[Mailbox]) -> str:
    return ", ".join(formataddr((box.name, box.address)) for box in boxes)


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=998).encode()

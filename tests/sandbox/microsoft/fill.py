"""The made-up world as an Outlook account would hold it: mails in folders, meetings in the calendar."""

from collections.abc import Iterable

from tests.sandbox.microsoft.diary import Slot
from tests.sandbox.microsoft.graph import OutlookMailbox
from tests.sandbox.microsoft.message import EventMessage
from tests.sandbox.story import MailKind, WorldMail, WorldMeeting

_KINDS: dict[MailKind, EventMessage] = {"invitation": "eventMessageRequest", "calendar_reply": "eventMessageResponse"}
_SHOWN = {"out_of_office": "oof", "working_location": "workingElsewhere"}


def happen(mailbox: OutlookMailbox, mails: Iterable[WorldMail], meetings: Iterable[WorldMeeting]) -> None:
    """Let mails arrive and meetings be booked."""
    for mail in mails:
        mailbox.mail.deliver(
            mail.sender,
            mail.to,
            at=mail.at,
            subject=mail.subject,
            message_id=mail.message_id,
            cc=mail.cc,
            bcc=mail.bcc if mail.sent else (),
            headers=() if mail.sent else mail_headers(mail),  # Graph has them of received mail only
            folder=mail_folder(mail),
            thread=mail.references[0] if mail.references else mail.message_id,
            kind=_KINDS.get(mail.kind, ""),
            draft=mail.draft,
        )
    for meeting in meetings:
        book(mailbox, meeting)


def mail_folder(mail: WorldMail) -> str:
    """Give the well-known name of the folder a mail lies in."""
    if mail.draft:
        return "drafts"
    if mail.spam:
        return "junkemail"
    if mail.trash:
        return "deleteditems"
    return "sentitems" if mail.sent else "inbox"


def mail_headers(mail: WorldMail) -> list[tuple[str, str]]:
    """Write the headers that a received mail has beside what Graph tells in fields."""
    headers = [("Received", "from mx.example.net by outlook.example with HTTPS"), ("MIME-Version", "1.0")]
    if mail.in_reply_to:
        headers.append(("In-Reply-To", f"<{mail.in_reply_to}>"))
    if mail.references:
        headers.append(("References", " ".join(f"<{reference}>" for reference in mail.references)))
    return [*headers, *mail.headers.items()]


def book(mailbox: OutlookMailbox, meeting: WorldMeeting) -> None:
    """Put a meeting, or every occurrence of a series, into the calendar."""
    mine = meeting.organizer is None or meeting.organizer.address == mailbox.address
    event = mailbox.diary.meet(
        meeting.starts_at,
        meeting.attendees,
        organizer=None if mine else meeting.organizer,
        uid=meeting.uid,
        subject=meeting.title,
        all_day=meeting.all_day,
        show_as=_SHOWN.get(meeting.kind, "busy"),
        slots=[
            Slot(one.original_start, one.starts_at, one.ends_at, one.cancelled, one.attendees)
            for one in meeting.occurrences
        ],
    )
    mailbox.diary.events[event].series = meeting.rrule is not None

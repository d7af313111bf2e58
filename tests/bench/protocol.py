"""Coldbench's stream protocol as records: what a line tells, as a connector would tell it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from models.enums import Place, Response
from models.records import Attendee, EmailRecord, Mailbox, MeetingRecord
from worker.addresses.canonical import canonical

_RESPONSES = {
    "ACCEPTED": Response.ACCEPTED,
    "DECLINED": Response.DECLINED,
    "TENTATIVE": Response.TENTATIVE,
}


def moment_of(text: str) -> datetime:
    """A time of the protocol: UTC, whether it says so or not. Raises: ValueError."""
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def mail_of(message: dict[str, Any], owner: str) -> EmailRecord:
    """A message. Raises: KeyError, ValueError where it has no date."""
    sender, name = message.get("from"), message.get("message_id")
    at = moment_of(message["date"])
    to, cc, bcc = (_mailboxes(message.get(role)) for role in ("to", "cc", "bcc"))
    return EmailRecord(
        key=name or f"{at.isoformat()} {sender} {to}",
        message_id=(name or "").strip("<>") or None,
        sender=Mailbox(sender) if sender else None,
        to=to,
        cc=cc,
        bcc=bcc,
        sent_at=at,
        in_reply_to=(message.get("in_reply_to") or "").strip("<>") or None,
        place=Place.SENT if sender and canonical(sender) == canonical(owner) else Place.ORDINARY,
    )


def _mailboxes(addresses: Iterable[str] | None) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(address) for address in addresses or () if address)


def meeting_of(event: dict[str, Any]) -> MeetingRecord:
    """An event; told again under its uid, it is the same one, changed. Raises: KeyError, ValueError without a start."""
    organizer = event.get("organizer")
    return MeetingRecord(
        key=event["uid"],
        ical_uid=event["uid"],
        starts_at=moment_of(event["start"]),
        ends_at=moment_of(event.get("end") or event["start"]),
        organizer=Mailbox(organizer) if organizer else None,
        attendees=tuple(
            Attendee(one["address"], "", _RESPONSES.get((one.get("partstat") or "").upper(), Response.NONE))
            for one in event.get("attendees") or ()
        ),
    )


def spelled(line: EmailRecord | MeetingRecord) -> Iterable[str]:
    """All addresses of a line, as they are written there."""
    if isinstance(line, EmailRecord):
        people: Iterable[Mailbox | Attendee | None] = (line.sender, *line.to, *line.cc, *line.bcc)
    else:
        people = (line.organizer, *line.attendees)
    return (one.address for one in people if one is not None)

"""One occurrence of a VEVENT as a MeetingRecord."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from connectors.addresses import mailboxes
from connectors.text import clean
from connectors.vcalendar.event import Event
from connectors.vcalendar.properties import Property, text
from connectors.vcalendar.series import Occurrence
from connectors.vcalendar.versions import MESSAGES
from models.enums import MeetingStatus, Response
from models.records import Attendee, Mailbox, MeetingRecord, Version

MOST_ATTENDEES = 10_000

_RESPONSES = {
    "ACCEPTED": Response.ACCEPTED,
    "TENTATIVE": Response.TENTATIVE,
    "DECLINED": Response.DECLINED,
    "DELEGATED": Response.DECLINED,  # someone else comes instead
}
_MAILTO = re.compile(r"mailto(?::|%3a)", re.IGNORECASE)


class People:
    """Who is in an event, read once for all its occurrences."""

    def __init__(self, event: Event) -> None:
        self.organizer = next(filter(None, map(_mailbox, event.all("ORGANIZER"))), None)
        found = tuple(_attendees(event))
        self.attendees = found[:MOST_ATTENDEES]
        more = len(found) > MOST_ATTENDEES
        self.notes = [f"{len(found)} are invited: the first {MOST_ATTENDEES} are kept"] if more else []


def meeting(one: Occurrence, people: People, *, key: str, master: Event | None) -> MeetingRecord:
    """Make the record of one occurrence under `key`; `master` is the series it was expanded from, if any."""
    event = one.event
    starts_at = event.utc(one.begin) if one.begin else None
    ends_at = event.ends(one.begin) if one.begin else None
    notes = [*event.notes, *people.notes]
    if starts_at and ends_at and ends_at < starts_at:
        ends_at = starts_at
    if event.zones.unknown:
        named = ", ".join(clean(name, 100) for name in sorted(event.zones.unknown)[:3])
        notes.append(f"its time zone is not known ({named}): its times are taken as {event.zones.own}")
    subject = event.value("SUMMARY")
    tentative = event.value("STATUS").upper() == "TENTATIVE"
    status = MeetingStatus.TENTATIVE if tentative else MeetingStatus.CONFIRMED
    series = master if one.recurrence_at is not None else None
    return MeetingRecord(
        key=key,
        ical_uid=event.uid or None,
        recurrence_at=one.recurrence_at,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=one.begin.day if one.begin else False,
        status=MeetingStatus.CANCELLED if one.cancelled else status,
        organizer=people.organizer,
        attendees=people.attendees,
        subject=clean(text(subject)) if "SUMMARY" in event.said else None,
        not_a_meeting=event.method.lower() if event.method in MESSAGES else None,
        version=version(event),
        series=version(series) if series else None,
        onward=event.future and master is None and one.recurrence_at is not None,
        notes=tuple(notes),
    )


def version(event: Event) -> Version:
    """Return which version of the meeting an event is; without a SEQUENCE it is the first (RFC 5545 3.8.7.4)."""
    return Version(event.sequence or 0, event.stamp)


def _attendees(event: Event) -> Iterator[Attendee]:
    for one in event.all("ATTENDEE"):
        box = _mailbox(one)
        if box is not None:
            response = _RESPONSES.get(one.parameters.get("PARTSTAT", "").upper(), Response.NONE)
            resource = one.parameters.get("CUTYPE", "").upper() in {"ROOM", "RESOURCE"}
            yield Attendee(box.address, box.name, response, resource)


def _mailbox(one: Property) -> Mailbox | None:
    """Read an ORGANIZER or ATTENDEE.

    The address stands behind "mailto:" (doubled or escaped by some), or in EMAIL where Outlook and Apple write
    "invalid:nomail", an X.500 name or a URN instead.
    """
    written = _MAILTO.split(clean(one.value, 1000))
    address = unquote(written[-1]) if "%" in written[-1] else written[-1]
    if len(written) == 1 and ("@" not in address or ":" in address):
        address = one.parameters.get("EMAIL", "")
    found = mailboxes(address)
    if not found:
        return None
    name = clean(one.parameters.get("CN", ""), 300).strip("'\"")
    return Mailbox(found[0].address, "" if name.casefold() == found[0].address.casefold() else name or found[0].name)

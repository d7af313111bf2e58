"""Gmail messages and Google events as records: pure, and tolerant of every missing field."""

from collections.abc import Container, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from connectors.addresses import mailboxes
from connectors.headers import READ, Beside, email_record, from_pairs
from connectors.mail.authentication import dmarc_verdict
from connectors.text import clean
from models.enums import MeetingStatus, Place, Response
from models.records import Attendee, BadRecord, EmailRecord, Mailbox, MeetingRecord, Tombstone, Version

Json = Mapping[str, Any]

#: The header in which a server says how it verified a mail, and who says so at Gmail.
AUTHENTICATION, SERVER = "authentication-results", "mx.google.com"
#: The headers to ask for. Gmail itself says when it took a mail, which thread it is in and where it lies.
HEADERS = sorted({AUTHENTICATION} | READ - {"received", "references", "x-gmail-labels", "x-status"})
MESSAGE_FIELDS = "id,threadId,labelIds,internalDate,payload/headers"
EVENT_FIELDS = (
    "id,status,updated,sequence,iCalUID,summary,start,end,originalStartTime,recurringEventId,eventType,"
    "attendeesOmitted,guestsCanSeeOtherGuests,"
    "organizer(email,displayName,self),attendees(email,displayName,self,resource,responseStatus)"
)

#: Longer than any id of Google's.
LONGEST_KEY = 1024
#: What reading an item of the wrong shape raises.
UNREADABLE = (KeyError, TypeError, ValueError, OverflowError, AttributeError, RecursionError, IndexError)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# In this order: a mail in the trash that was sent is in the trash.
_PLACES = (
    ("TRASH", Place.TRASH),
    ("SPAM", Place.SPAM),
    ("DRAFT", Place.DRAFT),
    ("CHAT", Place.CHAT),
    ("SENT", Place.SENT),
)
_RESPONSES = {"accepted": Response.ACCEPTED, "tentative": Response.TENTATIVE, "declined": Response.DECLINED}
_STATUSES = {"confirmed": MeetingStatus.CONFIRMED, "tentative": MeetingStatus.TENTATIVE}
_NOT_MEETINGS = {
    "workingLocation": "working location",
    "focusTime": "focus time",
    "outOfOffice": "out of office",
    "birthday": "birthday",
    "fromGmail": "booking",
}


def place(labels: Container[str]) -> Place:
    """Say where a mail with these labels is."""
    for label, found in _PLACES:
        if label in labels:
            return found
    return Place.ORDINARY


def mail(shown: Json) -> EmailRecord | BadRecord:
    """Read one message of format=metadata; whatever of it cannot be read is a BadRecord."""
    key = _key(shown)
    where = f"Gmail message {key}"
    try:
        pairs = [(header["name"], header.get("value") or "") for header in shown["payload"].get("headers") or ()]
        labels = shown.get("labelIds") or ()
        thread = shown.get("threadId")
        conversation = None if thread is None else clean(str(thread))
        beside = Beside(where, place(labels), conversation, _milliseconds(shown.get("internalDate")))
        record = email_record(key, from_pairs(pairs), beside)
        if isinstance(record, BadRecord):
            return record
        return replace(record, dmarc=_dmarc(pairs), sent_here="SENT" in labels)
    except UNREADABLE:
        return BadRecord(where, "Gmail shows this mail without readable headers", key)


def _dmarc(pairs: list[tuple[str, str]]) -> str | None:
    """Read what Gmail says of the From address: the header of its own that stands above all others."""
    topmost = next((value for name, value in pairs if name.lower() == AUTHENTICATION), None)
    return None if topmost is None else dmarc_verdict(topmost, SERVER)


def meeting(
    shown: Json, *, own: bool, primary: bool, stood_at: datetime | None = None
) -> MeetingRecord | Tombstone | BadRecord:
    """Read one event or occurrence; whatever of it cannot be read is a BadRecord.

    Args:
        shown: an item of events.list.
        own: whether the calendar is the user's; on a colleague's, only meetings the user is invited to count.
        primary: whether "self" in an event means the user: on the account's own calendar alone.
        stood_at: when a cancelled event was last known to stand; often nothing is left of one but its id.
    """
    key = _key(shown)
    if shown.get("status") == "cancelled":
        return Tombstone(key, _instant(shown.get("updated")) or stood_at)
    try:
        return _meeting(key, shown, own=own, primary=primary)
    except UNREADABLE:
        return BadRecord(f"Google event {key}", "this event has no readable start or end", key or None)


def _meeting(key: str, shown: Json, *, own: bool, primary: bool) -> MeetingRecord:
    starts_at, all_day = _moment(shown["start"])
    ends_at, _ = _moment(shown["end"]) if "end" in shown else (starts_at, all_day)
    recurring = "recurringEventId" in shown and "originalStartTime" in shown
    listed = shown.get("attendees")
    guests = [guest for guest in listed if isinstance(guest, dict)] if isinstance(listed, list) else []
    organizer = shown.get("organizer")
    title = shown.get("summary")
    return MeetingRecord(
        key=key,
        ical_uid=clean(str(shown["iCalUID"])) if shown.get("iCalUID") else None,
        recurrence_at=_moment(shown["originalStartTime"])[0] if recurring else None,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=all_day,
        status=_STATUSES.get(str(shown.get("status")), MeetingStatus.CONFIRMED),
        organizer=_mailbox(organizer),
        attendees=tuple(attendee for guest in guests if (attendee := _attendee(guest))),
        subject=None if title is None else clean(str(title)),
        me=_me(organizer, guests) if primary else None,
        own_calendar=own,
        attendees_omitted=bool(shown.get("attendeesOmitted")) or _guests_hidden(shown, organizer),
        not_a_meeting=_NOT_MEETINGS.get(str(shown.get("eventType"))),
        version=_version(shown),
    )


def _key(shown: Json) -> str:
    """The provider's id as it may be stored; Google's own consist of letters, digits and underscores."""
    return clean(str(shown.get("id") or ""), LONGEST_KEY)


def _guests_hidden(shown: Json, organizer: Any) -> bool:
    """Whether the organizer hides the guests from each other: who else is invited is then not known."""
    mine = isinstance(organizer, dict) and bool(organizer.get("self"))
    return shown.get("guestsCanSeeOtherGuests") is False and not mine


def _version(shown: Json) -> Version | None:
    """Google counts iCalendar's SEQUENCE, and says when an event was last written (Calendar API, "Events")."""
    sequence, written_at = shown.get("sequence"), _instant(shown.get("updated"))
    counted = sequence if isinstance(sequence, int) and 0 <= sequence < 1 << 31 else None
    return None if counted is None and written_at is None else Version(counted, written_at)


def _milliseconds(text: Any) -> datetime | None:
    try:
        return _EPOCH + timedelta(milliseconds=int(text))
    except (ValueError, TypeError, OverflowError):
        return None


def _moment(shown: Json) -> tuple[datetime, bool]:
    """Read a time, and whether it is a whole day; days begin at midnight UTC."""
    if "dateTime" in shown:
        at = datetime.fromisoformat(shown["dateTime"])
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC), False
    day = date.fromisoformat(shown["date"])
    return datetime(day.year, day.month, day.day, tzinfo=UTC), True


def _instant(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def _mailbox(shown: Any) -> Mailbox | None:
    if not isinstance(shown, dict):
        return None
    found = mailboxes(str(shown.get("email", "")))
    return Mailbox(found[0].address, clean(str(shown.get("displayName") or ""))) if found else None


def _attendee(shown: Json) -> Attendee | None:
    box = _mailbox(shown)
    if box is None:
        return None
    response = _RESPONSES.get(str(shown.get("responseStatus")), Response.NONE)
    return Attendee(box.address, box.name, response, bool(shown.get("resource")))


def _me(organizer: Any, guests: list[Any]) -> str | None:
    for shown in (*guests, organizer):
        if isinstance(shown, dict) and shown.get("self") and (box := _mailbox(shown)):
            return box.address
    return None

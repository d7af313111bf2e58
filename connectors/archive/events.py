"""One VEVENT, already laid out, turned into a MeetingRecord."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import Component

from connectors.archive.series import utc
from connectors.text import clean
from models.enums import MeetingStatus, Response
from models.records import Attendee, Mailbox, MeetingRecord

FIRST_YEAR, LAST_YEAR = 1900, 2200
MOST_ATTENDEES = 10_000
LONGEST_UID = 1000

_RESPONSES = {
    "ACCEPTED": Response.ACCEPTED,
    "TENTATIVE": Response.TENTATIVE,
    "DECLINED": Response.DECLINED,
    "DELEGATED": Response.DECLINED,  # somebody else comes instead
}
_STATUSES = {"CANCELLED": MeetingStatus.CANCELLED, "TENTATIVE": MeetingStatus.TENTATIVE}
# An answer to an invitation, or a question about one, is no event of its own.
_MESSAGES = {"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"}


class UnreadableEventError(ValueError):
    """An event that says nothing usable; `str(error)` is one sentence."""


def meeting(
    event: Component, *, key: str, uid: str | None, method: str, zone: tzinfo, series: bool, remark: str | None
) -> MeetingRecord:
    """Make the record of one occurrence.

    `method` is that of the calendar, `zone` what its times without a zone are in, `remark` is noted.

    Raises:
        UnreadableEventError: it does not say when it is.
    """
    begin = _time(event, "DTSTART")
    if begin is None:
        raise UnreadableEventError("this event does not say when it begins")
    all_day = not isinstance(begin, datetime)
    starts_at = utc(begin, zone)
    notes = [remark] if remark else []
    ends_at = _end(event, begin, zone)
    if ends_at < starts_at:
        notes.append("it ends before it begins: its end is not known")
        ends_at = starts_at
    original = _time(event, "RECURRENCE-ID") if series else None
    attendees = tuple(_attendees(event))
    if len(attendees) > MOST_ATTENDEES:
        notes.append(f"{len(attendees)} are invited: the first {MOST_ATTENDEES} are kept")
    subject = event.get("SUMMARY")
    status = str(event.get("STATUS", "")).upper()
    return MeetingRecord(
        key=key,
        ical_uid=clean(uid, LONGEST_UID) if uid else None,
        recurrence_at=utc(original, zone) if original is not None else None,
        starts_at=starts_at,
        ends_at=ends_at,
        all_day=all_day,
        status=MeetingStatus.CANCELLED if method == "CANCEL" else _STATUSES.get(status, MeetingStatus.CONFIRMED),
        organizer=_organizer(event),
        attendees=attendees[:MOST_ATTENDEES],
        subject=clean(str(subject)) if subject is not None else None,
        not_a_meeting=method.lower() if method in _MESSAGES else None,
        notes=tuple(notes),
    )


def _time(event: Component, name: str) -> date | datetime | None:
    value = event.get(name)
    at = getattr(value[0] if isinstance(value, list) else value, "dt", None)
    if not isinstance(at, date):
        return None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise UnreadableEventError(f"this event is in the year {at.year}")
    return at


def _end(event: Component, begin: date | datetime, zone: tzinfo) -> datetime:
    end = _time(event, "DTEND")
    if end is not None:
        return utc(end, zone)
    duration = getattr(event.get("DURATION"), "dt", None)
    if isinstance(duration, timedelta) and abs(duration) < timedelta(days=366):
        return utc(begin, zone) + duration
    return utc(begin, zone) + timedelta(days=0 if isinstance(begin, datetime) else 1)


def _organizer(event: Component) -> Mailbox | None:
    found = event.get("ORGANIZER")
    found = found[0] if isinstance(found, list) else found
    address = _address(found) if found is not None else None
    return Mailbox(address, _name(found, address)) if address else None


def _attendees(event: Component) -> Iterator[Attendee]:
    found = event.get("ATTENDEE", [])
    for one in found if isinstance(found, list) else [found]:
        address = _address(one)
        if address:
            response = _RESPONSES.get(_parameter(one, "PARTSTAT").upper(), Response.NONE)
            resource = _parameter(one, "CUTYPE").upper() in {"ROOM", "RESOURCE"}
            yield Attendee(address, _name(one, address), response, resource)


def _address(value: Any) -> str | None:
    text = clean(str(value), 1000)
    address = text[7:] if text[:7].lower() == "mailto:" else text
    if "@" not in address or ":" in address:
        # Outlook and Apple write "invalid:nomail" or an X.500 name here, and the address beside it.
        address = _parameter(value, "EMAIL")
    local, _, domain = address.strip("<> ").rpartition("@")
    if not local or not domain or " " in address or len(address) > 320:
        return None
    return f"{local}@{domain.lower()}"


def _name(value: Any, address: str) -> str:
    name = clean(_parameter(value, "CN"), 300).strip("'\"")
    return "" if name.casefold() == address.casefold() else name


def _parameter(value: Any, name: str) -> str:
    found = getattr(value, "params", {}).get(name, "")
    return str(found[0] if isinstance(found, list) and found else found)

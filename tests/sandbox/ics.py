"""The meetings of a made-up world as one iCalendar file: series with exceptions, answers, rooms and time zones."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vRecur

from models.enums import Response
from models.records import Attendee
from tests.sandbox.story import Occurrence, WorldMeeting

_PARTSTAT = {
    Response.ACCEPTED: "ACCEPTED",
    Response.TENTATIVE: "TENTATIVE",
    Response.NONE: "NEEDS-ACTION",
    Response.DECLINED: "DECLINED",
}


def calendar(meetings: Iterable[WorldMeeting]) -> bytes:
    """The whole file, with a VTIMEZONE for every zone in use."""
    made = Calendar()
    made.add("prodid", "-//keepwarm//made-up world//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", "Mira Halvorsen")
    for meeting in meetings:
        for event in _events(meeting):
            made.add_component(event)
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _events(meeting: WorldMeeting) -> Iterable[Event]:
    first = meeting.occurrences[0]
    if meeting.rrule is None:
        yield _event(meeting, first.starts_at, first.ends_at, cancelled=first.cancelled)
        return
    series = _event(meeting, meeting.starts_at, meeting.ends_at)
    series.add("rrule", vRecur.from_ical(meeting.rrule))
    for number, one in enumerate(meeting.occurrences):
        # Calendars tell a cancelled date in two ways: an exception date, or an override that says so.
        if one.cancelled and number % 2:
            series.add("exdate", _local(meeting, one.original_start))
    yield series
    for number, one in enumerate(meeting.occurrences):
        if (one.cancelled and number % 2 == 0) or one.starts_at != one.original_start or one.attendees:
            yield _override(meeting, one)


def _override(meeting: WorldMeeting, one: Occurrence) -> Event:
    changed = meeting if one.attendees is None else replace(meeting, attendees=one.attendees)
    event = _event(changed, one.starts_at, one.ends_at, cancelled=one.cancelled)
    event.add("recurrence-id", _local(meeting, one.original_start))
    return event


def _event(meeting: WorldMeeting, starts_at: datetime, ends_at: datetime, *, cancelled: bool = False) -> Event:
    event = Event()
    event.add("uid", meeting.uid)
    event.add("dtstamp", meeting.created_at)
    event.add("created", meeting.created_at)
    event.add("dtstart", _local(meeting, starts_at))
    event.add("dtend", _local(meeting, ends_at))
    event.add("summary", meeting.title)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if meeting.location:
        event.add("location", meeting.location)
    if meeting.attendees and meeting.organizer:
        organizer = vCalAddress(f"mailto:{meeting.organizer.address}")
        organizer.params["CN"] = meeting.organizer.name
        event.add("organizer", organizer)
    for one in meeting.attendees:
        event.add("attendee", _attendee(one), encode=False)
    return event


def _attendee(one: Attendee) -> vCalAddress:
    written = vCalAddress(f"mailto:{one.address}")
    written.params["CN"] = one.name
    written.params["CUTYPE"] = "ROOM" if one.resource else "INDIVIDUAL"
    written.params["ROLE"] = "REQ-PARTICIPANT"
    written.params["PARTSTAT"] = _PARTSTAT[one.response]
    return written


def _local(meeting: WorldMeeting, at: datetime) -> datetime | date:
    return at.date() if meeting.all_day else at.astimezone(ZoneInfo(meeting.zone))

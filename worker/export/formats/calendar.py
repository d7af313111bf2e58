"""Meetings as an iCalendar file, for any calendar program (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, BinaryIO

import msgspec
from icalendar import Event, vCalAddress

from worker.export.rows.columns import Column

BEGIN = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//keepwarm//export//EN\r\nCALSCALE:GREGORIAN\r\n"
END = b"END:VCALENDAR\r\n"
PARTSTAT = {"accepted": "ACCEPTED", "tentative": "TENTATIVE", "declined": "DECLINED", "none": "NEEDS-ACTION"}


def write(rows: Iterable[tuple[Any, ...]], columns: Iterable[Column], out: BinaryIO, as_of: datetime) -> int:
    """Write the meetings among rows of the interactions export, event by event, and say how many there were."""
    names = [column.name for column in columns]
    out.write(BEGIN)
    count = 0
    for row in rows:
        one = dict(zip(names, row, strict=True))
        if one["channel"] == "meeting":
            out.write(_event(one, as_of).to_ical())
            count += 1
    out.write(END)
    return count


def _event(one: dict[str, Any], as_of: datetime) -> Event:
    event = Event()
    event.add("uid", one["id"])  # of this interaction: an occurrence of a series stands for itself here
    event.add("dtstamp", as_of)
    event.add("dtstart", datetime.fromisoformat(one["occurred_at"]))
    if one["ends_at"] is not None:
        event.add("dtend", datetime.fromisoformat(one["ends_at"]))
    event.add("summary", one["subject"] or "Meeting")
    for person in msgspec.json.decode(msgspec.json.encode(one["people"])):
        address = vCalAddress(f"mailto:{person['address']}")
        if person["name"]:
            address.params["CN"] = person["name"]
        if person["role"] == "organizer":
            event.add("organizer", address)
            continue
        address.params["PARTSTAT"] = PARTSTAT.get(person["response"] or "none", "NEEDS-ACTION")
        event.add("attendee", address)
    return event

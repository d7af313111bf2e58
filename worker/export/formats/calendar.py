"""Meetings as an iCalendar file, for any calendar program (RFC 5545)."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, BinaryIO

import msgspec

from models.base import seconds
from worker.export.formats.content_lines import escaped, folded, plain, quoted
from worker.export.rows.columns import Column
from worker.export.rows.interactions import Participant
from worker.export.rows.scope import stamp

BEGIN = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//keepwarm//export//EN\r\nCALSCALE:GREGORIAN\r\n"
END = b"END:VCALENDAR\r\n"
PARTSTAT = {"accepted": "ACCEPTED", "tentative": "TENTATIVE", "declined": "DECLINED", "none": "NEEDS-ACTION"}
#: What an event is made of: the columns it needs, in the order in which they are unpacked.
NEEDED = ("id", "occurred_at", "ends_at", "subject", "people")
PEOPLE = msgspec.json.Decoder(list[Participant])
#: People whose lines are remembered: the same ones meet again and again.
REMEMBERED = 20_000


def write(rows: Iterable[tuple[Any, ...]], columns: Iterable[Column], out: BinaryIO, as_of: datetime) -> int:
    """Write rows of the interactions export, all of them meetings, event by event, and say how many there were."""
    names = [column.name for column in columns]
    cells, stamped = itemgetter(*map(names.index, NEEDED)), _moment(stamp(seconds(as_of)) or "")
    out.write(BEGIN)
    count = 0
    for row in rows:
        out.write(_event(stamped, *cells(row)))
        count += 1
    out.write(END)
    return count


def _event(stamped: str, uid: str, begins: str, ends: str | None, subject: str | None, people: Any) -> bytes:
    """Write one event; its `uid` is that of this interaction: an occurrence of a series stands for itself here."""
    until = f"DTEND:{_moment(ends)}\r\n" if ends is not None else ""
    return b"".join((
        b"BEGIN:VEVENT\r\n",
        folded(f"SUMMARY:{escaped(subject or 'Meeting')}"),
        f"DTSTART:{_moment(begins)}\r\n{until}DTSTAMP:{stamped}\r\n".encode(),
        folded(f"UID:{escaped(uid)}"),
        *sorted(map(_person, PEOPLE.decode(msgspec.json.encode(people))), key=_last),
        b"END:VEVENT\r\n",
    ))  # fmt: skip


@lru_cache(REMEMBERED)
def _person(person: Participant) -> bytes:
    name = f";CN={quoted(person.name)}" if person.name else ""
    address = plain(person.address)
    if person.role == "organizer":
        return folded(f"ORGANIZER{name}:mailto:{address}")
    answer = PARTSTAT.get(person.response or "none", "NEEDS-ACTION")
    return folded(f"ATTENDEE{name};PARTSTAT={answer}:mailto:{address}")


def _last(line: bytes) -> bool:
    """Whether this is the organizer, who stands after everyone else."""
    return line.startswith(b"O")


def _moment(at: str) -> str:
    return at.replace("-", "").replace(":", "")

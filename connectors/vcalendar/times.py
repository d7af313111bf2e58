"""Dates, times and durations of iCalendar (RFC 5545 3.3.4 to 3.3.6), lawful or nearly so."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from connectors.vcalendar.properties import Property, loose

FIRST_YEAR, LAST_YEAR = 1900, 2200
DAY = timedelta(days=1)
LONGEST = timedelta(days=366)

_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?|Z)?", re.IGNORECASE
)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?", re.IGNORECASE
)

ZoneOf = Callable[[str], tzinfo | None]
"""What a TZID means in a calendar, None where nobody knows."""


class UnreadableTimeError(ValueError):
    """A time that says nothing usable; `str(error)` is one sentence."""


class Moment(NamedTuple):
    """A time as written: on the clock of `zone` (None: of wherever one is), a day at its midnight."""

    wall: datetime
    zone: tzinfo | None
    day: bool = False

    def utc(self, zone: tzinfo = UTC) -> datetime:
        """Return it in UTC: a day begins at midnight UTC, a time without a zone is one of `zone`."""
        return in_utc(self.wall, UTC if self.day else self.zone or zone)


def in_utc(wall: datetime, zone: tzinfo) -> datetime:
    """Return a time on the clock of `zone` in UTC; what a change of clocks skips or repeats is read as 3.3.5 says."""
    return wall.replace(tzinfo=zone).astimezone(UTC)


def moment(found: Property, zone_of: ZoneOf) -> Moment:
    """Read the time of a property.

    A `Z` is UTC whatever TZID says, and a day has no zone (RFC 5545 3.2.19).

    Raises:
        UnreadableTimeError: it is none.
    """
    read = _TIME.fullmatch(found.value)
    if read is None and (again := loose(f"{found.name};{_written(found)}:{found.value}")):
        # A TZID with colons that no one quoted: what looked like the value begins within it.
        found, read = again, _TIME.fullmatch(again.value)
    if read is None:
        raise UnreadableTimeError(f"its {found.name} is not a valid time")
    tzid = found.parameters.get("TZID", "")
    try:
        at = _moment(read, as_day=found.parameters.get("VALUE", "").upper() == "DATE")
    except (ValueError, OverflowError) as error:
        raise UnreadableTimeError(f"its {found.name} is not a valid time") from error
    if not FIRST_YEAR <= at.wall.year <= LAST_YEAR:
        raise UnreadableTimeError(f"this event is in the year {at.wall.year}")
    return at if at.day or at.zone is not None or not tzid else at._replace(zone=zone_of(tzid))


def _written(found: Property) -> str:
    return ";".join(f"{name}={value}" for name, value in found.parameters.items())


def _moment(read: re.Match[str], *, as_day: bool = False) -> Moment:
    year, month, day, hour, minute, second, offset = read.groups()
    at = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - a time on the wall
    if hour is None or as_day:
        return Moment(at, None, day=True)
    if int(hour) > 24 or int(minute) > 59:
        raise ValueError
    at += timedelta(hours=int(hour), minutes=int(minute), seconds=min(int(second or 0), 59))
    return Moment(at, _offset(offset) if offset else None)


def _offset(text: str) -> tzinfo:
    if text in "Zz":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return UTC if ahead >= DAY else timezone(-ahead if text[0] == "-" else ahead)


def written(value: str) -> Moment | None:
    """Read a time that stands without a property around it, of any year: an UNTIL, a date of a zone; None if none."""
    read = _TIME.fullmatch(value.strip())
    try:
        return _moment(read) if read else None
    except (ValueError, OverflowError):
        return None


def duration(value: str) -> timedelta | None:
    """Read a duration, None if it is none or lasts longer than a year."""
    read = _DURATION.fullmatch(value.strip())
    if read is None or not any(read.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in read.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return None if length > LONGEST else -length if read[1] == "-" else length

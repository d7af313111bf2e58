"""The dates of mail: Date and Received headers and the From_ line of an mbox, as aware UTC datetimes or None."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

FIRST_YEAR, LAST_YEAR = 1970, 2100  # no mail is older; a later year is a mistake or a joke

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_ORDINARY = re.compile(
    r"\s*(?:[A-Za-z]{3},\s*)?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d)(?::(\d\d))? "
    r"(?:([+-])(\d\d)(\d\d)|GMT|UTC?)"
)
_FROM_LINE = re.compile(
    r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d)(?::(\d\d))?"
    r"(?: (?:([+-])(\d\d)(\d\d)|[A-Z]{1,5}))? (\d{4})"
)


def date_header(value: str) -> datetime | None:
    """Read a Date header; None where it names no moment between FIRST_YEAR and LAST_YEAR."""
    found = _ORDINARY.match(value)
    if found is None:
        return _tolerant(value)
    day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
    return _moment(year, _MONTHS.get(month, 0), day, hour, minute, second, sign, zone_hours, zone_minutes)


def received_header(value: str) -> datetime | None:
    """Read the moment after the last semicolon of a Received header."""
    return date_header(value[value.rfind(";") + 1 :])


def from_line(line: str) -> datetime | None:
    """Read the moment in an mbox From_ line, as UTC where it names no zone."""
    found = _FROM_LINE.search(line)
    if found is None:
        return None
    month, day, hour, minute, second, sign, zone_hours, zone_minutes, year = found.groups()
    return _moment(year, _MONTHS.get(month, 0), day, hour, minute, second, sign, zone_hours, zone_minutes)


def _moment(
    year: str,
    month: int,
    day: str,
    hour: str,
    minute: str,
    second: str | None,
    sign: str | None,
    east: str,
    minutes: str,
) -> datetime | None:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    try:
        # A leap second is written as :60.
        there = datetime(int(year), month, int(day), int(hour), int(minute), min(int(second or 0), 59), tzinfo=UTC)
    except ValueError:
        return None
    if sign is None or (east == "00" and minutes == "00"):
        return there
    offset = timedelta(minutes=int(east) * 60 + int(minutes))
    return there - offset if sign == "+" else there + offset


def _tolerant(value: str) -> datetime | None:
    try:
        parts = parsedate_tz(value[:200])
        if parts is None or not FIRST_YEAR <= parts[0] <= LAST_YEAR:
            return None
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=UTC) - timedelta(seconds=parts[9] or 0)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None

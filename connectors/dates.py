"""The dates of mail: Date and Received headers and the From_ line of an mbox, as aware UTC datetimes or None."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

FIRST_YEAR, LAST_YEAR = 1970, 2100  # no mail is older; a later year is a mistake or a joke

_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_CLOCK = r"(\d\d:\d\d(?::[0-5]\d)?)"
_ORDINARY = re.compile(rf"\s*(?:[A-Za-z]{{3}},\s*)?(\d\d?) ([A-Z][a-z]{{2}}) (\d{{4}}) {_CLOCK} ([+-]\d{{4}}|GMT|UTC?)")
_FROM_LINE = re.compile(rf"([A-Z][a-z]{{2}}) {{1,2}}(\d\d?) {_CLOCK}(?: (?:([+-]\d{{4}})|[A-Z]{{1,5}}))? (\d{{4}})")


def date_header(value: str) -> datetime | None:
    """Read a Date header; None where it names no moment between FIRST_YEAR and LAST_YEAR."""
    found = _ORDINARY.match(value)
    if found is None:
        return _tolerant(value)
    day, month, year, clock, zone = found.groups()
    return _moment(year, month, day, clock, zone)


def received_header(value: str) -> datetime | None:
    """Read the moment after the last semicolon of a Received header."""
    return date_header(value[value.rfind(";") + 1 :])


def from_line(line: str) -> datetime | None:
    """Read the moment in an mbox From_ line, as UTC where it names no zone."""
    found = _FROM_LINE.search(line)
    if found is None:
        return None
    month, day, clock, zone, year = found.groups()
    return _moment(year, month, day, clock, zone or "+0000")


def _moment(year: str, month: str, day: str, clock: str, zone: str) -> datetime | None:
    if not FIRST_YEAR <= int(year) <= LAST_YEAR or month not in _MONTHS:
        return None
    try:
        at = datetime.fromisoformat(f"{year}-{_MONTHS[month]}-{day:0>2}T{clock}{zone if zone[0] in '+-' else '+0000'}")
    except ValueError:
        return None
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def _tolerant(value: str) -> datetime | None:
    try:
        parts = parsedate_tz(value[:200])
        if parts is None or not FIRST_YEAR <= parts[0] <= LAST_YEAR:
            return None
        # A leap second is written as :60.
        return datetime(*parts[:5], min(parts[5], 59), tzinfo=UTC) - timedelta(seconds=parts[9] or 0)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None

"""The dates of mail: Date and Received headers and the From_ line of an mbox, as aware UTC datetimes or None."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from connectors.mail.encoded_words import undone
from connectors.mail.loose_dates import LONGEST, MONTHS, loose_date

FIRST_YEAR, LAST_YEAR = 1970, 2100  # no mail is older; a later year is a mistake or a joke

_MONTHS = {name.capitalize(): f"{number:02}" for name, number in MONTHS.items()}
_CLOCK = r"(\d\d:\d\d(?::[0-5]\d)?)"
# What follows the zone must not change it: "GMT+0200", "GMT -0400".
_ORDINARY = re.compile(
    rf"\s*(?:[A-Za-z]{{3}},\s*)?(\d\d?) ([A-Z][a-z]{{2}}) (\d{{4}}) {_CLOCK} ([+-]\d{{4}}|GMT|UTC?)(?! ?[\w:+-])"
)
_FROM_LINE = re.compile(rf"([A-Z][a-z]{{2}}) {{1,2}}(\d\d?) {_CLOCK}(?: (?:([+-]\d{{4}})|[A-Z]{{1,5}}))? (\d{{4}})")
MOST_TRIED = 4  # places after which a Received header may have its date


def date_header(value: str) -> datetime | None:
    """Read a Date header; None where it names no moment between FIRST_YEAR and LAST_YEAR."""
    found = _ORDINARY.match(value)
    if found is None:
        return _sane(loose_date(undone(value[:LONGEST]) if "=?" in value else value))
    day, month, year, clock, zone = found.groups()
    return _moment(year, month, day, clock, zone) or _sane(loose_date(value))


def received_header(value: str) -> datetime | None:
    """Read the moment after the last semicolon of a Received header; comments behind it may hold more of them."""
    at = value.rfind(";")
    found, tried = date_header(value[at + 1 :]), 1
    while found is None and at > 0 and tried < MOST_TRIED:
        at, tried = value.rfind(";", 0, at), tried + 1
        found = date_header(value[at + 1 :])
    return found


def from_line(line: str) -> datetime | None:
    """Read the moment in an mbox From_ line, as UTC where it names no zone."""
    found = _FROM_LINE.search(line)
    if found is None:
        return None
    month, day, clock, zone, year = found.groups()
    return _moment(year, month, day, clock, zone or "+0000")


def _moment(year: str, month: str, day: str, clock: str, zone: str) -> datetime | None:
    first = _month(year, month)
    if first is None:
        return None
    try:
        at = datetime.fromisoformat(f"{first}{day if len(day) == 2 else '0' + day}T{clock}Z")
        return at - _ahead(zone) if zone[0] in "+-" else at
    except ValueError:
        return None


@lru_cache(maxsize=2048)  # a mailbox has few
def _month(year: str, month: str) -> str | None:
    """Write a month as a date begins; None where it cannot be that of an email."""
    if not FIRST_YEAR <= int(year) <= LAST_YEAR or month not in _MONTHS:
        return None
    return f"{year}-{_MONTHS[month]}-"


@lru_cache(maxsize=256)  # there are few offsets, and `astimezone` would cost as much as all the rest
def _ahead(zone: str) -> timedelta:
    """Read an offset such as "+0200"; raises ValueError where there is no such offset."""
    return datetime.fromisoformat(f"2000-01-01T00:00{zone}").utcoffset() or timedelta()


def _sane(found: tuple[datetime, timedelta] | None) -> datetime | None:
    if found is None or not FIRST_YEAR <= found[0].year <= LAST_YEAR:
        return None
    return found[0].replace(tzinfo=UTC) - found[1]

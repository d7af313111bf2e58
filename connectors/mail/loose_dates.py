"""Dates that are not written as RFC 5322 has them: comments, GMT+0200, AM and PM, fractions, ISO 8601, asctime.

Sources: RFC 5322 sections 3.3 and 4.3 (comments anywhere, two-digit years, names of zones), RFC 3339, ECMAScript's
Date.toString() ("Tue Feb 16 2016 17:23:34 GMT+0800 (CST)"), which mailers in JavaScript write.
"""

import re
from datetime import datetime, timedelta

from connectors.mail.month_names import MONTH_NAME, MONTH_OF, plain

LONGEST = 300  # characters; more is no date

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
_HOURS = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,  # RFC 5322
    # Any other name counts as UTC by RFC 5322, "unless there is out-of-band information confirming its meaning": these
    # mean one thing only.
    "WEST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3, "MSD": 4, "JST": 9, "KST": 9, "HKT": 8, "SGT": 8, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}  # fmt: skip

_YEAR_FIRST = re.compile(
    r"(\d{4})[-/](\d\d?)[-/](\d\d?)[T\s]+(?=\d)|(\d{4})\s?[年년]\s?(\d\d?)\s?[月월]\s?(\d\d?)\s?[日일]"
)
#: Without a name of the month: the day comes first, as in RFC 5322, but where Americans put strokes between.
_DAY_FIRST = re.compile(r"(?<!\d)(\d\d?)([-./\s])(\d\d?)\2(\d{4})[,\s]+(?=\d)")
_CLOCK = re.compile(
    r"(?<![\d+-])(\d\d?)\s?[:.]\s?(\d\d?)(?:\s?[:.]\s?(\d\d?))?(?:[.,]\d{1,9})?\s*(?:([AaPp])\.?[Mm]\b\.?)?(?![\d:])"
)
_OFFSET = re.compile(r"([+-])(\d\d?):?(\d\d)(?!\d)|([+-])(\d\d?)(?!\d)")
_SIGNS = frozenset("+-")
_ZONE = re.compile(r"\b[A-Z]{2,5}\b")
_ZULU = re.compile(r"^\s*[A-Z]\b")  # one character: RFC 3339's Z, and the military zones
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(\d{4}|\d{2,3})(?!\d)")
#: An offset whose sign was lost, as "+" is in web forms.
_UNSIGNED = re.compile(r"\s*(0\d|1[0-4])(00|30|45)\s*")


def loose_date(value: str) -> tuple[datetime, timedelta] | None:
    """Read the local moment a date names and how far that is ahead of UTC; None where it is no date."""
    text = without_comments(value[:LONGEST])
    numbers = _in_numbers(text)
    clock = _CLOCK.search(text, numbers[1] if numbers else 0)
    rest = text[clock.end() :] if clock else ""
    if clock and numbers:
        date = numbers[0]
    elif (found := _date_of(text[: clock.start()] if clock else text, rest)) is None:
        return None
    else:
        date, rest = found
    try:
        # Its zone is the other half of what is given; 24:00 is the midnight that ends the day, which begins at 0:00.
        at = datetime(*date) + timedelta(seconds=_seconds_of(clock) if clock else 0)  # noqa: DTZ001 - a local time
        return at, _ahead(rest)
    except (ValueError, OverflowError):
        return None


def _in_numbers(text: str) -> tuple[tuple[int, int, int], int] | None:
    """Find a date that is written in numbers alone: year, month and day, and where it ends."""
    if found := _YEAR_FIRST.search(text):
        year, month, day = (int(group) for group in found.groups() if group)
        return (year, month, day), found.end()
    if found := _DAY_FIRST.search(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        american = second > 12 or (found[2] == "/" and first <= 12)
        return (year, first, second) if american else (year, second, first), found.end()
    return None


def names_zone(value: str) -> bool:
    """Whether a date says how far it is from UTC: without that, it is a time of day somewhere on earth."""
    if value[-6:-5] == " " and value[-5:-4] in _SIGNS and value[-4:].isdecimal() and len(value) <= LONGEST:
        return True  # decided fast: nearly every date ends in its offset
    clock = _CLOCK.search(value[:LONGEST])
    if clock is None:
        return False
    rest = value[clock.end() : LONGEST]
    return any(pattern.search(rest) for pattern in (_OFFSET, _ZONE, _ZULU)) or _UNSIGNED.fullmatch(rest) is not None


def without_comments(text: str) -> str:
    """Return `text` with each comment, nested ones and one that never ends included, replaced by a blank."""
    if "(" not in text:
        return text
    kept, depth = [], 0
    for piece in re.split(r"(\\.|[()])", text):
        if piece == "(":
            depth += 1
        elif piece == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(piece)
        if piece == ")":
            kept.append(" ")
    return "".join(kept)


def _date_of(before: str, after: str) -> tuple[tuple[int, int, int], str] | None:
    """Find day, month and year around the clock, and what is left after it to name the zone."""
    before = plain(before)
    # the last one: "mar" is a Tuesday in French, Italian and Spanish
    month = max(MONTH_NAME.finditer(before), key=re.Match.start, default=None)
    if month is None:
        return None
    around = f"{before[: month.start()]} | {before[month.end() :]}"
    day = _DAY.search(around)
    if day is None:
        return None
    left = around[: day.start()] + " " + around[day.end() :]
    year = _YEAR.search(left)
    if year is None:  # asctime: the year comes last
        year = re.search(r"(?<![\d+:-])(\d{4})(?![\d:])", after)
        if year is None:
            return None
        after = f"{after[: year.start()]} {after[year.end() :]}"
    return (_century(year[1]), MONTH_OF[month[1].lower()], int(day[1])), after


def _century(year: str) -> int:
    """Read a year of two or three digits (RFC 5322 section 4.3)."""
    number = int(year)
    if len(year) == 4:
        return number
    return number + (2000 if len(year) == 2 and number < 50 else 1900)


def _seconds_of(clock: re.Match[str]) -> int:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if half := clock[4]:
        hour = hour % 12 + (12 if half in "pP" else 0)
    if minute > 59 or second > 60 or hour * 3600 + minute * 60 > 86400:
        raise ValueError("no time of day")
    return hour * 3600 + minute * 60 + min(second, 59)  # a leap second is written as :60


def _ahead(rest: str) -> timedelta:
    """Read a zone: an offset goes before a name ("GMT+0200", "EDT -0400"), and one that cannot be is none."""
    if found := _OFFSET.search(rest):
        sign, hours, minutes = (found[1], int(found[2]), int(found[3])) if found[1] else (found[4], int(found[5]), 0)
        if hours <= 15 and minutes < 60:
            return timedelta(hours=hours, minutes=minutes) * (-1 if sign == "-" else 1)
        return timedelta()
    if found := _UNSIGNED.fullmatch(rest):
        return timedelta(hours=int(found[1]), minutes=int(found[2]))
    named = _ZONE.search(rest)
    return timedelta(hours=_HOURS.get(named[0], 0)) if named else timedelta()

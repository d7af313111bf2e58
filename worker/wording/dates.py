"""Dates in words, as a reader in their own time zone writes them: "25 October", with the year only if it is another."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def place(zone: str) -> ZoneInfo:
    """Look up an IANA time zone; an unknown name gives UTC."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a name too long for a file
        return ZoneInfo("UTC")


def date(at: datetime, as_of: datetime, zone: str) -> str:
    """Write a date: "25 October", or "25 October 2025" if it is not in the year of `as_of`.

    Args:
        at: the moment; any time zone.
        as_of: the reader's present.
        zone: the reader's time zone (IANA).
    """
    there, now = at.astimezone(place(zone)), as_of.astimezone(place(zone))
    return f"{there.day} {there:%B}{_year(there, now)}"


def short_date(at: datetime, as_of: datetime, zone: str) -> str:
    """Write a date for a table: "25 Oct", with the year if it is not the year of `as_of`."""
    there, now = at.astimezone(place(zone)), as_of.astimezone(place(zone))
    return f"{there.day} {there:%b}{_year(there, now)}"


@lru_cache(maxsize=4096)
def spoken(iso: str, year: int | None = None) -> str:
    """Write a day or a month as one says it: "25 October" for 2026-10-25, "October 2025" for 2025-10.

    Args:
        iso: a day or a month; anything else is given as it is.
        year: the reader's present year, which a day needn't name.
    """
    try:
        there = datetime.fromisoformat(iso if len(iso) != len("2026-10") else f"{iso}-01")
    except ValueError:
        return iso
    if len(iso) == len("2026-10"):
        return f"{there:%B %Y}"
    return f"{there.day} {there:%B}{'' if there.year == year else f' {there.year}'}"


def day(at: datetime, as_of: datetime, zone: str) -> str:
    """Write a day within a sentence: "today", "yesterday", "on Tuesday" (of the last week), "on 9 September"."""
    there, now = at.astimezone(place(zone)), as_of.astimezone(place(zone))
    gone = (now.date() - there.date()).days
    if gone in {0, 1}:
        return ("today", "yesterday")[gone]
    return f"on {there:%A}" if 1 < gone < 7 else f"on {date(at, as_of, zone)}"


def moment(at: datetime, as_of: datetime, zone: str) -> str:
    """Write a date and a time: "today, 14:05", "25 October, 09:30"."""
    there, now = at.astimezone(place(zone)), as_of.astimezone(place(zone))
    on = "today" if there.date() == now.date() else date(at, as_of, zone)
    return f"{on}, {there:%H:%M}"


def _year(there: datetime, now: datetime) -> str:
    return "" if there.year == now.year else f" {there.year}"

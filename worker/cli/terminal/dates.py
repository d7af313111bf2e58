"""Days and lengths of time as people type them."""

import re
from datetime import UTC, date, datetime, timedelta

import typer

from worker.wording.dates import place

_LENGTH = re.compile(r"^(\d{1,4})\s*(d|w|m|y)[a-z]*$")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def parse_day(text: str | None, zone: str, option: str) -> datetime | None:
    """Read a day (its beginning in the user's zone) or an RFC 3339 moment.

    Raises:
        BadParameter: it is neither.
    """
    if text is None:
        return None
    try:
        said = text.strip()
        if len(said) == 10:
            day = date.fromisoformat(said)
            at = datetime(day.year, day.month, day.day, tzinfo=place(zone))
        else:
            at = datetime.fromisoformat(said)
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
        if not 1 < at.year < 9999:
            raise ValueError(said)  # noqa: TRY301 - reported like any other bad date
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} isn't a date. Write a day like 2026-11-20, or a moment like 2026-11-20T09:00:00Z.",
            param_hint=option,
        ) from None
    return at.astimezone(UTC)


def parse_length(text: str, option: str) -> timedelta:
    """Read a length of time such as 10d, 4w, 3m or 1y.

    Raises:
        BadParameter: it is none.
    """
    found = _LENGTH.match(text.strip().lower())
    if not found or not int(found[1]):
        raise typer.BadParameter(
            f"{text!r} isn't a length of time. Write it like 10d, 4w, 3m or 1y.", param_hint=option
        )
    return timedelta(days=int(found[1]) * _DAYS[found[2]])

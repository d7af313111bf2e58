"""What an export covers, and the way its moments are written."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from models.base import moment


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose history, as of when, and which part of it: `since` <= occurred < `until`, with one person or all."""

    user_id: int
    now: datetime
    since: datetime | None = None
    until: datetime | None = None
    person: str | None = None  # a person's key


@lru_cache(maxsize=16384)
def _day(day: int) -> str:
    return moment(day * 86400).strftime("%Y-%m-%dT")


_MINUTES = tuple(f"{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60))
_SECONDS = tuple(f"{second:02}Z" for second in range(60))


def stamp(at: int | None) -> str | None:
    """Write seconds since 1970 UTC in RFC 3339, for years 1970 to 9999."""
    if at is None:
        return None
    day, second = divmod(at, 86400)
    minute, second = divmod(second, 60)
    return _day(day) + _MINUTES[minute] + _SECONDS[second]

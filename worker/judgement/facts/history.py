"""One person's touches by day: the only thing that judgement is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from models.enums import Touch

#: seconds
DAY = 86_400
#: 1970-01-01 as a proleptic ordinal
EPOCH = 719_163

MAILS = frozenset({Touch.OUT_ONE, Touch.OUT, Touch.IN_ONE, Touch.IN})
#: a talk the user noted counts as meeting, though no calendar shows it
MEETINGS = frozenset({Touch.MET_ONE, Touch.MET, Touch.EXPECTED, Touch.TALKED})
#: meetings that both said they would come to
AGREED = frozenset({Touch.MET_ONE, Touch.MET, Touch.TALKED})
COPIES = frozenset({Touch.OUT_COPY, Touch.IN_COPY})
#: what breaks a silence; copies, crowds and unanswered invitations do not
DIRECT = MAILS | MEETINGS
ALONE = frozenset({Touch.OUT_ONE, Touch.IN_ONE, Touch.MET_ONE, Touch.EXPECTED, Touch.TALKED})
OUTWARD = frozenset({Touch.OUT_ONE, Touch.OUT})
INWARD = frozenset({Touch.IN_ONE, Touch.IN})
#: the user acted: an absence is a time without these
ACTIVE = OUTWARD | MEETINGS | {Touch.OUT_COPY}


class Span(NamedTuple):
    """The first and the last day of a mail thread between the two (UTC day numbers)."""

    first: int
    last: int


class Day(NamedTuple):
    """How often one kind of touch happened on one UTC day (days since 1970-01-01)."""

    day: int
    touch: Touch
    count: int  # type: ignore[assignment] # tuple.count is never wanted here


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one person as of `now`; nothing later is in it, except a booked meeting."""

    days: Sequence[Day]  # sorted by (day, touch)
    first_at: datetime | None = None
    last_at: datetime | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    last_met_at: datetime | None = None
    last_talked_at: datetime | None = None  # as the user said
    next_meeting_at: datetime | None = None  # booked, not yet over
    introduced_by: str | None = None
    introduced_at: datetime | None = None
    evidence: Sequence[str] = ()  # ids of the newest interactions, newest first
    threads: Sequence[Span] = ()  # of mail between the two, those that run over several days
    machine: str = ""  # why this is no person, in words: a help desk, a group; "" for a person
    outsider: bool | None = None  # what they write of others is no fact, as far as was found out; None: not yet
    kept: bool = False  # the user said that this is a relationship


def day_of(at: datetime) -> int:
    """The UTC day number of an instant."""
    return int(at.timestamp()) // DAY


def at_day(day: int) -> datetime:
    """Midnight UTC of a day."""
    return datetime.fromtimestamp(day * DAY, UTC)


@lru_cache(maxsize=16384)
def date_of(day: int) -> str:
    """A day as one writes it: 2026-03-04."""
    return date.fromordinal(day + EPOCH).isoformat()


def monday(day: int) -> int:
    """The Monday on or before a day: the fixed grid on which depth ages and stages change."""
    return day - (day + 3) % 7


def contact_days(days: Iterable[Day]) -> list[int]:
    """The distinct days with a direct touch, ascending."""
    return list(dict.fromkeys([day for day, touch, _ in days if touch in DIRECT]))

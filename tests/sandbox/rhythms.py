"""When people in a made-up world touch: days drawn from a rhythm, hours from a working life."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
GAPS = {  # the usual gap in days, and how far single gaps stray from it (sigma of their logarithm)
    "weekly": (7.0, 0.35),
    "fortnightly": (14.0, 0.4),
    "monthly": (30.0, 0.35),
    "quarterly": (91.0, 0.25),
    "yearly": (365.0, 0.02),
    "burst": (3.0, 0.6),
    "once": (400.0, 0.5),
}
_PROJECT, _PAUSE = 42 * DAY, 130 * DAY


def days(rng: random.Random, rhythm: str, began: datetime, ended: datetime, stretch: float = 1.0) -> Iterator[datetime]:
    """The moments at which a conversation starts, from `began` until before `ended`.

    A burst rhythm runs for six weeks and then pauses for about four months; `stretch` lengthens every gap.
    """
    gap, spread = GAPS[rhythm]
    at, project_ends = began, began + _PROJECT
    while at < ended:
        yield working_hour(rng, at)
        at += DAY * (gap * stretch * rng.lognormvariate(0, spread))
        if rhythm == "burst" and at > project_ends:
            at += _PAUSE * rng.uniform(0.7, 1.3)
            project_ends = at + _PROJECT


def working_hour(rng: random.Random, day: datetime) -> datetime:
    """A moment on `day` between eight and nineteen o'clock at home; a weekend mostly moves to the Friday before."""
    local = day.astimezone(HOME)
    if local.weekday() > 4 and rng.random() < 0.85:
        local -= DAY * (local.weekday() - 4)
    hour = min(18, max(8, round(rng.gauss(12.5, 3))))
    local = local.replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60), microsecond=0)
    return local.astimezone(UTC)


def reply_delay(rng: random.Random) -> timedelta:
    """How long an answer takes: hours as a rule, days now and then."""
    return timedelta(seconds=min(9 * 86400, int(rng.lognormvariate(9.6, 1.3)) + 120))


def at_home(day: datetime, hour: int, minute: int = 0) -> datetime:
    """That hour of that day on the owner's own clock, in UTC."""
    local = day.astimezone(HOME).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return local.astimezone(UTC)

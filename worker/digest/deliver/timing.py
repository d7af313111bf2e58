"""When a digest is due: pure arithmetic on the reader's own calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from worker.network.season.quarters import quarter_of
from worker.wording.dates import place

WEEK = timedelta(days=7)
#: For how long a season is still worth looking back on, once its digest was due.
SEASON = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A week where the reader is, such as 2026-W47, or a quarter, such as 2026-Q3; and when (UTC) its digest is due."""

    period: str
    due_at: datetime


def occasion(now: datetime, zone: str, weekday: int, hour: int) -> Occasion | None:
    """Find the latest occasion that has come; None for a weekday outside 0..6: no digests are wanted.

    An hour that the clocks skip is due when it would have been; one that comes twice is due the first time.
    """
    if not 0 <= weekday <= 6:
        return None
    today = now.astimezone(place(zone)).date()
    monday = today - timedelta(days=today.weekday())
    due_at = _due(monday, zone, weekday, hour)
    if due_at > now:
        monday -= WEEK
        due_at = _due(monday, zone, weekday, hour)
    year, week, _ = monday.isocalendar()
    return Occasion(f"{year}-W{week:02}", due_at)


def season_occasion(now: datetime, zone: str, weekday: int, hour: int) -> Occasion | None:
    """Find the season whose digest is due; None while there is none, and for who wants no digests.

    It comes in the first whole week of a quarter, the day after the digest: never both on one day.
    """
    if not 0 <= weekday <= 6:
        return None
    today = now.astimezone(place(zone)).date()
    first = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    monday = first + timedelta(days=-first.weekday() % 7)
    due_at = _due(monday, zone, (weekday + 1) % 7, hour)
    if not due_at <= now < due_at + SEASON:
        return None
    return Occasion(quarter_of(datetime.combine(first, time(12), UTC)).before.key, due_at)


def _due(monday: date, zone: str, weekday: int, hour: int) -> datetime:
    day = monday + timedelta(days=weekday)
    return datetime.combine(day, time(min(23, max(0, hour))), place(zone)).astimezone(UTC)

"""When a digest is due: pure arithmetic on the reader's own calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from worker.wording.dates import place

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A week where the reader is, such as 2026-W47, and the moment (UTC) its letter is due."""

    period: str
    due_at: datetime


def occasion(now: datetime, zone: str, weekday: int, hour: int) -> Occasion | None:
    """Find the latest occasion that has come; None for a weekday outside 0..6: no letters are wanted.

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


def _due(monday: date, zone: str, weekday: int, hour: int) -> datetime:
    day = monday + timedelta(days=weekday)
    return datetime.combine(day, time(min(23, max(0, hour))), place(zone)).astimezone(UTC)

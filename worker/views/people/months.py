"""Contact counted by month, for charts."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from worker.wording.dates import place

#: Months that a chart shows.
MONTHS = 24


def by_month(times: Iterable[datetime], as_of: datetime, zone: str, months: int = MONTHS) -> tuple[int, ...]:
    """Count how many of `times` fall in each of the last `months` months of the reader's calendar."""
    here = place(zone)
    counts = Counter(at.year * 12 + at.month for at in (time.astimezone(here) for time in times))
    there = as_of.astimezone(here)
    last = there.year * 12 + there.month
    return tuple(counts[month] for month in range(last - months + 1, last + 1))

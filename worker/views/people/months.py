"""Contact counted by month, for charts."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from worker.wording.dates import place

#: Months that a chart shows.
MONTHS = 24


def by_month(times: Iterable[int], as_of: datetime, zone: str, months: int = MONTHS) -> tuple[int, ...]:
    """Count how many of `times` (seconds since 1970) fall in each of the last `months` of the reader's calendar."""
    here = place(zone)
    there = as_of.astimezone(here)
    last = there.year * 12 + there.month - 1  # months since the year 0
    starts = [
        datetime(month // 12, month % 12 + 1, 1, tzinfo=here).timestamp()
        for month in range(last - months + 1, last + 2)
    ]
    counts = Counter(bisect_right(starts, at) for at in times)
    return tuple(counts[number] for number in range(1, months + 1))

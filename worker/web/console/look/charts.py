"""Charts as plain values for SVG templates: where each bar and point lies (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.wording.dates import place

#: The canvas of a chart, in units of its view box.
WIDTH, HEIGHT, FOOT = 640, 120, 20


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: where its bar lies, what it counts, and how it is called."""

    x: float
    y: float
    width: float
    height: float
    count: int
    month: str  # "March 2026"
    year: str  # below the bar of a January, else ""


def bars(counts: Sequence[int], as_of: datetime, zone: str) -> list[Bar]:
    """Lay out the months of contact, the month of `as_of` last; a month without contact keeps a thin line."""
    there = as_of.astimezone(place(zone))
    last = there.year * 12 + there.month - 1
    step = WIDTH / max(1, len(counts))
    most = max([*counts, 1])
    found = []
    for number, count in enumerate(counts):
        year, month = divmod(last - len(counts) + 1 + number, 12)
        height = max(5.0, count / most * HEIGHT) if count else 2.0
        called = there.replace(year=year, month=month + 1, day=1)
        x, y = round(number * step + step * 0.15, 1), round(HEIGHT - height, 1)
        under = str(year) if month == 0 else ""
        found.append(Bar(x, y, round(step * 0.7, 1), round(height, 1), count, f"{called:%B %Y}", under))
    return found


def points(
    pairs: Sequence[tuple[float, float]], width: float = 320.0, height: float = 180.0
) -> list[tuple[float, float]]:
    """Place pairs of shares (0 to 1) in a rectangle whose origin is at the bottom left."""
    return [(round(x * width, 1), round(height - y * height, 1)) for x, y in pairs]

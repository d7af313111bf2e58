"""Which spans of the calendar are due for reading: near ones each time, old ones rarely (pure)."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from connectors.base import Window

#: The length of a window; all windows lie on one fixed grid, so that they stay the same from one reading to the next.
LENGTH = timedelta(days=28)
GRID = datetime(2001, 1, 1, tzinfo=UTC)
#: How far ahead booked meetings are read.
AHEAD = timedelta(days=196)
#: Windows that end less than this long ago are read each time.
READ_EACH_TIME = timedelta(days=28)
#: (ended at most so long ago, read again after): how often older windows are read.
REREAD_AFTER = ((timedelta(days=120), timedelta(days=1)), (timedelta(days=400), timedelta(days=7)))
REREAD_OLDEST_AFTER = timedelta(days=30)


def grid(since: datetime, now: datetime) -> list[Window]:
    """Every window from `since` to as far ahead as is read, the nearest to `now` first."""
    index = (since - GRID) // LENGTH
    windows = []
    while (start := GRID + index * LENGTH) < now + AHEAD:
        windows.append(Window(start, start + LENGTH))
        index += 1
    return sorted(windows, key=lambda window: (abs(window.start + LENGTH / 2 - now), window.start))


def due(windows: Sequence[Window], read_at: Mapping[str, int], now: datetime) -> list[Window]:
    """The windows to read at `now`; `read_at` says when (seconds UTC) each was read last, by `name`.

    A clock that was ahead has noted times that are yet to come: nothing is known of what was read then.
    """
    at = now.timestamp()
    return [window for window in windows if not 0 <= at - read_at.get(name(window), 0) < _reread_after(window, now)]


def named(name: str) -> Window:
    """The window of that name.

    Raises:
        ValueError, OverflowError: there is none.
    """
    start = GRID + int(name) * LENGTH
    return Window(start, start + LENGTH)


def name(window: Window) -> str:
    """A window's name in a cursor: its place on the grid."""
    return str((window.start - GRID) // LENGTH)


def _reread_after(window: Window, now: datetime) -> float:
    ago = now - window.end
    if ago < READ_EACH_TIME:
        return 0.0
    return next((rest for age, rest in REREAD_AFTER if ago < age), REREAD_OLDEST_AFTER).total_seconds()

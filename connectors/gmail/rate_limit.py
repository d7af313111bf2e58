"""How fast one account may be asked: so many units in any sixty seconds, and silence while a pause is running."""

import math
import threading
import time
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from connectors.errors import QuotaSpent
from connectors.findings import Finding

if TYPE_CHECKING:
    from connectors.gmail.calendar.client import CalendarEntry

#: The span Google counts in, in seconds, with a little for clocks that do not agree.
WINDOW = 60.05
#: The share of an allowance that is used: someone may be connecting the same account again.
SHARE = 0.99
#: Units that a batch should be worth if more is to be spent: the rest of a minute is not spent on tiny batches.
SMALLEST_BATCH = 200
#: Requests a minute that the Calendar API allows one user; each counts as one unit.
CALENDAR_REQUESTS = 600


@dataclass(frozen=True, slots=True)
class Units:
    """What Gmail charges for each call, and how much it allows one user a minute."""

    message: int = 20
    thread: int = 40
    page: int = 5
    history: int = 2
    profile: int = 1
    sending: int = 100
    per_minute: int = 6000


class RateLimiter:
    """Shared by everything in this process that reads one account; `clock` counts seconds and never goes back."""

    def __init__(
        self,
        per_minute: int,
        *,
        max_wait: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Allow `per_minute` units in any sixty seconds; a page's units are waited for up to `max_wait` seconds."""
        self.per_minute = per_minute
        self.max_wait = max_wait
        self.clock = clock
        self.sleep = sleep
        self._lock = threading.Lock()
        self._recent: deque[tuple[float, int]] = deque()
        self._running = 0
        self._until = 0.0

    @contextmanager
    def acquire(self, *costs: int) -> Iterator[int]:
        """Wait until there are units for the first of these calls, and give how many calls they pay for.

        The units count from the end of the calls, for that is when Google has counted them for certain.
        """
        while not (taken := self._reserve(costs))[0]:
            self.sleep(max(taken[1], 0.001))  # of two moments less than that apart, arithmetic may make one
        number = taken[0]
        units = sum(costs[:number])
        try:
            yield number
        finally:
            with self._lock:
                self._running -= units
                self._recent.append((self.clock(), units))

    def require(self, units: int) -> None:
        """Ask before a page that will cost so much, so that no one waits for it here who could read something else.

        Raises:
            QuotaSpent: the units are not available within `max_wait`.
        """
        with self._lock:
            now = self.clock()
            over = self._running + sum(part for _, part in self._recent) + min(units, self.per_minute) - self.per_minute
            wait = 0.0
            for at, part in self._recent:
                if over <= 0:
                    break
                over, wait = over - part, at + WINDOW - now
            if wait > self.max_wait:
                raise QuotaSpent("google.units_spent", retry_after=wait)

    def usage(self) -> list[tuple[float, int]]:
        """What was spent in the last minute: when the calls ended, by `clock`, and their units."""
        with self._lock:
            return [(at, units) for at, units in self._recent if at > self.clock() - WINDOW]

    def restore(self, spent: Iterable[tuple[float, int]]) -> None:
        """Begin with what others have spent, as they remembered it."""
        with self._lock:
            now = self.clock()
            self._recent = deque(sorted((min(at, now), units) for at, units in spent))

    def pause(self, seconds: float) -> None:
        """Let nothing start for so long; a longer pause that is already running stays."""
        with self._lock:
            self._until = max(self._until, self.clock() + seconds)

    def used(self) -> int:
        """The units of the last minute, running calls included."""
        with self._lock:
            return self._running + sum(units for at, units in self._recent if at > self.clock() - WINDOW)

    def _reserve(self, costs: Sequence[int]) -> tuple[int, float]:
        """Take units for as many calls as there are any for: their number, or 0 and the seconds to wait."""
        with self._lock:
            now = self.clock()
            if self._until > now:
                return 0, self._until - now
            while self._recent and self._recent[0][0] <= now - WINDOW:
                self._recent.popleft()
            spent = self._running + sum(part for _, part in self._recent)
            sums = list(accumulate(costs))
            number = bisect_right(sums, self.per_minute - spent)
            if spent == 0:
                number = max(number, 1)  # what is dearer than a whole minute is made alone
            if number and sums[number - 1] >= min(SMALLEST_BATCH, sums[-1]):
                self._running += sums[number - 1]
                return number, 0.0
            return 0, self._recent[0][0] + WINDOW - now if self._recent else 0.05


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What all connectors of one Google account share for as long as the process lives: its quotas, and its calendars.

    The list of calendars is here so that it is asked for once, not once a calendar.
    """

    units: Units
    mail: RateLimiter
    calendar: RateLimiter
    calendars: Finding["list[CalendarEntry]"] = field(default_factory=Finding)

    @classmethod
    def of(
        cls,
        units: Units,
        *,
        max_wait: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> "RateLimits":
        """Make the limits for a budget."""
        mail, calendar = (round(SHARE * whole) for whole in (units.per_minute, CALENDAR_REQUESTS))
        return cls(
            units,
            RateLimiter(mail, max_wait=max_wait, clock=clock, sleep=sleep),
            RateLimiter(calendar, max_wait=max_wait, clock=clock, sleep=sleep),
        )

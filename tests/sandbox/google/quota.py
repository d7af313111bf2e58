"""Quota as Google counts it: units in any sixty seconds, per user and API; over it, a refusal."""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.sandbox.google.wire import Refusal

UNITS: Mapping[str, int] = {
    "gmail.messages.get": 20,
    "gmail.messages.list": 5,
    "gmail.messages.send": 100,
    "gmail.threads.get": 40,
    "gmail.threads.list": 10,
    "gmail.history.list": 2,
    "gmail.getProfile": 1,
    "gmail.watch": 100,
    "gmail.labels.list": 1,
    "gmail.labels.get": 1,
    "calendar.events.list": 1,
    "calendar.calendarList.list": 1,
}
LIMITS: Mapping[str, int] = {"gmail": 6000, "calendar": 600}


@dataclass
class Quota:
    """Counts what each user spends; `spent` is everything ever charged, `refused` how often it was too much."""

    clock: Callable[[], float]
    limits: dict[str, int] = field(default_factory=lambda: dict(LIMITS))
    spent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    calls: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    refused: int = 0
    _recent: dict[str, deque[tuple[float, int]]] = field(default_factory=lambda: defaultdict(deque))
    _sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def charge(self, address: str, method: str) -> None:
        """Charge one call.

        Raises:
            Refusal: the minute's units are used up.
        """
        api = method.partition(".")[0]
        account, units, now = f"{api}:{address}", UNITS[method], self.clock()
        recent = self._recent[account]
        while recent and recent[0][0] <= now - 60:
            self._sums[account] -= recent.popleft()[1]
        if self._sums[account] + units > self.limits[api]:
            self.refused += 1
            status = 429 if api == "gmail" else 403
            message = "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'"
            raise Refusal(status, "rateLimitExceeded", message, domain="usageLimits")
        recent.append((now, units))
        self._sums[account] += units
        self.spent[api] += units
        self.calls[method] += 1

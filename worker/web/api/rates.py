"""Rate limits: so many requests a minute for each token, and few wrong tokens from one address."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

#: Callers that are remembered: whoever asked longest ago is forgotten first.
REMEMBERED = 10_000


@dataclass
class Rates:
    """A bucket for each caller that fills again evenly: `most` at once, and `most` in a minute."""

    most: int
    clock: Callable[[], float] = time.monotonic
    buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)  # caller -> left, when
    lock: Lock = field(default_factory=Lock)

    def take(self, caller: str, *, peek: bool = False) -> float:
        """Take one request of a caller's; returns the seconds to wait, 0.0 if it is let in. `peek` takes nothing."""
        now = self.clock()
        with self.lock:
            left, at = self.buckets.pop(caller, (float(self.most), now))
            left = min(float(self.most), left + (now - at) * self.most / 60.0)
            wait = 0.0 if left >= 1.0 else (1.0 - left) * 60.0 / self.most
            self.buckets[caller] = (left if wait or peek else left - 1.0, now)
            while len(self.buckets) > REMEMBERED:
                self.buckets.popitem(last=False)
        return wait

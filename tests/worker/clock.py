"""A clock that stands still until it is set."""

from dataclasses import dataclass
from datetime import datetime

from tests.worker.homes import NOW


@dataclass
class Clock:
    """Gives `now`, which a test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

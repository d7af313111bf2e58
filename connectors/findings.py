"""What one connector of an account has found out, kept for a while for the account's other connectors."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


class Finding(Generic[T]):
    """One answer of a provider that all connectors of an account in this process share; safe between threads."""

    def __init__(self, lasts: timedelta = timedelta(hours=1)) -> None:
        """Keep an answer as long as `lasts`."""
        self.lasts = lasts
        self._lock = threading.Lock()
        self._found: tuple[datetime, T] | None = None

    def get(self, ask: Callable[[], T], now: datetime, *, refresh: bool = False) -> T:
        """Return the answer, asked for by `ask` if there is none that is young enough, or if it is wanted `refresh`.

        Whoever comes while another asks waits for that answer.
        """
        with self._lock:
            if refresh or self._found is None or not timedelta(0) <= now - self._found[0] <= self.lasts:
                self._found = now, ask()
            return self._found[1]

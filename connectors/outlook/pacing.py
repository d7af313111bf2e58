"""How fast one mailbox may be asked: four requests at a time, and silence until a pause that was asked for is over."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connectors.errors import RateLimited

#: Outlook's own limit per application and mailbox.
CONCURRENT = 4
#: A longer pause is not sat out but handed to the worker as RateLimited, in seconds.
PATIENCE = 20.0


class Pacer:
    """Shared by everything in this process that reads one account; `clock` counts seconds and never goes back."""

    def __init__(
        self,
        *,
        concurrent: int = CONCURRENT,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.concurrent = threading.BoundedSemaphore(concurrent)
        self.patience = patience
        self.clock = clock
        self.sleep = sleep
        self._lock = threading.Lock()
        self._until = 0.0

    @contextmanager
    def slot(self) -> Iterator[None]:
        """One request's place: entered when a slot is free and no pause is running.

        Raises:
            RateLimited: the pause is longer than `patience`.
        """
        while True:
            self.rest()
            with self.concurrent:
                if self.left() > 0:  # a refusal came while this one waited for its place
                    continue
                yield
                return

    def rest(self) -> None:
        """Sit out the pause that is running, if any.

        Raises:
            RateLimited: it is longer than `patience`.
        """
        while (left := self.left()) > 0:
            if left > self.patience:
                raise RateLimited(f"Microsoft asks for a pause of {left:.0f} seconds.", retry_after=left)
            self.sleep(left)

    def pause(self, seconds: float) -> None:
        """Let nothing start for so long; a longer pause that is already running stays."""
        with self._lock:
            self._until = max(self._until, self.clock() + seconds)

    def left(self) -> float:
        """The seconds that are left of the pause."""
        with self._lock:
            return self._until - self.clock()


_shared: dict[str, Pacer] = {}
_sharing = threading.Lock()


def pacer_of(account: str) -> Pacer:
    """The one pacer of an account in this process; a pause outlives the connector that was told of it."""
    with _sharing:
        return _shared.setdefault(account, Pacer())

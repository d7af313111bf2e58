"""How fast one mailbox may be asked: four requests at a time, and silence until a pause that was asked for is over."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from connectors.errors import RateLimited

#: Outlook's own limit per application and mailbox.
CONCURRENT = 4
#: A longer pause is not waited out but handed to the worker as RateLimited, in seconds.
MAX_WAIT = 20.0


class Pause(Protocol):
    """The pause of one account: set by whoever was asked for it, kept by all who read the account."""

    def left(self) -> float:
        """The seconds that are left of it; none or fewer if there is none."""
        ...

    def extend(self, seconds: float) -> None:
        """Let it last for so long from now; a longer one that is already running stays."""
        ...


class LocalPause:
    """A pause that only this process knows; `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._lock = threading.Lock()
        self._until = 0.0

    def left(self) -> float:
        """The seconds that are left of it."""
        with self._lock:
            return self._until - self.clock()

    def extend(self, seconds: float) -> None:
        """Let it last for so long from now."""
        with self._lock:
            self._until = max(self._until, self.clock() + seconds)


class RateLimiter:
    """Shared by everything in this process that reads one account, and by all processes as far as its `pause` is.

    `folder_sizes` (folder id -> messages in it) is here so that folders are listed once, not once a stream.
    """

    def __init__(
        self,
        *,
        concurrent: int = CONCURRENT,
        max_wait: float = MAX_WAIT,
        pause: Pause | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.concurrent = threading.BoundedSemaphore(concurrent)
        self.max_wait = max_wait
        self.sleep = sleep
        self._pause = pause or LocalPause(clock)
        self.folder_sizes: dict[str, int] = {}

    @contextmanager
    def slot(self) -> Iterator[None]:
        """One request's place: entered when a slot is free and no pause is running.

        Raises:
            RateLimited: the pause is longer than `max_wait`.
        """
        while True:
            self.wait()
            with self.concurrent:
                if self.left() > 0:  # a refusal came while this one waited for its place
                    continue
                yield
                return

    def wait(self) -> None:
        """Sit out the pause that is running, if any.

        Raises:
            RateLimited: it is longer than `max_wait`.
        """
        while (left := self.left()) > 0:
            if left > self.max_wait:
                raise RateLimited("microsoft.too_many_requests", retry_after=left)
            self.sleep(left)

    def pause(self, seconds: float) -> None:
        """Let nothing start for so long; a longer pause that is already running stays."""
        self._pause.extend(seconds)

    def left(self) -> float:
        """The seconds that are left of the pause."""
        return self._pause.left()

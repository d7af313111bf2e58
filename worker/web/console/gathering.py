"""What takes long is gathered beside the requests: a page waits a moment for it, and says so if it needs more."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Any

#: Seconds that a page waits, and threads that gather: each may take a core.
PATIENCE, THREADS = 0.7, 2


class Gathering:
    """The work under way, one piece for each key; asked again, the same piece is waited for."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "gathering")
        self._under_way: dict[object, Future[Any]] = {}
        self._lock = threading.Lock()

    def wait_for(self, key: object, work: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Return what `work` gives, None if it takes longer than a page waits (seconds); it goes on meanwhile."""
        with self._lock:
            future = self._under_way.get(key)
            if future is None:
                future = self._under_way[key] = self._threads.submit(work)
        try:
            found = future.result(patience)
        except NotYet:
            return None
        except BaseException:
            self._drop(key, future)
            raise
        self._drop(key, future)
        return found

    def _drop(self, key: object, future: "Future[Any]") -> None:
        with self._lock:
            if self._under_way.get(key) is future:
                del self._under_way[key]

"""How often one may try: sign-ins from one address, and whatever costs much for one user."""

import threading
from collections import OrderedDict, deque

#: Addresses remembered at once; those not heard of for longest go first.
MOST = 10_000


class Attempts:
    """At most so many in so many seconds for each key; safe to ask from several threads."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def allow(self, key: str, now: float) -> bool:
        """Whether this one may try once more; a try that is refused does not count.

        Args:
            key: a client's address, or a user.
            now: seconds on any clock that goes forward.
        """
        with self._lock:
            tries = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while tries and now - tries[0] >= self.seconds:
                tries.popleft()
            while len(self._seen) > MOST:
                self._seen.popitem(last=False)
            if len(tries) >= self.most:
                return False
            tries.append(now)
            return True

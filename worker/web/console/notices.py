"""The word on what was just done, shown once on the next page, with what undoes it."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

#: Sessions for which one may wait.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done, and the form that undoes it."""

    said: str
    undo: str = ""  # a path of ours to post to
    fields: Mapping[str, str] = field(default_factory=dict)


class Notices:
    """The notices that wait, one for each session; lost with the process, which harms no one."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, Notice] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, session: str, notice: Notice) -> None:
        """Have a notice shown next, in place of an earlier one."""
        with self._lock:
            self._waiting[session] = notice
            while len(self._waiting) > MOST:
                self._waiting.popitem(last=False)

    def take(self, session: str) -> Notice | None:
        """Return the notice that waits."""
        with self._lock:
            return self._waiting.pop(session, None)

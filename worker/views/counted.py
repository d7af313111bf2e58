"""Counts of everything found, which read every sighting: kept for ten times as long as counting took."""

import time
from dataclasses import dataclass, field

from worker.app.runtime import Runtime
from worker.views.session import viewing
from worker.views.sources import Source, sources

#: A page that asks every few seconds spends at most a tenth of a core on it.
SHARE = 10
#: Seconds that counting may take each time it is asked for.
CHEAP = 0.02


@dataclass
class Counted:
    """What this process has counted recently, by user: when, how long it took, and what it found."""

    found: dict[int, tuple[float, float, list[Source]]] = field(default_factory=dict)

    def of(self, runtime: Runtime, user_id: int) -> list[Source]:
        """Return a user's sources with their counts."""
        at, took, found = self.found.get(user_id, (0.0, 0.0, []))
        begun = time.monotonic()
        if not at or took < CHEAP or begun - at > SHARE * took:
            with viewing(runtime, user_id) as view:
                found = sources(view)
            ended = time.monotonic()
            self.found[user_id] = (ended, ended - begun, found)
        return found

    def forget(self, user_id: int) -> None:
        """Count again: an account has come or gone."""
        self.found.pop(user_id, None)

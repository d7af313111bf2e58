"""A process as a supervisor keeps it: there again as soon as it has ended, whoever ended it."""

import os
import signal
import subprocess
from contextlib import suppress

from tests.chaos.clocks import OwnClock, suppression_reason
from tests.worker.queue.processes import Installation, kill


class Supervised:
    """One process of an installation, with a wall clock of its own where that can be."""

    def __init__(self, installation: Installation, name: str, line: tuple[str, ...]) -> None:
        self.installation = installation
        self.line = line
        self.clock = (
            None if suppression_reason() else OwnClock(installation.home.parent, f"{installation.home.name} {name}")
        )
        self.process = self._start()
        self.hit = False

    def _start(self) -> subprocess.Popen[bytes]:
        return self.installation.start(*self.line, own=self.clock.environment if self.clock else None)

    def killed(self, _chance: object = None) -> None:
        """Kill -9, and start anew."""
        kill(self.process)
        self.hit = True
        self.revived()

    def revived(self) -> bool:
        """Start it anew if it has ended; says whether it had, by itself."""
        if self.process.poll() is None:
            return False
        by_itself, self.hit = not self.hit, False
        self._signal(signal.SIGKILL)  # its children may live
        self.installation.processes.remove(self.process)
        self.process = self._start()
        return by_itself

    def struck(self) -> None:
        """Kill -9 from another thread: who looks after it will find it dead."""
        self.hit = True
        self._signal(signal.SIGKILL)

    def paused(self) -> None:
        """Have it stand still."""
        self._signal(signal.SIGSTOP)

    def resumed(self) -> None:
        """Have it go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, which: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, which)

    def runs(self, pid: int) -> bool:
        """Whether a process is this one, or one of its children."""
        try:
            return os.getpgid(pid) == self.process.pid
        except ProcessLookupError:
            return False

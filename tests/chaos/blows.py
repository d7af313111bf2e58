"""What can go wrong with an installation: who is killed, and what else happens while nobody dies."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from models.accounts import Lock, StreamState
from tests.chaos import clocks, disks
from tests.chaos.aim import SOON, caught, holders_of, hurry
from tests.chaos.disks import Disk
from tests.chaos.queues import Queues
from tests.chaos.supervised import Supervised
from tests.worker.queue.processes import EMBEDDED, FLEET, SCHEDULER, Installation, until
from worker.app.runtime import Runtime

#: By how many minutes a clock is wrong at most.
MINUTES = 15
#: Seconds in which the scheduler should have asked the queue for something.
ASKED = 1.0
#: Seconds after which a turn at reading is in its midst.
READS = 0.5
#: After how many kills a full disk has room again.
FULL_FOR = 2

#: What can be done to somebody, with whatever it has to draw.
Way = Callable[[random.Random], None]


@dataclass
class Place:
    """An installation in a storm; what happens to it is counted in `troubles`."""

    installation: Installation
    disk: Disk | None
    queues: Queues | None = None
    url: str = ""
    processes: dict[str, Supervised] = field(default_factory=dict)
    troubles: dict[str, int] = field(default_factory=dict)
    full_for: int = 0

    def begin(self, runtime: Runtime) -> float:
        """Start everything; gives the seconds until somebody schedules."""
        begun = time.monotonic()
        scaled = {"worker 1": FLEET, "worker 2": FLEET, "scheduler": SCHEDULER}
        for name, line in (scaled if self.queues else {"everything": EMBEDDED}).items():
            self.processes[name] = Supervised(self.installation, name, line)
        until(lambda: holders_of(runtime, sa.select(Lock.held_by)))
        return time.monotonic() - begun

    @property
    def workers(self) -> list[Supervised]:
        """The processes that work, rather than schedule."""
        return [process for name, process in self.processes.items() if name != "scheduler"]

    def lacks(self) -> Sequence[str]:
        """What cannot go wrong on this machine, and why."""
        return [
            *filter(
                None,
                (
                    clocks.suppression_reason(),
                    "" if self.disk else disks.suppression_reason() or "another machine's disk",
                ),
            )
        ]

    def kills(self, runtime: Runtime) -> Mapping[str, Way]:
        """What to do to whom."""
        ways: dict[str, Way] = {name: process.killed for name, process in self.processes.items()}
        settling = sa.select(Lock.held_by).where(Lock.name.startswith("settle:"))
        reading_ = sa.select(StreamState.leased_by).where(StreamState.leased_by.is_not(None))
        ways["settling"] = partial(self._aim, runtime, "settling", settling, 0.0)
        ways["reading"] = partial(self._aim, runtime, "reading", reading_, READS)
        if self.queues:
            ways |= {"queue": self.queues.lose, "connections": self._cut_the_lines}
        return ways

    def mischief(self, runtime: Runtime) -> Mapping[str, Way]:
        """What goes wrong without anybody being killed."""
        ways: dict[str, Way] = {}
        if not clocks.suppression_reason():
            ways["clocks"] = self._set_clocks
        if self.disk:
            ways["disk"] = self._fill
        if self.queues:
            ways["messages"] = partial(self._stir, runtime)
        return ways

    def strike(self) -> None:
        """Kill all workers at once, from another thread."""
        for worker in self.workers:
            worker.struck()

    def goes_on(self) -> None:
        """Let a supervisor look after everybody, and somebody after the disk."""
        ended = sum(process.revived() for process in self.processes.values())
        self._count("ended by themselves", ended)
        if self.disk and self.full_for:
            self.full_for -= 1
            if not self.full_for:
                self.disk.free()

    def calms_down(self) -> None:
        """Set all clocks right, and make room."""
        for process in self.processes.values():
            if process.clock:
                process.clock.set(0)
        if self.disk:
            self.disk.free()

    def _count(self, what: str, number: int) -> None:
        self.troubles[what] = self.troubles.get(what, 0) + number

    def _set_clocks(self, chance: random.Random) -> None:
        for process in self.processes.values():
            if process.clock:
                process.clock.set(60 * chance.randint(-MINUTES, MINUTES))
                self._count("clocks set", 1)

    def _fill(self, _chance: random.Random) -> None:
        if self.disk and not self.full_for:
            self.disk.fill()
            self.full_for = FULL_FOR
            self._count("disk filled", 1)

    def _stir(self, runtime: Runtime, chance: random.Random) -> None:
        """While nobody works, have what the scheduler asks for come twice and in any order.

        It is waited for until something waits: a scheduler may just be starting, and workers have taken some already.
        """
        assert self.queues
        for worker in self.workers:
            worker.paused()
        for _ in range(SOON):
            hurry(runtime)
            time.sleep(ASKED)
            stirred = self.queues.stir(chance)
            self._count("messages come twice", stirred)
            if stirred:
                break
        for worker in self.workers:
            worker.resumed()

    def _aim(self, runtime: Runtime, what: str, holders: sa.Select[Any], after: float, chance: random.Random) -> None:
        """Kill who is at something, a moment after they began; else anybody who works."""
        late = chance.uniform(0, after)
        guilty = caught(runtime, self.workers, holders)
        if guilty:
            time.sleep(late)
            self._count(f"killed in the middle of {what}", 1)
        (guilty or chance.choice(self.workers)).killed()

    def _cut_the_lines(self, _chance: random.Random) -> None:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            connection.exec_driver_sql(ended)
        engine.dispose()

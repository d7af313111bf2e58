"""`keepwarm run`: scheduler and workers in one process, until asked to stop; a restart continues where it was."""

import signal
import threading
import time
from types import FrameType

from dramatiq import Worker

from worker.app.metrics import REGISTRY, TICKS
from worker.app.runtime import Runtime
from worker.queue.broker import open_broker
from worker.service.actors import register
from worker.service.console import Shown, showing
from worker.service.schedule import keep_ticking
from worker.sync.listen import listening_to_providers
from worker.web.database_metrics import DatabaseMetrics
from worker.web.push_endpoint import taking
from worker.web.quota_metrics import Spending
from worker.web.server import listening, served

THREADS = 4
#: Milliseconds a worker may take to finish when it is asked to stop.
LEAVE = 60_000
#: Seconds beyond a few ticks after which a scheduler that was not heard of is called ill.
SILENCE = 60.0


class Pulse:
    """When this process has last asked what is due."""

    def __init__(self, every: float) -> None:
        self.every = every
        self.last = time.monotonic()
        self.hindered = ""

    def beat(self, hindered: str) -> None:
        """Note that a tick came to its end, or what was in its way."""
        self.hindered = hindered
        TICKS.labels(hindered or "done").inc()
        if not hindered:
            self.last = time.monotonic()

    def trouble(self) -> str:
        """Say what is wrong, if anything is."""
        ago = time.monotonic() - self.last
        silent = f"nothing was scheduled for {ago:.0f} seconds" if ago > 4 * self.every + SILENCE else ""
        return self.hindered or silent


def run(
    runtime: Runtime, *, workers: bool = True, stop: threading.Event | None = None, console: Shown | None = None
) -> None:
    """Schedule, work off what is scheduled unless other processes do (`workers=False`), and show the console.

    Raises:
        EndpointBusy: the address for metrics, or for notifications, cannot be used.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():

        def leave(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, leave)
    broker = open_broker(runtime.settings.broker_url)
    actors = register(broker, runtime)
    collectors, pulse = (DatabaseMetrics(runtime, broker), Spending(runtime)), Pulse(runtime.settings.tick_seconds)
    for collector in collectors:
        REGISTRY.register(collector)
    worker = Worker(broker, worker_threads=THREADS) if workers else None
    try:
        with (
            served(runtime.settings.metrics, REGISTRY, pulse.trouble),
            listening(runtime.settings.push, taking(runtime), "KEEPWARM_PUSH"),
            listening_to_providers(runtime),
            showing(runtime, actors, console),
        ):
            if worker:
                worker.start()
            keep_ticking(runtime, broker, actors, stop, every=pulse.every, beat=pulse.beat)
    finally:
        if worker:
            worker.stop(timeout=LEAVE)
        broker.close()
        for collector in collectors:
            REGISTRY.unregister(collector)

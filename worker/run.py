"""`keepwarm run`: scheduler and workers in one process, until told to stop; a restart goes on where it was."""

import signal
import threading
from types import FrameType

from dramatiq import Worker

from worker.actors import register
from worker.broker import open_broker
from worker.runtime import Runtime
from worker.schedule import keep_ticking

THREADS = 4
#: Milliseconds a worker may take to end its turn when it is told to stop.
LEAVE = 60_000


def run(runtime: Runtime, *, workers: bool = True, stop: threading.Event | None = None) -> None:
    """Schedule, and work off what is scheduled unless other processes do (`workers=False`)."""
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():

        def leave(_signal: int, _frame: FrameType | None) -> None:
            stop.set()

        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, leave)
    broker = open_broker(runtime.settings.broker_url)
    actors = register(broker, runtime)
    worker = Worker(broker, worker_threads=THREADS) if workers else None
    if worker:
        worker.start()
    try:
        keep_ticking(runtime, broker, actors, stop, every=runtime.settings.tick_seconds)
    finally:
        if worker:
            worker.stop(timeout=LEAVE)
        broker.close()

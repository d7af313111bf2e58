"""Counting the messages of a process, for its metrics."""

import time
from typing import Any

from dramatiq import Broker
from dramatiq.broker import MessageProxy
from dramatiq.middleware import Middleware

from worker.app.metrics import MESSAGES, SECONDS


class Counting(Middleware):
    """Counts messages by how they ended: done, retry, or dead."""

    def __init__(self) -> None:
        self.begun: dict[str, float] = {}

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        """Dramatiq begins."""
        del broker
        self.begun[message.message_id] = time.monotonic()

    def after_process_message(
        self, broker: Broker, message: MessageProxy, *, result: Any = None, exception: BaseException | None = None
    ) -> None:
        """Dramatiq is through; this stands before Retries in the list, and so is called after it has decided."""
        del broker, result
        took = time.monotonic() - self.begun.pop(message.message_id, time.monotonic())
        outcome = "done" if exception is None else "dead" if message.failed else "retry"
        MESSAGES.labels(message.actor_name, outcome).inc()
        SECONDS.labels(message.actor_name).observe(took)

"""Who is at what just now, as the database knows it; and nobody waits for what would pass anyway."""

import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Select, delete, update
from sqlalchemy.exc import DBAPIError

from models.accounts import Account, StreamState
from models.failures import Failure
from tests.chaos.supervised import Supervised
from worker.app.runtime import Runtime
from worker.storage.transactions import reading, writing

#: Seconds in which somebody should have come to what is waited for.
SOON = 15


def hurry(runtime: Runtime) -> None:
    """Let pass the time that everybody would wait: until the next poll, after failures, for a pause asked for."""
    with suppress(DBAPIError), writing(runtime.engine) as connection:  # the connection may just have been cut
        connection.execute(update(StreamState).values(due_at=None))
        connection.execute(update(Account).values(paused_until=None))
        connection.execute(delete(Failure))


def holders_of(runtime: Runtime, holders: Select[Any]) -> Sequence[str]:
    """Name who holds something."""
    try:
        with reading(runtime.engine) as connection:
            return connection.scalars(holders).all()
    except DBAPIError:  # the lines may have been cut
        return []


def caught(runtime: Runtime, workers: Collection[Supervised], holders: Select[Any]) -> Supervised | None:
    """Wait until one of them holds it."""
    for _ in range(SOON):
        hurry(runtime)  # else there may be nothing to do
        end = time.monotonic() + 1
        while time.monotonic() < end:
            for holder in holders_of(runtime, holders):
                for worker in workers:
                    if worker.runs(int(holder.split(":")[1])):
                        return worker
            time.sleep(0.005)
    return None

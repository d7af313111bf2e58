"""After the storm: nobody waits for what would pass anyway, and everything has to come in order by itself."""

import time
from contextlib import suppress

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import DBAPIError

from connectors.base import UNAVAILABLE
from models.accounts import Account, StreamState
from models.failures import Failure
from models.history import Sighting, Unreadable
from models.judgement import StoredDigest
from models.people import Address
from tests.chaos.aim import hurry
from tests.chaos.blows import Place
from worker.app.runtime import Runtime
from worker.queue.due import due_users
from worker.storage.transactions import reading, writing

#: Seconds of peace after which everything must be in order.
PEACE = 240.0


def wait_for_peace(there: Place, runtime: Runtime) -> None:
    """Wait until all was read since this moment, everything is settled, and the digest has gone out.

    When a stream was read last is forgotten first: a clock that was ahead has noted times that are yet to come.

    Raises:
        AssertionError: it takes too long; with how everything stands.
    """
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(synced_at=None))
    hurry(runtime)
    end = time.monotonic() + PEACE
    while not _in_order(runtime):
        if time.monotonic() > end:
            raise AssertionError(f"not in order after {PEACE} seconds of peace: {_standing(runtime)}")
        time.sleep(0.5)
        there.goes_on()
        with suppress(DBAPIError), writing(runtime.engine) as connection:  # who failed in the storm waits no longer
            connection.execute(update(StreamState).where(StreamState.failures > 0).values(due_at=None))
            connection.execute(delete(Failure))


def _in_order(runtime: Runtime) -> bool:
    """Whether every stream was read whole, everything is settled, and the digest has gone out."""
    with reading(runtime.engine) as connection:
        behind = connection.scalar(
            select(func.count()).where(
                ~StreamState.retired,
                or_(StreamState.synced_at.is_(None), StreamState.unfinished, StreamState.leased_by.is_not(None)),
            )
        )
        # a stream stands at its end before what it had only named, or what failed, has been fetched
        behind = behind or connection.scalar(
            select(func.count()).where(Sighting.outcome == "deferred", Sighting.gone_at.is_(None))
        )
        behind = behind or connection.scalar(select(func.count()).where(Unreadable.reason == UNAVAILABLE))
        touched = connection.scalar(select(func.count()).select_from(Address).where(Address.touched))
        waiting = connection.scalar(
            select(func.count()).where(StoredDigest.document != b"", StoredDigest.sent_at.is_(None))
        )
        digests = connection.scalar(select(func.count()).select_from(StoredDigest))
        return not (behind or touched or waiting or due_users(connection, runtime.clock())) and bool(digests)


def _standing(runtime: Runtime) -> list[tuple[object, ...]]:
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(
                StreamState.title, StreamState.unfinished, StreamState.failures, StreamState.trouble,
                StreamState.leased_by, StreamState.asked_at, StreamState.due_at, Account.state,
            ).join(Account, Account.id == StreamState.account_id)
        )  # fmt: skip
        return [tuple(row) for row in rows]

"""Locks on what only one worker may work on: an account, a user's people, an organization."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from connectors.errors import ConnectorError, NeedsReauthorisation
from worker.accounts.connect import discover
from worker.accounts.store import UnknownAccount
from worker.app.runtime import Runtime
from worker.queue.due import due_accounts, release_lock, take_lock
from worker.queue.worker_id import worker_id
from worker.storage.outages import at_last
from worker.storage.transactions import reading, writing
from worker.sync.trouble import note_account_trouble

#: How long a worker of another machine may hold a lock before it is considered dead.
LONG = timedelta(minutes=30)


def discover_if_due(runtime: Runtime, account_id: int) -> bool:
    """Look for the streams of an account unless that was done lately; False if it cannot be read now.

    Where many accounts wait, every tick has asked for each of them again.
    """
    with reading(runtime.engine) as connection:
        due = due_accounts(connection, runtime.clock(), account_id)
    if not due:
        return True
    with one_at_a_time(runtime, f"account:{account_id}") as locked:
        if not locked:
            return False
        try:
            discover(runtime, account_id)
        except UnknownAccount:
            return False
        except NeedsReauthorisation as error:
            note_account_trouble(runtime, account_id, error)
            return False
        except ConnectorError as error:  # what is known of the account is read all the same
            note_account_trouble(runtime, account_id, error)
    return True


@contextmanager
def one_at_a_time(runtime: Runtime, name: str) -> Iterator[bool]:
    """Hold a lock while the block runs; yields False if another worker has it."""
    holder = f"{worker_id()}.{uuid4().hex[:8]}"  # unique, so that a late release never releases the next lock
    with writing(runtime.engine) as connection:
        locked = take_lock(connection, name, holder, runtime.clock(), LONG)
    try:
        yield locked
    finally:
        if locked:
            at_last(runtime.engine, lambda connection: release_lock(connection, name, holder), LONG)

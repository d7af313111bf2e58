"""Turns at what only one worker may be at: an account, a user's people, an organization."""

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

#: How long a worker of another machine may be at one thing before it is thought dead.
LONG = timedelta(minutes=30)


def look_around(runtime: Runtime, account_id: int) -> bool:
    """Look for the streams of an account unless that was done lately; False if it cannot be read now.

    Where many accounts wait, every tick has asked for each of them again.
    """
    with reading(runtime.engine) as connection:
        due = due_accounts(connection, runtime.clock(), account_id)
    if not due:
        return True
    with one_at_a_time(runtime, f"account:{account_id}") as mine:
        if not mine:
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
    """Hold the turn at something while the block runs; gives False if another worker has it."""
    holder = f"{worker_id()}.{uuid4().hex[:8]}"  # this turn's own, so that a late end never ends the next one
    with writing(runtime.engine) as connection:
        mine = take_lock(connection, name, holder, runtime.clock(), LONG)
    try:
        yield mine
    finally:
        if mine:
            at_last(runtime.engine, lambda connection: release_lock(connection, name, holder), LONG)

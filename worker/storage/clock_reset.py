"""A clock that was days ahead and was set right: what it noted would keep everything waiting until its time comes."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.engine import Connection

from models.accounts import Account, StreamState
from models.base import Base
from models.failures import Failure
from models.people import Person

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute

#: Nothing that waits for a provider or after a failure waits longer, but what a clock noted minutes ahead only passes.
FAR = timedelta(days=2)
#: Where a clock leaves its time, and no one else does.
NOTED: Mapping[type[Base], "Sequence[InstrumentedAttribute[Any]]"] = {
    StreamState: (
        StreamState.due_at,
        StreamState.synced_at,
        StreamState.began_at,
        StreamState.audited_at,
        StreamState.asked_at,
    ),
    Account: (Account.paused_until, Account.discovered_at),
}


def reset_future_timestamps(connection: Connection, now: datetime) -> bool:
    """Have everything looked at again if something was read in a future that has not come; returns whether it was."""
    state = StreamState
    if not connection.scalar(select(or_(*(exists().where(at > now + FAR) for at in (state.synced_at, state.due_at))))):
        return False
    for table, columns in NOTED.items():
        for column in columns:
            connection.execute(update(table).where(column > now).values({column.key: None}))
    connection.execute(update(Failure).where(Failure.again_at > now).values(again_at=now))
    connection.execute(update(Person).values(due_at=now))
    return True

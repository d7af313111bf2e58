"""Leases: who may write a stream, for how long, and what becomes of the lease of a worker that died."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.engine import Connection

from models.accounts import Account, Lock, StreamState
from models.declarative import aliased
from worker.queue.worker_id import is_gone

LEASE = timedelta(minutes=5)
#: Streams of one account read at the same time, by all workers together; each makes one request at a time. Outlook
#: takes four a mailbox: one place is left for who looks for new streams.
AT_ONCE = 3


class LeaseLost(Exception):  # noqa: N818 - says what happened
    """Another worker has taken the stream over; nothing of this page was kept."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one stream, as long as its fence stands."""

    stream_id: int
    user_id: int
    fence: int


def take(connection: Connection, stream_id: int, worker: str, now: datetime) -> Any:
    """Take the lease of a stream that is free, in an account that is not too busy.

    The fence grows, so that a former holder's commits fail.
    """
    state, busy = StreamState, aliased(StreamState)
    account = select(state.account_id).where(state.id == stream_id).scalar_subquery()
    if connection.dialect.name == "postgresql":  # one taker at a time in each account, so that the count holds
        connection.execute(select(Account.id).where(Account.id == account).with_for_update(key_share=True))
    crowd = select(func.count()).where(busy.account_id == account, busy.leased_until > now).scalar_subquery()
    return connection.execute(
        update(state)
        .where(state.id == stream_id, or_(state.leased_until.is_(None), state.leased_until <= now), crowd < AT_ONCE)
        .values(leased_by=worker, leased_until=now + LEASE, fence=state.fence + 1)
        .returning(
            state.user_id, state.account_id, state.kind, state.name, state.title, state.cursor, state.fence, state.usage
        )
    ).one_or_none()


def give_back(connection: Connection, stream_id: int, fence: int, **values: Any) -> None:
    """End a lease, if it is still ours, and store what else is to be noted about its stream."""
    own = (StreamState.id == stream_id, StreamState.fence == fence)
    connection.execute(update(StreamState).where(*own).values(leased_by=None, leased_until=None, **values))


def release_dead(connection: Connection, now: datetime) -> None:
    """End the leases and locks of processes of this host that no longer run: no one has to wait until they run out.

    Should such a worker live on unseen (in a container, say), its next commit fails by the fence.
    """
    state = StreamState
    for holder in connection.scalars(select(state.leased_by).where(state.leased_until > now).distinct()).all():
        if holder is not None and is_gone(holder):
            ended = {"leased_by": None, "leased_until": None, "asked_at": None, "fence": state.fence + 1}
            connection.execute(update(state).where(state.leased_by == holder).values(**ended))
    for name, holder in connection.execute(select(Lock.name, Lock.held_by).where(Lock.until > now)).all():
        if is_gone(holder):
            connection.execute(delete(Lock).where(Lock.name == name, Lock.held_by == holder))

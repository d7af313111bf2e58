"""Leases: who may write a stream, for how long, and what becomes of the lease of a worker that died."""

import os
import socket
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.engine import Connection

from models.accounts import StreamState

LEASE = timedelta(minutes=5)


def take(connection: Connection, stream_id: int, worker: str, now: datetime) -> Any:
    """Take the lease of a stream, if it is free; the fence grows, so that a former holder's commits fail."""
    state = StreamState
    return connection.execute(
        update(state)
        .where(state.id == stream_id, or_(state.leased_until.is_(None), state.leased_until <= now))
        .values(leased_by=worker, leased_until=now + LEASE, fence=state.fence + 1)
        .returning(state.user_id, state.account_id, state.kind, state.name, state.title, state.cursor, state.fence)
    ).one_or_none()


def release_dead(connection: Connection, now: datetime) -> None:
    """End the leases of workers of this host that are no more: nobody has to wait until they run out.

    Should such a worker live on unseen (in a container, say), its next commit fails by the fence.
    """
    state = StreamState
    holders = connection.scalars(select(state.leased_by).where(state.leased_until > now).distinct()).all()
    for holder in holders:
        if holder is not None and died(holder):
            ended = {"leased_by": None, "leased_until": None, "fence": state.fence + 1}
            connection.execute(update(state).where(state.leased_by == holder).values(**ended))


def died(worker: str) -> bool:
    """Whether a worker (host:process:thread) was a process of this host that is no more."""
    host, _, rest = worker.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdecimal():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:  # it is somebody else's
        return False
    return False

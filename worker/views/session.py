"""One look at a user's data: what every page, request and tool call begins with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.accounts import User
from worker.app.runtime import Runtime
from worker.judgement.keep.basis import RulesSource
from worker.storage.transactions import reading


@dataclass(frozen=True, slots=True)
class View:
    """One consistent look at the data of one user, in an open transaction."""

    connection: Connection
    user_id: int
    zone: str  # the user's IANA zone
    now: datetime  # aware UTC
    rules: RulesSource


@contextmanager
def viewing(runtime: Runtime, user_id: int, now: datetime | None = None) -> Iterator[View]:
    """Open a look at a user's data as it is stored; nothing is judged on the way, however many people are due."""
    with reading(runtime.engine) as connection:
        zone = connection.scalars(select(User.zone).where(User.id == user_id)).one()
        yield View(connection, user_id, zone, now or runtime.clock(), RulesSource(runtime.settings.rules))

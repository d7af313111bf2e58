"""One look at a user's data, and one action on it: what every page, request and tool call begins with."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from models.accounts import User
from worker.app.runtime import Runtime
from worker.decisions.actions import Done, Wish, carry_out, undo
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.stored import is_current
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute


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


def judge_due(runtime: Runtime, user_id: int) -> None:
    """Judge whoever is due: for a process beside which none runs that does it."""
    rules = RulesSource(runtime.settings.rules)
    with reading(runtime.engine) as connection:
        current = is_current(connection, user_id, runtime.clock(), rules.fingerprint)
    if not current:
        with suppress(OperationalError):  # a sync is writing for long: what is stored is shown
            recompute(runtime, user_id)


def act(runtime: Runtime, user_id: int, wish: Wish) -> Done:
    """Carry out an action, and judge what depends on it.

    Raises:
        ActionRefused: it cannot be carried out; nothing has changed.
    """
    with writing(runtime.engine) as connection:
        done = carry_out(connection, user_id, wish, runtime.clock())
    recompute(runtime, user_id)
    return done


def take_back(runtime: Runtime, user_id: int, action_id: str) -> Done:
    """Undo an action by its id, and judge what depends on it.

    Raises:
        ActionRefused: the user took no such action.
    """
    with writing(runtime.engine) as connection:
        done = undo(connection, user_id, action_id, runtime.clock())
    recompute(runtime, user_id)
    return done

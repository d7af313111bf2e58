"""One call of a command: the installation it works on, whose data, and as of when."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer
from sqlalchemy import select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from models.accounts import User
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.app.users import the_user
from worker.cli.terminal.shape import Shared
from worker.storage.transactions import reading, writing

if TYPE_CHECKING:
    from worker.judgement.keep.basis import RulesSource
    from worker.judgement.keep.relationships import Wanted
    from worker.judgement.keep.stored import Relationship
    from worker.views.session import View


@dataclass(frozen=True)
class Call:
    """What a command has to work with."""

    runtime: Runtime
    now: datetime
    user: str | None

    @property
    def rules(self) -> "RulesSource":
        """The rules in force; found here, since most commands need none."""
        from worker.judgement.keep.basis import RulesSource

        return RulesSource(self.runtime.settings.rules)

    def user_id(self, connection: Connection) -> int:
        """Say whose data it is about.

        Raises:
            UnknownUser: no one is there yet, or it is not said who.
        """
        return the_user(connection, self.user)

    def user_or_new(self) -> int | None:
        """Say whose data it is about, or None if no one is there yet and no one is named: a first account makes one.

        Raises:
            UnknownUser: several are there and it is not said who.
        """
        with reading(self.runtime.engine) as connection:
            nobody = connection.scalar(select(User.id).limit(1)) is None
            return None if nobody and self.user is None else self.user_id(connection)


@dataclass(frozen=True)
class UserSession:
    """A call with a user and one transaction."""

    call: Call
    connection: Connection
    user_id: int
    zone: str

    @property
    def now(self) -> datetime:
        """The moment the answer is for."""
        return self.call.now

    @property
    def view(self) -> "View":
        """The same look at the data, for whatever pages and programs are shown too."""
        from worker.views.session import View

        return View(self.connection, self.user_id, self.zone, self.now, self.call.rules)

    def relationships(self, wanted: "Wanted") -> "list[Relationship]":
        """Say how things stand as of the moment the answer is for."""
        from worker.judgement.keep.relationships import relationships

        return relationships(self.connection, self.user_id, self.call.rules, self.now, wanted)


def opened(ctx: typer.Context) -> Call:
    """Open the installation the settings name, and the log.

    Raises:
        SchemaMismatch: the database is from another version.
    """
    from worker.app.logs import set_up

    debug = ctx.find_root().ensure_object(Shared).debug
    set_up(logging.DEBUG if debug else logging.WARNING, full=debug)
    return _opened(ctx)


def _opened(ctx: typer.Context) -> Call:
    """Open the installation; `--now` starts the clock there, and it goes on from it."""
    shared = ctx.find_root().ensure_object(Shared)
    clock = _clock_from(shared.now) if shared.now else None
    runtime = open_runtime(Settings(), clock)
    ctx.find_root().call_on_close(runtime.engine.dispose)
    return Call(runtime, shared.now or runtime.clock(), shared.user)


def _clock_from(start: datetime) -> Callable[[], datetime]:
    begun = time.monotonic()
    return lambda: start + timedelta(seconds=int(time.monotonic() - begun))


@contextmanager
def looking(ctx: typer.Context, *, judged: bool = False) -> Iterator[UserSession]:
    """Open one consistent view of the user's data; nothing is logged on the way, so the log is not loaded either.

    With `judged`, whoever is due is assessed first, unless the question is about another moment.
    """
    call = _opened(ctx)
    if judged and not ctx.find_root().ensure_object(Shared).now:
        _assess_due(call)
    with reading(call.runtime.engine) as connection:
        yield _desk(call, connection)


def _assess_due(call: Call) -> None:
    from worker.judgement.keep.stored import is_current

    with reading(call.runtime.engine) as connection:
        user_id = call.user_id(connection)
        if is_current(connection, user_id, call.now, call.rules.fingerprint):
            return
    from worker.sync.recompute import recompute

    with suppress(OperationalError):  # a sync is writing for long: everyone is judged from the history instead
        recompute(call.runtime, user_id)


@contextmanager
def deciding(ctx: typer.Context) -> Iterator[UserSession]:
    """Open one transaction that changes the user's data; what follows from it is settled when it is committed."""
    from worker.sync.recompute import recompute

    call = opened(ctx)
    with writing(call.runtime.engine) as connection:
        desk = _desk(call, connection)
        yield desk
    recompute(call.runtime, desk.user_id)


def _desk(call: Call, connection: Connection) -> UserSession:
    user_id = call.user_id(connection)
    return UserSession(call, connection, user_id, connection.scalars(select(User.zone).where(User.id == user_id)).one())

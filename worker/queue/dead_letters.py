"""Dead letters: tasks that failed repeatedly are recorded, postponed, listed, and tried again."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dramatiq import Broker
from dramatiq.broker import MessageProxy
from dramatiq.middleware import Middleware
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection

from models.accounts import Account, PushSubscription, StreamState, User
from models.failures import Failure
from worker.app.logs import said_of
from worker.app.runtime import Runtime
from worker.storage.transactions import reading, writing

#: What failed is not asked again for this long, doubled each time, at most a day; `keepwarm retry` asks at once.
PAUSE, LONGEST = timedelta(minutes=1), timedelta(days=1)

Task = tuple[str, str]


def task(actor: str, *ids: object) -> Task:
    """Name a piece of work, as failures are known by."""
    return actor, json.dumps(ids)


@dataclass(frozen=True, slots=True)
class Failed:
    """A dead letter as it is shown."""

    actor: str
    subject: str
    error: str
    times: int
    first_at: datetime
    last_at: datetime
    again_at: datetime


class DeadLetters(Middleware):
    """Keeps book of what used up its tries; what succeeds later is struck off."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def after_process_message(
        self, broker: Broker, message: MessageProxy, *, result: Any = None, exception: BaseException | None = None
    ) -> None:
        """Called by Dramatiq after the middlewares that stand behind this one: Retries has decided by now."""
        del broker, result
        what = task(message.actor_name, *message.args)
        if exception is None:
            strike(self.runtime, what)
        elif message.failed:
            with writing(self.runtime.engine) as connection:
                note(connection, what, said_of(exception), self.runtime.clock())


def note(connection: Connection, what: Task, error: str, now: datetime) -> None:
    """Write down that something failed for good; asked again later, and less and less often."""
    actor, subject = what
    own = (Failure.actor == actor, Failure.subject == subject)
    before = connection.execute(select(Failure.times, Failure.first_at).where(*own)).one_or_none()
    times = before.times + 1 if before else 1
    connection.execute(delete(Failure).where(*own))
    connection.execute(
        insert(Failure).values(
            actor=actor, subject=subject, user_id=_user_of(connection, what), error=error, times=times,
            first_at=before.first_at if before else now, last_at=now,
            again_at=now + min(LONGEST, PAUSE * (1 << min(times - 1, 11))),
        )
    )  # fmt: skip


def _user_of(connection: Connection, what: Task) -> int | None:
    """Say whose work it was: an erased user's failures go with everything else."""
    actor, (first, *_) = what[0], json.loads(what[1])
    match actor.rpartition(".")[2]:
        case "read" | "backfill" | "audit":
            return connection.scalar(select(StreamState.user_id).where(StreamState.id == first))
        case "discover" | "subscribe":
            return connection.scalar(select(Account.user_id).where(Account.id == first))
        case "recompute" | "digest" | "tell":
            return connection.scalar(select(User.id).where(User.id == first))
        case _:
            return None


def strike(runtime: Runtime, what: Task) -> None:
    """Strike off what has succeeded; looked up first, so that the common case writes nothing."""
    own = (Failure.actor == what[0], Failure.subject == what[1])
    with reading(runtime.engine) as connection:
        known = connection.scalar(select(Failure.actor).where(*own))
    if known is not None:
        with writing(runtime.engine) as connection:
            connection.execute(delete(Failure).where(*own))


def recently_failed(connection: Connection, now: datetime) -> set[Task]:
    """Name what has failed and is not to be asked again yet."""
    rows = connection.execute(select(Failure.actor, Failure.subject).where(Failure.again_at > now))
    return {(row.actor, row.subject) for row in rows}


def failed(connection: Connection, user_id: int | None = None) -> list[Failed]:
    """List the dead letters, of one user or of all, the latest first."""
    wanted = [Failure.user_id == user_id] if user_id is not None else []
    rows = connection.execute(select(*Failure.__table__.columns).where(*wanted).order_by(Failure.last_at.desc()))
    return [
        Failed(row.actor, row.subject, row.error, row.times, row.first_at, row.last_at, row.again_at) for row in rows
    ]


def replay(connection: Connection, user_id: int | None = None) -> int:
    """Have everything that failed, and every stream that waits after a failure, asked again; returns how much it is."""
    mine = [Failure.user_id == user_id] if user_id is not None else []
    digests = connection.execute(delete(Failure).where(*mine)).rowcount
    own = [StreamState.user_id == user_id] if user_id is not None else []
    waiting = update(StreamState).where(StreamState.failures > 0, ~StreamState.retired, *own)
    accounts = [Account.user_id == user_id] if user_id is not None else []
    refused = delete(PushSubscription).where(
        PushSubscription.trouble.is_not(None), PushSubscription.account_id.in_(select(Account.id).where(*accounts))
    )
    digests += connection.execute(refused).rowcount
    return digests + connection.execute(waiting.values(due_at=None, asked_at=None)).rowcount

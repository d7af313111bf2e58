"""Bringing accounts up to date now, in this process: all is queued, then the database is asked until it is done."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dramatiq import Broker, Worker
from dramatiq.broker import MessageProxy
from dramatiq.brokers.stub import StubBroker
from dramatiq.common import dq_name
from dramatiq.middleware import Middleware, Retries
from sqlalchemy import select, update

from models.accounts import Account, StreamState
from worker.accounts.providers import PROVIDERS
from worker.app.runtime import Runtime
from worker.queue.broker import ASSESS, BACKFILL, FETCH, middleware
from worker.queue.leases import release_dead
from worker.service.actors import register
from worker.storage.transactions import reading, writing

#: Workers in this process: connectors wait for the network, so there are more than cores. Files do not wait.
THREADS, THREADS_FOR_FILES = 4, 1
#: Seconds between two looks at how far it is.
LOOK = 0.25
#: Milliseconds between two looks of an idle thread at its queue: so long is waited for it at the end.
IDLE = 100
#: After so long an account is asked again for its streams, when it could not be.
LIST_AGAIN = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=20))
#: How long a stream is waited for that its provider asked to wait, and after how many failures in a row no more.
PATIENCE, FAILURES = timedelta(minutes=10), 3


class Unhandled(Middleware):
    """Remembers what failed and has not succeeded since: the database itself may be unable to keep it."""

    def __init__(self) -> None:
        self.errors: dict[str, BaseException] = {}

    def after_process_message(
        self, broker: Broker, message: MessageProxy, *, result: Any = None, exception: BaseException | None = None
    ) -> None:
        """Called by Dramatiq after each try."""
        del broker, result
        self.errors.pop(message.message_id, None)
        if exception is not None:
            self.errors[message.message_id] = exception


@dataclass(frozen=True, slots=True)
class StreamProgress:
    """How far one stream has come."""

    stream_id: int
    account: str
    title: str
    done: int | None
    total: int | None
    unit: str | None
    finished: bool
    waits_until: datetime | None
    trouble: str | None


def sync(
    runtime: Runtime,
    user_id: int,
    *,
    account_id: int | None = None,
    full: bool = False,
    watch: Callable[[list[StreamProgress]], None] | None = None,
) -> list[StreamProgress]:
    """Read every stream of a user (or of one account) to its end; `watch` gets how far it is, again and again.

    Streams that need the person, or keep failing, are left with their trouble in the result.

    Raises:
        Exception: what no actor could handle, unless a stream in the result says so.
    """
    begun = runtime.clock()
    broker = StubBroker(middleware=middleware())
    broker.add_middleware(unhandled := Unhandled(), before=Retries)
    actors = register(broker, runtime)
    accounts = _prepare(runtime, user_id, account_id, full=full)
    with _working(broker, _threads(runtime, accounts)):
        for account in accounts:
            actors.discover.send(account)
        standing = _drain(broker, runtime, accounts, watch)
        pauses = iter(LIST_AGAIN)
        patient_until = time.monotonic() + PATIENCE.total_seconds()
        while waiting := _wakes(runtime, accounts, standing, pauses):
            wake = min(waiting)
            if wake > begun + PATIENCE or time.monotonic() > patient_until:  # of two clocks, one may stand still
                break
            runtime.stopwatch.sleep(max(0.0, (wake - runtime.clock()).total_seconds()))
            _ask_for_all(runtime, accounts)
            for account in accounts:
                actors.discover.send(account)
            standing = _drain(broker, runtime, accounts, watch)
        actors.recompute.send(user_id)
        standing = _drain(broker, runtime, accounts, watch)
    if unhandled.errors and all(stream.finished for stream in standing):
        raise next(iter(unhandled.errors.values()))
    return standing


@contextmanager
def _working(broker: StubBroker, threads: int) -> Iterator[None]:
    """Have threads work on what is queued, until the end of the block."""
    worker = Worker(broker, worker_threads=threads, worker_timeout=IDLE)
    worker.start()
    try:
        yield
    finally:
        for consumer in worker.consumers.values():
            consumer.stop()  # beside the workers, which Dramatiq would wait for first
        worker.stop()
        broker.close()


def _wakes(
    runtime: Runtime, accounts: list[int], standing: list[StreamProgress], pauses: Iterator[timedelta]
) -> list[datetime]:
    """Say when to go on: with streams that wait, and with accounts whose streams could not be listed for a moment."""
    wakes = [stream.waits_until for stream in standing if not stream.finished and stream.waits_until]
    with reading(runtime.engine) as connection:
        unlisted = connection.scalars(
            select(Account.id).where(
                Account.id.in_(accounts), Account.state == "active", Account.discovered_at.is_(None)
            )
        ).first()
    pause = next(pauses, None) if unlisted is not None else None
    return wakes if pause is None else [*wakes, runtime.clock() + pause]


def _prepare(runtime: Runtime, user_id: int, account_id: int | None, *, full: bool) -> list[int]:
    wanted = [Account.user_id == user_id, Account.state == "active"]
    if account_id is not None:
        wanted.append(Account.id == account_id)
    with writing(runtime.engine) as connection:
        release_dead(connection, runtime.clock())
        accounts = list(connection.scalars(select(Account.id).where(*wanted).order_by(Account.id)))
        again = {"due_at": None, "asked_at": None, "failures": 0} | ({"cursor": None} if full else {})
        connection.execute(update(Account).where(Account.id.in_(accounts)).values(discovered_at=None))
        connection.execute(update(StreamState).where(StreamState.account_id.in_(accounts)).values(**again))
    return accounts


def _ask_for_all(runtime: Runtime, accounts: list[int]) -> None:
    """Have nothing count as asked for already: what the queue has dropped would be passed over for a minute.

    A stream that is asked for between being taken up and leased is dropped if its reading then fails.
    """
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).where(StreamState.account_id.in_(accounts)).values(asked_at=None))


def _threads(runtime: Runtime, accounts: list[int]) -> int:
    with reading(runtime.engine) as connection:
        providers = set(connection.scalars(select(Account.provider).where(Account.id.in_(accounts))))
    return THREADS_FOR_FILES if all(PROVIDERS[one].local for one in providers) else THREADS


def _drain(
    broker: StubBroker, runtime: Runtime, accounts: list[int], watch: Callable[[list[StreamProgress]], None] | None
) -> list[StreamProgress]:
    """Wait until nothing is queued, reporting progress to `watch`."""
    queues = [broker.queues[name] for each in (FETCH, BACKFILL, ASSESS) for name in (each, dq_name(each))]
    while busy := next((queue for queue in queues if queue.unfinished_tasks), None):
        # Dramatiq's own join leaves a thread behind each time that it is given up
        with busy.all_tasks_done:
            busy.all_tasks_done.wait(LOOK)
        if watch is not None:
            watch(standing_of(runtime, accounts))
    return standing_of(runtime, accounts)


def standing_of(runtime: Runtime, accounts: list[int]) -> list[StreamProgress]:
    """Ask the database how far the streams of these accounts are."""
    state = StreamState
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(
                state,
                Account.address,
                Account.provider,
                Account.state.label("account_state"),
                Account.trouble.label("account_trouble"),
                Account.paused_until,
            )
            .join(Account, Account.id == state.account_id)
            .where(state.account_id.in_(accounts), ~state.retired)
            .order_by(state.id)
        ).all()
        unlisted = connection.execute(
            select(Account.address, Account.trouble).where(
                Account.id.in_(accounts), Account.state == "active", Account.trouble.is_not(None)
            )
        ).all()
    listings = [_not_listed(row.address, row.trouble) for row in unlisted]
    return listings + [
        StreamProgress(
            stream_id=row.id,
            account=row.address,
            title=row.title,
            done=row.done,
            total=row.total,
            unit=row.unit,
            finished=not row.unfinished and row.failures == 0,
            waits_until=_waits_until(row),
            trouble=row.trouble or row.account_trouble,
        )
        for row in rows
    ]


def _waits_until(row: Any) -> datetime | None:
    """When a stream can be read again, in an account that may have to rest for longer; None if it need not wait."""
    at: datetime | None = row.due_at or row.leased_until
    if at is None or _is_given_up(row):
        return None
    return at if row.paused_until is None else max(at, row.paused_until)


def _is_given_up(row: Any) -> bool:
    """Whether there is no use in waiting: a file that is gone stays away, and a provider may be away for long."""
    enough = 1 if PROVIDERS[row.provider].local else FAILURES
    return bool(row.account_state != "active" or row.failures >= enough)


def _not_listed(address: str, trouble: str) -> StreamProgress:
    """Stand for the streams of an account that could not be listed."""
    return StreamProgress(
        stream_id=0,
        account=address,
        title="what there is to read",
        done=None,
        total=None,
        unit=None,
        finished=False,
        waits_until=None,
        trouble=trouble,
    )

"""Reading one stream: a lease, then page after page, each committed with its cursor; errors decide what comes next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from connectors.base import Cursor, Fetchable, Page, Stream
from connectors.errors import ConnectorError
from models.accounts import Account, StreamState
from models.enums import StreamKind
from models.records import Record
from worker.accounts.open_connectors import open_connector, restore_usage, usage_of
from worker.app.metrics import PAGES, RECORDS
from worker.app.runtime import Runtime
from worker.app.users import hold
from worker.decisions.erase.subjects import note_subjects
from worker.ingest.commit import commit_page
from worker.ingest.learn import filters_of
from worker.ingest.observers import SentMailObserver
from worker.queue.leases import LEASE, Lease, LeaseLost, give_back, take
from worker.storage.outages import at_last
from worker.storage.transactions import writing
from worker.sync.deferred import fetch_deferred
from worker.sync.push import SPACING
from worker.sync.trouble import Outcome, note_failure, note_unexpected

#: A stream where nothing comes is looked at less and less often, down to so many times as rarely: every half an hour.
RARELY = 15
#: When to go on with what had only been named.
SOON = timedelta(seconds=60)


def read_stream(
    runtime: Runtime,
    stream_id: int,
    worker: str,
    enough: Callable[[], bool],
    observers: Sequence[SentMailObserver] = (),
) -> Outcome:
    """Read on in one stream until it ends, or until a page after which `enough()` is true."""
    with writing(runtime.engine) as connection:
        taken = take(connection, stream_id, worker, runtime.clock())
    if taken is None:
        return Outcome.BUSY
    lease = Lease(stream_id, taken.user_id, taken.fence)
    restore_usage(runtime, taken)
    try:
        return _read(runtime, lease, taken, enough, observers)
    except LeaseLost:
        return Outcome.BUSY
    except ConnectorError as error:
        return note_failure(runtime, lease, taken.account_id, error)
    except Exception as error:
        note_unexpected(runtime, lease, error)
        raise
    finally:
        usage = usage_of(runtime, taken)
        at_last(runtime.engine, lambda connection: give_back(connection, stream_id, lease.fence, **usage), LEASE)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of a leased stream: what storing its pages needs."""

    runtime: Runtime
    lease: Lease
    taken: Any  # the stream's row
    begun: datetime
    account: str
    provider: str
    observers: Sequence[SentMailObserver]

    def commit(self, page: Page, *, news: bool) -> None:
        """Store a page, prolong the lease, and say when to look again after the last one."""
        runtime, lease, now = self.runtime, self.lease, self.runtime.clock()
        with writing(runtime.engine) as connection:
            hold(connection, lease.user_id)
            filters = filters_of(connection, lease.user_id, self.account, keep_subjects=runtime.settings.keep_subjects)
            commit_page(connection, lease, page, filters, now, self.observers)
            noted = {"leased_until": now + LEASE, **usage_of(runtime, self.taken)}
            if not page.more:
                noted |= _next_look(connection, lease, now, runtime.settings.poll_seconds, begun=self.begun, news=news)
            connection.execute(update(StreamState).where(StreamState.id == lease.stream_id).values(**noted))
        PAGES.labels(self.provider).inc()
        RECORDS.labels(self.provider).inc(len(page.records))


def _begin(runtime: Runtime, lease: Lease, taken: Any, observers: Sequence[SentMailObserver]) -> _Reading:
    begun = runtime.clock()
    with writing(runtime.engine) as connection:
        account, provider = connection.execute(
            select(Account.address, Account.provider).where(Account.id == taken.account_id)
        ).one()
        note_subjects(connection, lease.user_id, keep=runtime.settings.keep_subjects)
    return _Reading(runtime, lease, taken, begun, account, provider, observers)


def _read(
    runtime: Runtime, lease: Lease, taken: Any, enough: Callable[[], bool], observers: Sequence[SentMailObserver]
) -> Outcome:
    reading = _begin(runtime, lease, taken, observers)
    since = reading.begun - timedelta(days=runtime.settings.backfill_days)
    stream = Stream(StreamKind(taken.kind), taken.name, taken.title)
    cursor = Cursor(taken.cursor) if taken.cursor is not None else None
    connector = open_connector(runtime, taken.account_id, lease.stream_id)
    restore_usage(runtime, taken)  # once more, should this process have met the account only now
    news = False
    for page in connector.changes(stream, cursor, since=since):
        news, cursor = news or bool(page.records), page.cursor
        reading.commit(page, news=news)
        if page.more and enough():
            return Outcome.MORE
    if isinstance(connector, Fetchable) and cursor is not None:

        def commit(records: Sequence[Record], at_end: Cursor = cursor) -> None:
            reading.commit(Page(records, at_end, more=False), news=news)

        if fetch_deferred(runtime, lease, stream, connector, commit, enough):
            _look_again_soon(runtime, lease)
    return Outcome.FINISHED


def _look_again_soon(runtime: Runtime, lease: Lease) -> None:
    """Have the stream read again soon: something of it is still to be fetched."""
    due_at = runtime.clock() + SOON
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).where(StreamState.id == lease.stream_id).values(due_at=due_at))


def _next_look(
    connection: Connection, lease: Lease, now: datetime, soon: int, *, begun: datetime, news: bool
) -> dict[str, Any]:
    """Say when to look again: `soon` (seconds) where something came, less and less often where nothing does.

    What the provider notified of after the reading had begun may have come too late for it.
    """
    own = StreamState.id == lease.stream_id
    before = connection.execute(select(StreamState.interval, StreamState.notified_at).where(own)).one()
    interval = soon if news else min(RARELY * soon, before.interval * 2)
    notified = before.notified_at is not None and before.notified_at >= begun.replace(microsecond=0)
    return {"interval": interval, "due_at": now + (SPACING if notified else timedelta(seconds=interval))}

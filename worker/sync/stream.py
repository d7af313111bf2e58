"""Reading one stream: a lease, then page after page, each committed with its cursor; errors decide what comes next."""

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from connectors.base import Cursor, Fetchable, Page, Stream
from connectors.errors import (
    ConnectorError,
    CursorExpired,
    NeedsReauthorisation,
    ProtocolError,
    QuotaSpent,
    RateLimited,
    Transient,
)
from models.accounts import Account, StreamState
from models.base import moment
from models.enums import StreamKind
from worker.accounts.open_connectors import open_connector, restore_usage, usage_of
from worker.accounts.providers import PROVIDERS
from worker.accounts.rate_limits import pause
from worker.app.logs import said_of
from worker.app.metrics import FAILED, PAGES, RECORDS
from worker.app.runtime import Runtime
from worker.app.users import hold
from worker.decisions.erase.subjects import note_subjects
from worker.ingest.commit import commit_page
from worker.ingest.learn import filters_of
from worker.ingest.observers import SentMailObserver
from worker.queue.leases import LEASE, Lease, LeaseLost, give_back, take
from worker.storage.outages import at_last, is_full
from worker.storage.transactions import writing
from worker.sync.deferred import fetch_deferred
from worker.sync.push import SPACING
from worker.wording.errors.sentence import sentence, write

#: A stream where nothing comes is looked at ever more rarely, down to so many times as rarely: every half an hour.
RARELY = 15
#: When to go on with what had only been named.
SOON = timedelta(seconds=60)
#: So many failures at once is one that nobody foresaw: it does not pass by itself, and the next digest says so.
SERIOUS = 3
#: After a failure: 15 s, doubled each time, at most an hour. What only an operator can fix is tried once a day.
PAUSE, LONGEST, OPERATOR = timedelta(seconds=15), timedelta(hours=1), timedelta(days=1)


class Outcome(StrEnum):
    """How a turn at a stream ended."""

    FINISHED = "finished"
    MORE = "more"  # the turn is over, the stream is not
    BUSY = "busy"  # another worker holds it
    LATER = "later"  # try again at its due_at
    STOPPED = "stopped"  # the person or the operator must do something


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
        return _fail(runtime, lease, taken.account_id, error)
    except Exception as error:
        _note_unexpected(runtime, lease, error)
        raise
    finally:
        usage = usage_of(runtime, taken)
        at_last(runtime.engine, lambda connection: give_back(connection, stream_id, lease.fence, **usage), LEASE)


def _read(
    runtime: Runtime, lease: Lease, taken: Any, enough: Callable[[], bool], observers: Sequence[SentMailObserver]
) -> Outcome:
    begun = runtime.clock()
    since = begun - timedelta(days=runtime.settings.backfill_days)
    stream = Stream(StreamKind(taken.kind), taken.name, taken.title)
    cursor = Cursor(taken.cursor) if taken.cursor is not None else None
    with writing(runtime.engine) as connection:
        account, provider = connection.execute(
            select(Account.address, Account.provider).where(Account.id == taken.account_id)
        ).one()
        note_subjects(connection, lease.user_id, keep=runtime.settings.keep_subjects)
    connector = open_connector(runtime, taken.account_id, lease.stream_id)
    restore_usage(runtime, taken)  # once more, should this process have met the account only now
    news = False

    def commit(page: Page) -> None:
        now = runtime.clock()
        with writing(runtime.engine) as connection:
            hold(connection, lease.user_id)
            filters = filters_of(connection, lease.user_id, account, keep_subjects=runtime.settings.keep_subjects)
            commit_page(connection, lease, page, filters, now, observers)
            connection.execute(
                update(StreamState)
                .where(StreamState.id == lease.stream_id)
                .values(leased_until=now + LEASE, **usage_of(runtime, taken))
            )
            if not page.more:
                _rest(connection, lease, now, runtime.settings.poll_seconds, begun=begun, news=news)
        PAGES.labels(provider).inc()
        RECORDS.labels(provider).inc(len(page.records))

    for page in connector.changes(stream, cursor, since=since):
        news, cursor = news or bool(page.records), page.cursor
        commit(page)
        if page.more and enough():
            return Outcome.MORE
    if isinstance(connector, Fetchable) and cursor is not None:
        at_end = cursor
        left = fetch_deferred(
            runtime, lease, stream, connector, lambda records: commit(Page(records, at_end, more=False)), enough
        )
        if left:
            _hurry(runtime, lease)
    return Outcome.FINISHED


def _hurry(runtime: Runtime, lease: Lease) -> None:
    """Have the stream read again soon: something of it is still to be fetched."""
    due_at = runtime.clock() + SOON
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).where(StreamState.id == lease.stream_id).values(due_at=due_at))


def _rest(connection: Connection, lease: Lease, now: datetime, soon: int, *, begun: datetime, news: bool) -> None:
    """Say when to look again: `soon` (seconds) where something came, ever more rarely where nothing does.

    What the provider hinted at after the reading had begun may have come too late for it.
    """
    own = StreamState.id == lease.stream_id
    before = connection.execute(select(StreamState.interval, StreamState.notified_at).where(own)).one()
    interval = soon if news else min(RARELY * soon, before.interval * 2)
    hinted = before.notified_at is not None and before.notified_at >= begun.replace(microsecond=0)
    due_at = now + (SPACING if hinted else timedelta(seconds=interval))
    connection.execute(update(StreamState).where(own).values(interval=interval, due_at=due_at))


def pause_after(failures: int) -> timedelta:
    """Say how long to wait after so many failures in a row."""
    return min(LONGEST, PAUSE * (1 << min(failures, 12)))


def _fail(runtime: Runtime, lease: Lease, account_id: int, error: ConnectorError) -> Outcome:
    """Note what went wrong, in words, and when to go on."""
    now = runtime.clock()
    own = (StreamState.id == lease.stream_id, StreamState.fence == lease.fence)
    with writing(runtime.engine) as connection:
        failures = connection.scalar(select(StreamState.failures).where(*own)) or 0
        provider = connection.scalar(select(Account.provider).where(Account.id == account_id))
        known = PROVIDERS.get(provider or "")
        values: dict[str, Any] = {"failures": failures + 1, "trouble": sentence(error)}
        outcome = Outcome.LATER
        match error:
            case CursorExpired():
                values |= {"cursor": None, "due_at": None if failures == 0 else now + pause_after(failures)}
                outcome = Outcome.MORE if failures == 0 else Outcome.LATER
            case QuotaSpent():
                until = moment(math.ceil(now.timestamp() + error.retry_after))
                values |= {"due_at": until, "failures": failures, "trouble": None}
            case RateLimited():
                until = pause(connection, account_id, now, error.retry_after)
                values |= {"due_at": until, "failures": failures, "trouble": None}
            case Transient():
                values["due_at"] = now + pause_after(failures)
            case NeedsReauthorisation():
                connection.execute(
                    update(Account)
                    .where(Account.id == account_id)
                    .values(state="needs_person", trouble=sentence(error))
                )
                outcome = Outcome.STOPPED
            case ProtocolError() if failures == 0 and known is not None and not known.local:
                values["due_at"], outcome = None, Outcome.MORE  # one answer may have been garbled on its way
            case _:
                values["due_at"] = now + OPERATOR
                outcome = Outcome.STOPPED
        connection.execute(update(StreamState).where(*own).values(**values))
    FAILED.labels(provider, type(error).__name__).inc()
    return outcome


def _note_unexpected(runtime: Runtime, lease: Lease, error: Exception) -> None:
    """Note on the stream that reading it failed for a reason nobody foresaw; the queue tries again, then gives up.

    Of an error's text nothing is kept, because it may quote an email.
    """
    full = isinstance(error, DBAPIError) and is_full(error)
    said = write("app.database_full" if full else "app.stream_failed", {"error": said_of(error)})
    own = (StreamState.id == lease.stream_id, StreamState.fence == lease.fence)
    with suppress(DBAPIError), writing(runtime.engine) as connection:  # it may be the database that failed
        provider = connection.scalar(
            select(Account.provider)
            .join(StreamState, StreamState.account_id == Account.id)
            .where(StreamState.id == lease.stream_id)
        )
        counted = case((StreamState.failures < SERIOUS, SERIOUS), else_=StreamState.failures + 1)
        connection.execute(update(StreamState).where(*own).values(failures=counted, trouble=said))
        FAILED.labels(provider or "", "unexpected").inc()


def note_account_trouble(runtime: Runtime, account_id: int, error: ConnectorError) -> None:
    """Note that an account could not be asked for its streams."""
    state = "needs_person" if isinstance(error, NeedsReauthorisation) else "active"
    known = {} if isinstance(error, Transient) else {"discovered_at": runtime.clock()}  # no use in asking at once
    own = Account.id == account_id
    with writing(runtime.engine) as connection:
        provider = connection.scalar(
            update(Account).where(own).values(state=state, trouble=sentence(error), **known).returning(Account.provider)
        )
    FAILED.labels(provider, type(error).__name__).inc()

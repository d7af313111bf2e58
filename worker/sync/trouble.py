"""Reading a stream went wrong: what is noted of it, in words, and when reading goes on."""

import math
from contextlib import suppress
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

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
from worker.accounts.providers import PROVIDERS
from worker.accounts.rate_limits import pause
from worker.app.logs import said_of
from worker.app.metrics import FAILED
from worker.app.runtime import Runtime
from worker.queue.leases import Lease
from worker.storage.outages import is_full
from worker.storage.transactions import writing
from worker.wording.errors.sentence import sentence, write

#: So many failures at once is one that no one foresaw: it does not pass by itself, and the next digest says so.
SERIOUS = 3
#: After a failure: 15 s, doubled each time, at most an hour. What only an operator can fix is tried once a day.
PAUSE, LONGEST, OPERATOR = timedelta(seconds=15), timedelta(hours=1), timedelta(days=1)
#: So many failures in a row are about a day of them.
STUCK = 30


class Outcome(StrEnum):
    """How a reading of a stream ended."""

    FINISHED = "finished"
    MORE = "more"  # others go first, the stream is not finished
    BUSY = "busy"  # another worker holds it
    LATER = "later"  # try again at its due_at
    STOPPED = "stopped"  # the person or the operator must do something


def pause_after(failures: int) -> timedelta:
    """Say how long to wait after so many failures in a row."""
    return min(LONGEST, PAUSE * (1 << min(failures, 12)))


def is_given_up(failures: int, read_beside: datetime | None, now: datetime) -> bool:
    """Say whether to begin a stream again, since its position seems to be what fails.

    A page that its provider never gives (Graph's links have been seen to break for good) would keep the stream where
    it is forever. About once a day it is begun again, unless everything else of the account fails, too.

    Args:
        failures: in a row, with this one.
        read_beside: when another stream of the account was last read to its end.
        now: the present.
    """
    return failures % STUCK == 0 and read_beside is not None and now - read_beside < OPERATOR


def note_failure(runtime: Runtime, lease: Lease, account_id: int, error: ConnectorError) -> Outcome:
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
                again = failures > 0 or _began_lately(connection, lease, now)
                values |= {"cursor": None, "due_at": now + (pause_after(failures) if failures else LONGEST)}
                if not again:
                    values["due_at"], outcome = None, Outcome.MORE
            case QuotaSpent():
                until = moment(math.ceil(now.timestamp() + error.retry_after))
                values |= {"due_at": until, "failures": failures, "trouble": None}
            case RateLimited():
                until = pause(connection, account_id, now, error.retry_after)
                values |= {"due_at": until, "failures": failures, "trouble": None}
            case Transient():
                values["due_at"] = now + pause_after(failures)
                if is_given_up(failures + 1, _read_beside(connection, lease, account_id), now):
                    values["cursor"] = None
            case NeedsReauthorisation():
                person = {"state": "needs_person", "trouble": sentence(error)}
                connection.execute(update(Account).where(Account.id == account_id).values(person))
                outcome = Outcome.STOPPED
            case ProtocolError() if failures == 0 and known is not None and not known.local:
                values["due_at"], outcome = None, Outcome.MORE  # one answer may have been garbled on its way
            case _:
                values["due_at"] = now + OPERATOR
                outcome = Outcome.STOPPED
        connection.execute(update(StreamState).where(*own).values(**values))
    FAILED.labels(provider, type(error).__name__).inc()
    return outcome


def _began_lately(connection: Connection, lease: Lease, now: datetime) -> bool:
    """Whether the listing that goes on is not the first, and was itself begun today: beginning again is no way out."""
    state = StreamState
    lately = (state.sweeping, state.round > 1, state.began_at > now - OPERATOR)
    return connection.scalar(select(state.id).where(state.id == lease.stream_id, *lately)) is not None


def _read_beside(connection: Connection, lease: Lease, account_id: int) -> datetime | None:
    """When another stream of the account was last read to its end."""
    state = StreamState
    others = (state.account_id == account_id, state.id != lease.stream_id)
    return connection.scalar(select(func.max(state.synced_at)).where(*others))


def note_unexpected(runtime: Runtime, lease: Lease, error: Exception) -> None:
    """Note on the stream that reading it failed for a reason no one foresaw; the queue tries again, then gives up.

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

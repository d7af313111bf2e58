"""The periodic audit of a mail stream: what the provider lists now is compared with what is stored, and repaired.

It should find nothing. It is there because a sync that only believes its own cursors cannot know that it lost a mail.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from connectors.base import Auditable, Cursor, Page, Stream
from models.accounts import Account, StreamState
from models.enums import StreamKind
from models.history import Sighting
from models.records import Record
from worker.accounts.open_connectors import open_connector, restore_usage, usage_of
from worker.accounts.providers import PROVIDERS
from worker.app.runtime import Runtime
from worker.app.users import hold
from worker.ingest.commit import commit_page
from worker.ingest.learn import filters_of
from worker.ingest.observers import SentMailObserver
from worker.queue.leases import LEASE, Lease, LeaseLost, give_back, take
from worker.storage.bulk import chunks
from worker.storage.outages import at_last
from worker.storage.transactions import reading, writing

#: How often a stream is audited.
EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Audit:
    """How many keys were compared, and how many had been missing and are stored now."""

    compared: int
    mended: int


def due_audits(connection: Connection, now: datetime) -> list[tuple[int]]:
    """Name the streams whose audit is due: those that list ids, and stand at their end."""
    state = StreamState
    return [
        (stream_id,)
        for stream_id in connection.scalars(
            select(state.id)
            .join(Account, Account.id == state.account_id)
            .where(
                Account.provider.in_([name for name, one in PROVIDERS.items() if one.audited]),
                Account.state == "active",
                or_(Account.paused_until.is_(None), Account.paused_until <= now),
                state.kind == StreamKind.MAIL,
                ~state.retired,
                ~state.unfinished,
                state.began_at < now - EVERY,
                or_(state.audited_at.is_(None), state.audited_at < now - EVERY),
            )
            .order_by(state.id)
        )
    ]


def audit(runtime: Runtime, stream_id: int, worker: str, observers: Sequence[SentMailObserver] = ()) -> Audit | None:
    """Compare one stream with its provider and repair what is missing; None if another worker has it, or it cannot be.

    Raises:
        ConnectorError: the provider cannot be asked.
    """
    with writing(runtime.engine) as connection:
        taken = take(connection, stream_id, worker, runtime.clock())
    if taken is None:
        return None
    lease = Lease(stream_id, taken.user_id, taken.fence)
    connector = open_connector(runtime, taken.account_id, stream_id)
    restore_usage(runtime, taken)
    try:
        if not isinstance(connector, Auditable) or taken.cursor is None:
            return None
        return _compare(runtime, lease, taken, connector, observers)
    except LeaseLost:
        return None
    finally:
        noted = {"audited_at": runtime.clock(), **usage_of(runtime, taken)}
        at_last(runtime.engine, lambda connection: give_back(connection, stream_id, lease.fence, **noted), LEASE)


def _compare(
    runtime: Runtime, lease: Lease, taken: Any, connector: Auditable, observers: Sequence[SentMailObserver]
) -> Audit:
    stream = Stream(StreamKind(taken.kind), taken.name, taken.title)
    since = runtime.clock() - timedelta(days=runtime.settings.backfill_days)
    keys = connector.listed_keys(stream, since=since)
    known = _known(runtime, lease.stream_id, keys)
    missing = [key for key in keys if key not in known]
    found = connector.fetch(stream, missing) if missing else iter(())
    return Audit(len(keys), _mend(runtime, lease, taken, found, observers))


def _known(runtime: Runtime, stream_id: int, keys: Sequence[str]) -> set[str]:
    with reading(runtime.engine) as connection:
        return {
            key
            for chunk in chunks(keys)
            for key in connection.scalars(
                select(Sighting.key).where(Sighting.stream_id == stream_id, Sighting.key.in_(chunk))
            )
        }


def _mend(
    runtime: Runtime,
    lease: Lease,
    taken: Any,
    fetched: Iterator[Sequence[Record]],
    observers: Sequence[SentMailObserver],
) -> int:
    count = 0
    for records in fetched:
        with writing(runtime.engine) as connection:
            hold(connection, lease.user_id)
            account = connection.scalars(select(Account.address).where(Account.id == taken.account_id)).one()
            filters = filters_of(connection, lease.user_id, account, keep_subjects=runtime.settings.keep_subjects)
            page = Page(records, Cursor(taken.cursor), more=False)
            commit_page(connection, lease, page, filters, runtime.clock(), observers)
        count += len(records)
    return count

"""Committing one page: its records, what follows from them, and the cursor, in one transaction or not at all."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import case, literal, select, update
from sqlalchemy.engine import Connection

from connectors.base import Page
from models.accounts import StreamState
from models.history import Sighting, Unreadable
from models.records import EmailRecord
from worker.ingest.classify.filters import Filters
from worker.ingest.copies.newest import newest_item
from worker.ingest.copies.shown import Shown, shown_by
from worker.ingest.deletions import cancelled_later, mark_deleted, missing_in_window, reappeared, unseen
from worker.ingest.learn import name_user
from worker.ingest.meetings.moved_series import supersede_moved
from worker.ingest.observers import SentMailObserver
from worker.ingest.reprocess import reprocess
from worker.ingest.store_records import SIGHTING, store_records
from worker.ingest.unreadable import read_at_last, store_unreadable
from worker.queue.leases import Lease, LeaseLost
from worker.storage.bulk import put
from worker.storage.conditions import there_is
from worker.storage.learning import newest_dictionary

#: An id alone never replaces a record.
LISTED_AGAIN = """ON CONFLICT (stream_id, key) DO UPDATE SET round = excluded.round, gone_at = NULL"""


class ListingState(NamedTuple):
    """Which full listing a stream is in, and whether that listing is still going on."""

    round: int
    sweeping: bool
    read_at: datetime | None  # when the stream was last read to its end: what it shows no more still stood then
    account: int  # whose stream it is
    dictionary: int | None  # what the records of its user are packed with
    unreadable: bool  # whether something in it could not be read so far


def commit_page(
    connection: Connection,
    lease: Lease,
    page: Page,
    filters: Filters,
    now: datetime,
    observers: Sequence[SentMailObserver] = (),
) -> None:
    """Store a page under a lease, in the transaction that is open on `connection`.

    Raises:
        LeaseLost: the lease was lost; the caller's transaction must roll back.
    """
    state = _advance(connection, lease, page, now)
    mails = [record for record in page.records if isinstance(record, EmailRecord)]
    for observe in observers:
        observe(connection, lease.user_id, mails, filters)
    name_user(connection, lease.user_id, mails, filters)
    stood_at = state.read_at or now
    attended = cancelled_later(connection, lease, page.records, state.read_at)
    shown = shown_by(page.records, attended, stood_at)
    store_unreadable(connection, lease, shown, state.round, filters)
    store_records(
        connection, lease, shown.records, state.round, filters, now, account=state.account, dictionary=state.dictionary
    )
    if state.unreadable or shown.unreadable:
        read_at_last(connection, lease, shown.records)
    _store_deferred(connection, lease, shown, state.round)
    doubtful = _let_go(connection, lease, page, shown, state, stood_at)
    reprocess(connection, lease.user_id, doubtful, filters)


def _store_deferred(connection: Connection, lease: Lease, shown: Shown, round_: int) -> None:
    """Store what was only listed so far."""
    put(
        connection,
        Sighting,
        SIGHTING,
        [
            (lease.stream_id, key, lease.user_id, "", None, "deferred", reason, round_, False, None)
            for key, reason in shown.deferred.items()
            if key not in shown.records
        ],
        LISTED_AGAIN,
    )


def _let_go(
    connection: Connection, lease: Lease, page: Page, shown: Shown, state: ListingState, stood_at: datetime
) -> set[str]:
    """Note what the provider no longer shows; returns the identities that must be classified again."""
    gone = shown.gone
    if page.covers is not None:
        gone |= missing_in_window(connection, lease, page, shown.records, stood_at)
    doubtful: set[str] = set()
    if state.sweeping and not page.more:
        gone |= unseen(connection, lease, state.round, stood_at)
        doubtful = reappeared(connection, lease)
    doubtful |= mark_deleted(connection, lease, gone)
    doubtful |= supersede_moved(connection, lease, page.records, gone)
    return doubtful


def _advance(connection: Connection, lease: Lease, page: Page, now: datetime) -> ListingState:
    """Move the stream's position, if the lease still stands."""
    state = StreamState
    values: dict[str, Any] = {
        "cursor": page.cursor,
        "unfinished": page.more,
        "sweeping": (state.sweeping | page.begins) if page.more else False,
        "failures": 0,
        "trouble": " ".join(page.notes) or None,
    }
    if page.begins:
        values |= {"round": state.round + 1, "began_at": now}
    if page.listed is not None:
        values["listed"] = page.listed
    if page.progress is not None:
        values |= {"done": page.progress.done, "total": page.progress.total, "unit": page.progress.unit}
    if not page.more:
        values["synced_at"] = now
    if (newest := newest_item(page.records, now)) is not None:
        values["newest_at"] = case(
            (state.newest_at > newest, state.newest_at), else_=literal(newest, state.newest_at.type)
        )
    own = (state.id == lease.stream_id, state.fence == lease.fence)
    before = connection.execute(
        select(
            state.round,
            state.sweeping,
            state.synced_at,
            state.account_id,
            newest_dictionary().scalar_subquery(),
            there_is(Unreadable.stream_id == lease.stream_id),
        )
        .where(*own)
        .with_for_update()
    ).one_or_none()
    if before is None:
        raise LeaseLost(f"stream {lease.stream_id} was taken over")
    connection.execute(update(state).where(*own).values(**values))
    return ListingState(before.round + page.begins, before.sweeping or page.begins, *before[2:])

"""What could not be read: kept with its place and the reason, until it can."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Connection

from models.history import Unreadable
from worker.ingest.classify.filters import Filters
from worker.ingest.copies.shown import Shown
from worker.ingest.redaction.traces import unlinked
from worker.queue.leases import Lease
from worker.storage.bulk import put


def store_unreadable(connection: Connection, lease: Lease, shown: Shown, round_: int, filters: Filters) -> None:
    """Store where something could not be read, and why, without traces of people the user had forgotten."""
    unreadable: list[tuple[Any, ...]] = []
    for record in shown.unreadable:
        where, reason = (
            (unlinked(text, filters) if filters.forgotten else text) for text in (record.where, record.reason)
        )
        unreadable.append((lease.stream_id, where, lease.user_id, record.key, reason, round_))
    put(
        connection,
        Unreadable,
        ("stream_id", "place", "user_id", "key", "reason", "round"),
        unreadable,
        "ON CONFLICT (stream_id, place) DO UPDATE SET key = excluded.key, reason = excluded.reason, "
        "round = excluded.round",
    )


def read_at_last(connection: Connection, lease: Lease, records: Collection[str]) -> None:
    """Remove what can be read by now from the list of what cannot."""
    here = Unreadable.stream_id == lease.stream_id
    for key in connection.scalars(select(Unreadable.key).where(here)).all():
        if key in records:
            connection.execute(delete(Unreadable).where(here, Unreadable.key == key))

"""Streams that are no longer read: calendars that are closed, and what goes with streams that are erased."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.engine import Connection

from models.accounts import StreamState
from models.enums import StreamKind
from models.history import Sighting
from worker.ingest import rows
from worker.ingest.mentions import stale, stale_series
from worker.ingest.replies import stale_doubted


def close_calendars(connection: Connection, stream_ids: Collection[int], now: datetime) -> None:
    """Let the booked meetings of calendars that are no longer read count no more; those that took place stay.

    The cursors go, so that a calendar that comes back is listed whole and its meetings stand again.

    Args:
        connection: with an open transaction.
        stream_ids: streams that retire; those that are no calendars are left as they are.
        now: when that was found out, for a calendar that was never read to its end.
    """
    calendars = connection.execute(
        select(StreamState.id, StreamState.synced_at).where(
            StreamState.id.in_(stream_ids), StreamState.kind == StreamKind.CALENDAR
        )
    ).all()
    for calendar in calendars:
        connection.execute(
            update(Sighting)
            .where(
                Sighting.stream_id == calendar.id,
                Sighting.gone_at.is_(None),
                Sighting.record.is_not(None),
            )
            .values(gone_at=calendar.synced_at or now, stale=True)
        )
        connection.execute(update(StreamState).where(StreamState.id == calendar.id).values(cursor=None))


def erase_streams(connection: Connection, user_id: int, stream_ids: Collection[int]) -> None:
    """Erase what only these streams showed; what others show as well is classified again without them."""
    theirs = Sighting.stream_id.in_(stream_ids)
    seen = set(connection.scalars(select(Sighting.identity).where(theirs, Sighting.identity != "")))
    # what another calendar shows of a series may stand again without what this one showed of it
    shared = set(connection.scalars(select(Sighting.series).where(theirs, Sighting.series.is_not(None))))
    connection.execute(delete(Sighting).where(theirs))
    stale_series(connection, user_id, shared)
    still = set(connection.scalars(select(Sighting.identity).where(Sighting.user_id == user_id)))
    stale(connection, user_id, seen & still)
    stale_doubted(connection, user_id)
    rows.replace(connection, user_id, seen - still)
    connection.execute(delete(StreamState).where(StreamState.id.in_(stream_ids)))

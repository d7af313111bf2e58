"""A calendar that is no longer read: what had not taken place when it was last read cannot be known to take place."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from models.accounts import StreamState
from models.enums import StreamKind
from models.history import Sighting


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

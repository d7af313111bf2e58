"""The record of what matters for security: who signed in, from where, and what they changed."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Row

from models.console import AuditEvent

#: How long it is kept, and how much of it one page shows.
KEPT, SHOWN = timedelta(days=365), 50


def record(
    connection: Connection, event: str, now: datetime, *, user_id: int | None, place: str, detail: str | None = None
) -> None:
    """Note an event; the detail never names a contact."""
    row = {"user_id": user_id, "at": now, "event": event, "place": place[:64], "detail": detail and detail[:200]}
    connection.execute(insert(AuditEvent).values(row))
    connection.execute(delete(AuditEvent).where(AuditEvent.at < now - KEPT))


def recent(connection: Connection, user_id: int) -> list[Row[tuple[datetime, str, str, str | None]]]:
    """List what a user did recently, the newest first."""
    kept = AuditEvent
    return list(
        connection.execute(
            select(kept.at, kept.event, kept.place, kept.detail)
            .where(kept.user_id == user_id)
            .order_by(kept.id.desc())
            .limit(SHOWN)
        )
    )

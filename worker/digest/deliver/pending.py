"""The digests that could not be handed over: a look at the outbox that needs nothing but the tables."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.accounts import User
from models.judgement import StoredDigest


def pending_digests(connection: Connection, user_id: int | None = None) -> list[tuple[str, str, str]]:
    """List the digests that could not be handed over: whose (an address), which period, and why."""
    mine = [StoredDigest.user_id == user_id] if user_id is not None else []
    rows = connection.execute(
        select(User.address, StoredDigest.period, StoredDigest.trouble)
        .join(StoredDigest, StoredDigest.user_id == User.id)
        .where(StoredDigest.sent_at.is_(None), StoredDigest.trouble.is_not(None), *mine)
        .order_by(User.address, StoredDigest.period)
    )
    return [(row.address, row.period, row.trouble) for row in rows]

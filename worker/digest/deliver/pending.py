"""The letters that could not be handed over: a look at the outbox that needs nothing but the tables."""

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.accounts import User
from models.judgement import Letter as Stored


def waiting_letters(connection: Connection, user_id: int | None = None) -> list[tuple[str, str, str]]:
    """List the letters that could not be handed over: whose (an address), which period, and why."""
    mine = [Stored.user_id == user_id] if user_id is not None else []
    rows = connection.execute(
        select(User.address, Stored.period, Stored.trouble)
        .join(Stored, Stored.user_id == User.id)
        .where(Stored.sent_at.is_(None), Stored.trouble.is_not(None), *mine)
        .order_by(User.address, Stored.period)
    )
    return [(row.address, row.period, row.trouble) for row in rows]

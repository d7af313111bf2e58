"""How many relationships the user says they want to keep up with at once."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.engine import Connection

from models.people import Decision
from worker.decisions.decide import say
from worker.network.tended import TENDS


def set_tended(connection: Connection, user_id: int, number: int | None, now: datetime) -> None:
    """Note how many the user wants to keep up with; None goes by their own past again."""
    connection.execute(delete(Decision).where(Decision.user_id == user_id, Decision.kind == TENDS))
    if number is not None:
        say(connection, user_id, TENDS, str(number), now=now)

"""How many relationships the user keeps up with at once: as they say, or as their own past shows."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.enums import Warmth
from models.people import Decision
from worker.judgement.assess import Assessment
from worker.judgement.facts import History, day_of
from worker.network.tending import tended

#: What the user says: a decision whose subject is the number.
TENDS = "tends"


def said_to_tend(connection: Connection, user_id: int) -> int | None:
    """Say how many the user wants to keep up with; None where they have not said."""
    said = connection.scalar(select(Decision.subject).where(Decision.user_id == user_id, Decision.kind == TENDS))
    return int(said) if said is not None else None


def tended_by(everybody: Mapping[str, tuple[History, Assessment]], now: datetime) -> int | None:
    """Say how many two-way relationships the user has kept up with at once; None while there is too little past."""
    two_way = [
        history
        for history, found in everybody.values()
        if found.no_relationship is None and found.warmth is not Warmth.RESTING
    ]
    return tended(two_way, day_of(now))

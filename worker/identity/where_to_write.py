"""Where an email would reach someone now."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.enums import Touch
from models.history import Participation
from models.people import Address
from worker.identity.resolve import WRITTEN


def where_to_write(connection: Connection, user_id: int, person: str, now: datetime) -> str:
    """Say where to write to someone: where the user last did, never where only others have written from."""
    part = Participation
    written = (
        select(Address.address)
        .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
        .where(
            part.user_id == user_id,
            Address.person == person,
            part.counts_at <= now,
            part.touch.in_((*WRITTEN, Touch.MET_ONE, Touch.MET)),
        )
        .order_by(part.touch.in_(WRITTEN).desc(), part.at.desc(), Address.address)
        .limit(1)
    )
    return connection.scalar(written) or person

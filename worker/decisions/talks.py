"""Talks that no email or calendar shows: stored as contact because the user said so, and marked as said by them."""

from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.base import seconds
from models.enums import Channel, Direction, Response, Role, Touch
from models.history import Interaction
from worker.decisions.decide import addresses_of
from worker.ingest import rows
from worker.ingest.classify.accepted import Accepted
from worker.judgement.horizon import seen_until

#: A talk noted within this time of the last reading happened by then: it counts at once, not with the next reading.
JUST_NOW = timedelta(days=1)


def tell_of_talk(connection: Connection, user_id: int, person: str, at: datetime, now: datetime) -> str | None:
    """Store that the user talked with a person at a moment; one talk a day counts.

    Returns:
        The id of the new interaction; None if the user had already noted one on that day.
    """
    seen = seen_until(connection, user_id, now)
    when = seen if seen < at and now - seen <= JUST_NOW else at
    identity = _identity(person, when)
    known = select(Interaction.id).where(Interaction.user_id == user_id, Interaction.id == identity)
    if connection.execute(known).first() is not None:
        return None
    theirs = addresses_of(connection, user_id, person)
    address = person if person in theirs or not theirs else theirs[0]
    talk = Accepted(
        account="",
        channel=Channel.TALK,
        direction=Direction.MUTUAL,
        occurred_at=seconds(when),
        counts_at=seconds(when),
        group_size=2,
        people={address: (Role.ATTENDEE, Response.ACCEPTED, Touch.TALKED, "")},
        my_role=Role.ORGANIZER,
    )
    rows.write(connection, user_id, [(identity, talk)])
    return identity


def take_talk_back(connection: Connection, user_id: int, identity: str) -> None:
    """Delete a conversation the user noted; everything that counted it is judged again."""
    rows.replace(connection, user_id, [identity])


def _identity(person: str, at: datetime) -> str:
    """Name a talk by person and day (UTC): said again, it is the same one."""
    return blake2b(f"talk\0{person}\0{seconds(at) // 86400}".encode(), digest_size=16).hexdigest()

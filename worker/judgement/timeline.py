"""What happened with one person, touch by touch: what `show` draws and `explain` quotes."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.enums import Channel, Direction, Touch
from models.history import Interaction, Participation
from models.people import Address


class Occasion(NamedTuple):
    """One interaction with one person; `touch` is None where it was no contact (they declined)."""

    id: str
    at: datetime
    channel: Channel
    direction: Direction
    subject: str | None
    group_size: int
    touch: Touch | None


def occasions(
    connection: Connection, user_id: int, person: str, now: datetime, *, ahead: bool = False
) -> list[Occasion]:
    """List what happened with a person up to `now`, newest first; or what is booked after it, soonest first."""
    part, held = Participation, Interaction
    rows = connection.execute(
        select(held.id, held.occurred_at, held.channel, held.direction, held.subject, held.group_size, part.touch)
        .join(part, (part.user_id == held.user_id) & (part.interaction_id == held.id))
        .join(Address, (Address.user_id == part.user_id) & (Address.address == part.address))
        .where(
            held.user_id == user_id,
            Address.person == person,
            held.counts_at > now if ahead else held.counts_at <= now,
        )
        .order_by(held.occurred_at, held.id)
    )
    found: dict[str, Occasion] = {}
    for key, at, channel, direction, subject, size, touch in rows:
        known = found.get(key)  # somebody may be in one interaction under two addresses: the stronger touch counts
        kinds = [kind for kind in (touch, known and known.touch) if kind is not None]
        strongest = Touch(min(kinds)) if kinds else None
        found[key] = Occasion(key, at, Channel(channel), Direction(direction), subject, size, strongest)
    ordered = list(found.values())
    return ordered if ahead else ordered[::-1]

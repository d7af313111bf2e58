"""What happened with one person, touch by touch: what `show` draws and `explain` quotes."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.engine import Connection

from models.enums import Channel, Direction, Touch
from models.history import Interaction, Participation
from models.people import Address

#: Making a member of an enumeration by its value takes longer than reading its row.
KINDS = {kind.value: kind for kind in Touch}


class Occasion(NamedTuple):
    """One interaction with one person; `touch` is None where it was no contact (they declined)."""

    id: str
    at: datetime
    channel: Channel
    direction: Direction
    subject: str | None
    group_size: int
    touch: Touch | None


class Glimpse(NamedTuple):
    """When one interaction with one person was, and what it was between the two."""

    id: str
    at: int  # seconds since 1970: there are many
    touch: Touch | None


def glimpses(connection: Connection, user_id: int, person: str, now: datetime) -> list[Glimpse]:
    """List everything that happened with a person up to `now`, newest first."""
    part, mail = Participation, Interaction
    rows: Any = connection.execute(
        select(mail.id, type_coerce(part.at, BigInteger), part.touch)  # plain seconds: there are many rows
        .join(mail, mail.number == part.interaction)
        .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
        .where(part.user_id == user_id, Address.person == person, part.counts_at <= now)
        .order_by(part.at, mail.id)
    )
    found: dict[str, Glimpse] = {}
    for key, at, touch in rows:
        known = found.get(key)
        kind = KINDS.get(touch) if known is None else _stronger(touch, known.touch)
        found[key] = Glimpse(key, at, kind)
    return list(found.values())[::-1]


def _stronger(touch: int | None, other: Touch | None) -> Touch | None:
    """Someone may be in one interaction under two addresses: the stronger touch counts."""
    kinds = [kind for kind in (touch, other) if kind is not None]
    return KINDS[min(kinds)] if kinds else None


def occasions(
    connection: Connection,
    user_id: int,
    person: str,
    now: datetime,
    *,
    ahead: bool = False,
    only: Collection[str] | None = None,
) -> list[Occasion]:
    """List what happened with a person up to `now`, newest first; or what is booked after it, soonest first.

    Args:
        connection: an open transaction.
        user_id: whose history.
        person: a person's key.
        now: aware UTC.
        ahead: what is booked instead.
        only: the interactions of these ids; a few dozen at most.
    """
    part, mail = Participation, Interaction
    rows = connection.execute(
        select(mail.id, mail.occurred_at, mail.channel, mail.direction, mail.subject, mail.group_size, part.touch)
        .join(part, part.interaction == mail.number)
        .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
        .where(
            Address.user_id == user_id,  # from the few addresses of a person to what they were in, not the other way
            Address.person == person,
            part.counts_at > now if ahead else part.counts_at <= now,  # the same as mail.counts_at, and in an index
            *([] if only is None else [mail.id.in_(sorted(only))]),
        )
        .order_by(mail.occurred_at, mail.id)
    )
    found: dict[str, Occasion] = {}
    for key, at, channel, direction, subject, size, touch in rows:
        known = found.get(key)
        strongest = _stronger(touch, known and known.touch)
        found[key] = Occasion(key, at, Channel(channel), Direction(direction), subject, size, strongest)
    ordered = list(found.values())
    return ordered if ahead else ordered[::-1]

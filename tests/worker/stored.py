"""What is stored, in the words of the story it was read from."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select

from models.history import Interaction, Participation
from models.people import Address
from tests.sandbox.world import meeting_identity
from worker.app.runtime import Runtime

#: identity -> channel, direction, time, and the people (not lists or rooms) in it
Touches = dict[str, tuple[str, str, datetime, frozenset[str]]]


def stored(runtime: Runtime, by: datetime) -> Touches:
    """What counts by then."""
    people = defaultdict(set)
    found: Touches = {}
    with runtime.engine.connect() as connection:
        humans = set(connection.scalars(select(Address.address).where(Address.kind == "person")))
        parts = select(Interaction.id, Address.address).select_from(Participation).join(Interaction).join(Address)
        for key, address in connection.execute(parts):
            if address in humans:
                people[key].add(address)
        rows = connection.execute(select(*Interaction.__table__.columns)).all()
    for row in rows:
        if row.counts_at <= by:
            identity = row.message_id or meeting_identity(row.ical_uid, row.recurrence_at)
            assert identity not in found, "one interaction is stored once"
            found[identity] = (row.channel, row.direction, row.occurred_at, frozenset(people[row.id]))
    return found

"""What is usual for the user, kept for a day: read from two-way relationships, and from the user's own acts."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import BigInteger, Select, or_, select, type_coerce, update
from sqlalchemy.engine import Connection

from models.accounts import Account
from models.history import Participation
from models.judgement import StoredAssessment, UserHabits
from models.people import Address, Person
from worker.judgement.beside import SOON
from worker.judgement.facts import ACTIVE, DAY, Habits, History, day_of, habits_of
from worker.judgement.histories import days_of, touches
from worker.judgement.horizon import Extent, extent_of, newest_of, streams_read
from worker.judgement.keep.today import DECODE_HABITS, Today, basis_of, renew
from worker.storage.bulk import put
from worker.storage.conditions import USER

HABITS = (UserHabits.day, UserHabits.basis, UserHabits.document)
ENCODE = msgspec.json.Encoder().encode


class ReachAndHabits(NamedTuple):
    """How far the accounts reach, and the row of what was usual for the user when that was last read, if ever."""

    extent: Extent
    habits: Any


def reach_and_habits(connection: Connection, user_id: int, now: datetime) -> ReachAndHabits:
    """Read both in one statement: they are asked for with every new email."""
    rows = connection.execute(_extent_and_habits(), {"user": user_id}).all()
    found = rows[0] if rows else connection.execute(_stored(), {"user": user_id}).one_or_none()
    return ReachAndHabits(
        extent_of(connection, user_id, now, rows), None if found is None or found.day is None else found
    )


@cache
def _extent_and_habits() -> Select[Any]:
    asked = streams_read().add_columns(*HABITS)
    return asked.outerjoin(UserHabits, UserHabits.user_id == Account.user_id)


@cache
def _stored() -> Select[Any]:
    asked: Any = select(*HABITS)
    return asked.where(UserHabits.user_id == USER)  # type: ignore[no-any-return]


def habits_today(
    connection: Connection,
    user_id: int,
    now: datetime,
    known: ReachAndHabits,
    rules: str,
    also: Collection[str] = (),
) -> Habits:
    """Return what is usual for the user as of the start of today (UTC), read once a day.

    Where it has changed, or how far the accounts reach, so may the judgement of everyone with roots: they are due. Of
    the others only the silence goes on, unless the rules (their fingerprint) have changed too, or old email came late.
    `also` are due, too, and not noted as such.
    """
    (_, reach), found = known
    day, basis = day_of(now), basis_of(reach, rules)
    before = DECODE_HABITS(found.document) if found is not None else None
    if found is not None and before is not None and (found.day, found.basis) == (day, basis):
        return before
    seen = newest_of(reach, now)
    habits = habits_of(_insiders(connection, user_id, now, seen, also), now, _active(connection, user_id, seen))
    put(
        connection,
        UserHabits,
        ("user_id", "day", "basis", "document"),
        [(user_id, day, basis, ENCODE(habits))],
        "ON CONFLICT (user_id) DO UPDATE SET day = excluded.day, basis = excluded.basis, document = excluded.document",
    )
    # what is usual was found to be otherwise on the day itself: what came late changes more than the silence
    corrected = found is not None and found.day == 0 and before != habits
    if found is None or corrected or found.basis.partition(" ")[0] != rules:
        connection.execute(update(Person).where(Person.user_id == user_id).values(due_at=now))
    elif before != habits or found.basis != basis:
        lasting = select(StoredAssessment.person).where(
            StoredAssessment.user_id == user_id, StoredAssessment.beats.is_not(None)
        )
        # a meeting that is over but wasn't seen to take place is looked for SOON: by now it may have been
        awaited = Person.due_at <= now + SOON
        connection.execute(
            update(Person).where(Person.user_id == user_id, Person.key.not_in(lasting) | awaited).values(due_at=now)
        )
        renew(connection, user_id, Today(habits, reach))
    return habits


def _insiders(
    connection: Connection, user_id: int, now: datetime, seen: datetime, also: Collection[str]
) -> Iterator[History]:
    """Read the days with everyone the user may be two-way with: of who is due it may not have been found out yet."""
    due = select(Person.key).where(
        Person.user_id == user_id, or_(Person.due_at.is_(None), Person.due_at <= now, Person.key.in_(also))
    )
    people = select(Address.person).where(
        Address.user_id == user_id,
        Address.person.is_not(None),
        Address.outsider.is_not(True) | Address.person.in_(due),
    )
    for _, rows in groupby(touches(connection, user_id, seen, people), key=itemgetter(0)):
        yield History(days=days_of(rows))


def _active(connection: Connection, user_id: int, seen: datetime) -> Iterator[int]:
    """Read on which days (UTC day numbers) the user wrote to or met anyone."""
    part = Participation
    at = type_coerce(part.at, BigInteger)
    return iter(
        connection.scalars(
            select(at // DAY)
            .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
            .where(part.user_id == user_id, part.touch.in_(ACTIVE), part.counts_at <= seen, Address.person.is_not(None))
            .distinct()
        ).all()
    )

"""The interactions export: every touch up to a moment, with the people in it, in order of time and id."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Select, case, select, type_coerce
from sqlalchemy.engine import Connection

from models.history import Interaction, Participation
from models.people import Address, Person
from worker.export.scope import Scope, stamp
from worker.identity.canonical import canonical

COLUMNS: tuple[str, ...] = (
    "id", "account", "channel", "direction", "occurred_at", "ends_at", "subject", "thread", "message_id", "ical_uid",
    "recurrence_at", "group_size", "my_role", "my_response", "people",
)  # fmt: skip

#: Rows fetched at once: all that is ever in memory.
PAGE = 2000

#: Code points sort as UTF-8 bytes do.
BY_ADDRESS = attrgetter("address")


class Participant(msgspec.Struct, frozen=True, gc=False):
    """One row of `people`."""

    person: str
    name: str
    address: str
    role: str
    response: str | None


def interactions(connection: Connection, scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Yield rows in the order of COLUMNS."""
    result = connection.execution_options(yield_per=PAGE).execute(_statement(scope))
    for _, group in groupby(result, key=itemgetter(0)):
        rows = list(group)
        key, account, channel, direction, at, ends, subject, thread, mail, event, recurs, size, role, said = rows[0][
            :14
        ]
        people = [
            Participant(row[17] or canonical(row[14]), row[18] or "", row[14], row[15], row[16])
            for row in rows
            if row[14] is not None
        ]
        if len(people) > 1:
            people.sort(key=BY_ADDRESS)
        yield (
            key, account, channel, direction, stamp(at), stamp(ends), subject, thread, mail, event, stamp(recurs),
            size, role, said, people,
        )  # fmt: skip


def _seconds(column: Any) -> ColumnElement[int]:
    """Read a moment as the number it is stored as: no datetime per row."""
    return type_coerce(column, BigInteger)


def _statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Join interactions, in the order of their index, to their people: nothing has to be sorted or kept.

    Outer joins, because SQLite would otherwise start from the people and sort everything.
    """
    i, part, address, person = Interaction, Participation, Address, Person
    called = (
        select(person.name).where(person.user_id == address.user_id, person.key == address.person).scalar_subquery()
    )
    wanted = (
        select(
            i.id, i.account, i.channel, i.direction, _seconds(i.occurred_at), _seconds(i.ends_at), i.subject, i.thread,
            i.message_id, i.ical_uid, _seconds(i.recurrence_at), i.group_size, i.my_role, i.my_response,
            part.address, part.role, part.response, address.person,
            case((address.name == "", called), else_=address.name),
        )
        .outerjoin(part, (part.user_id == i.user_id) & (part.interaction_id == i.id))
        .outerjoin(address, (address.user_id == part.user_id) & (address.address == part.address))
        .where(i.user_id == scope.user_id, i.counts_at <= scope.now)
        .order_by(i.occurred_at, i.id)
    )  # fmt: skip
    if scope.since is not None:
        wanted = wanted.where(i.occurred_at >= scope.since)
    if scope.until is not None:
        wanted = wanted.where(i.occurred_at < scope.until)
    if scope.person is not None:
        theirs = (
            select(part.interaction_id)
            .join(address, (address.user_id == part.user_id) & (address.address == part.address))
            .where(part.user_id == scope.user_id, address.person == scope.person)
        )
        wanted = wanted.where(i.id.in_(theirs))
    return wanted

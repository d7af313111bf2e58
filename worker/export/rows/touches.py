"""The touches export: one row for each person in each interaction, for tables and charts."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.engine import Connection

from models.history import Interaction, Participation
from models.people import Address, Person
from worker.addresses.canonical import canonical
from worker.export.rows.columns import Column, Kind
from worker.export.rows.not_counted import why_not_counted
from worker.export.rows.scope import Scope, stamp

COLUMNS: tuple[Column, ...] = (
    Column("occurred_at", Kind.MOMENT),
    Column("person", Kind.TEXT),
    Column("name", Kind.TEXT),
    Column("address", Kind.TEXT),
    Column("direction", Kind.PLAIN),
    Column("channel", Kind.PLAIN),
    Column("role", Kind.PLAIN),
    Column("subject", Kind.TEXT),
    Column("minutes", Kind.NUMBER),
    Column("group_size", Kind.NUMBER),
    Column("account", Kind.TEXT),
    Column("interaction", Kind.TEXT),
    Column("not_counted", Kind.PLAIN, optional=True),
)

#: Rows fetched at once.
PAGE = 2000


def touches(connection: Connection, scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Yield rows in the order of COLUMNS, in order of time, interaction and address; `minutes`: of a meeting."""
    i, part, address, person = Interaction, Participation, Address, Person
    at, ends = type_coerce(i.occurred_at, BigInteger), type_coerce(i.ends_at, BigInteger)
    wanted = (
        select(
            at, ends, i.id, i.account, i.channel, i.direction, i.subject, i.group_size,
            address.address, part.role, part.touch, address.person, person.name, address.name,
        )
        .join(part, part.interaction == i.number)
        .join(address, (address.user_id == part.user_id) & (address.number == part.address))
        .outerjoin(person, (person.user_id == address.user_id) & (person.key == address.person))
        .where(i.user_id == scope.user_id, i.counts_at <= scope.now)
        .order_by(i.occurred_at, i.id, address.address)
    )  # fmt: skip
    if scope.since is not None:
        wanted = wanted.where(i.occurred_at >= scope.since)
    if scope.until is not None:
        wanted = wanted.where(i.occurred_at < scope.until)
    if scope.person is not None:
        wanted = wanted.where(address.person == scope.person)
    for row in connection.execution_options(yield_per=PAGE).execute(wanted):
        begin, end, key, account, channel, direction, subject, size, mailbox, role, touch, whose, called, own = row
        minutes = _minutes(begin, end)
        yield (
            stamp(begin), whose or canonical(mailbox), called or own or "", mailbox, direction, channel, role, subject,
            minutes, size, account, key, why_not_counted(touch, channel, direction, role),
        )  # fmt: skip


def _minutes(begin: int, end: int | None) -> int | None:
    return None if end is None else max(0, end - begin) // 60

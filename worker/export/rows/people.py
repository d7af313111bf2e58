"""The people export: who was ever touched, under which addresses and why these are one person."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.engine import Connection

from models.history import Participation
from models.people import Address, Person
from worker.export.rows.columns import Column, Kind
from worker.export.rows.scope import Scope, stamp

COLUMNS: tuple[Column, ...] = (
    Column("person", Kind.TEXT),
    Column("name", Kind.TEXT),
    Column("addresses", Kind.JSON),
    Column("kinds", Kind.JSON),
    Column("first_at", Kind.MOMENT),
    Column("last_at", Kind.MOMENT),
    Column("why", Kind.JSON),
)

#: Addresses fetched at once.
PAGE = 2000


def people(connection: Connection, scope: Scope) -> Iterator[tuple[Any, ...]]:
    """Yield rows in the order of COLUMNS, in order of the people's keys; lists run parallel to `addresses`."""
    part, address, person = Participation, Address, Person
    at = type_coerce(part.at, BigInteger)
    wanted = (
        select(person.key, person.name, address.address, address.kind, address.why, func.min(at), func.max(at))
        .join(address, (address.user_id == person.user_id) & (address.person == person.key))
        .join(part, (part.user_id == address.user_id) & (part.address == address.number))
        .where(person.user_id == scope.user_id, part.counts_at <= scope.now)
        .group_by(person.key, person.name, address.address, address.kind, address.why)
        .order_by(person.key, address.address)
    )
    if scope.person is not None:
        wanted = wanted.where(person.key == scope.person)
    if scope.since is not None:
        wanted = wanted.where(part.at >= scope.since)
    if scope.until is not None:
        wanted = wanted.where(part.at < scope.until)
    rows = connection.execution_options(yield_per=PAGE).execute(wanted)
    for (key, name), group in groupby(rows, key=itemgetter(0, 1)):
        _, _, addresses, kinds, why, first, last = zip(*group, strict=True)
        yield key, name, list(addresses), list(kinds), stamp(min(first)), stamp(max(last)), [w or "" for w in why]

"""Reading the addresses that were touched, and those that belong to the same people."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, false, select, true, union, union_all
from sqlalchemy.engine import Connection

from models.declarative import aliased
from models.history import Participation
from models.judgement import Introduction
from models.people import Address, MatchEvidence, Person
from worker.storage.bulk import chunks
from worker.storage.conditions import PEOPLE, USER, there_is

#: Addresses resolved in one transaction.
BATCH = 5000


class Known(NamedTuple):
    """An address as it is stored, what its person is called, and whether they introduced anyone, or were introduced."""

    address: str
    kind: str
    person: str | None
    name_own: int
    name_at: int
    name: str
    called: str | None  # None: there is no such person
    introduced: bool


class Touched(NamedTuple):
    """A batch of touched addresses, and all addresses of their people, as they were before."""

    touched: list[Known]
    theirs: list[Known]
    unused: set[str]  # touched, and in no interaction any more
    claims: bool  # whether any email shows two addresses to be one person


def touched_addresses(connection: Connection, user_id: int) -> Touched:
    """Read a batch of touched addresses in one statement with all that belong to their people: it is asked often."""
    touched, theirs, unused, claims = list[Known](), list[Known](), set[str](), False
    for mine, in_use, claimed, *row in connection.execute(_touched(), {"user": user_id}).all():
        known = Known(*row)
        (touched if mine else theirs).append(known)
        claims = claims or bool(claimed)
        if mine and not in_use:
            unused.add(known.address)
    return Touched(touched, theirs, unused, claims)


def addresses_of(connection: Connection, user_id: int, people: Iterable[str]) -> list[Known]:
    """Read the addresses by which these people are known."""
    return [
        Known(*row)
        for chunk in chunks(sorted(people))
        for row in connection.execute(_known_by(), {"user": user_id, "people": chunk})
    ]


@cache
def _touched() -> CompoundSelect[Any]:
    in_use = there_is(Participation.user_id == Address.user_id, Participation.address == Address.number)
    claims = there_is(MatchEvidence.user_id == USER)
    asked = select(true().label("mine"), in_use.label("in_use"), claims.label("claims"), *_columns(Address))
    batch = (
        _named(asked, Address)
        .where(Address.user_id == USER, Address.touched)
        .order_by(Address.number)
        .limit(BATCH)
        .cte("batch")
    )
    # an address that belongs to no one yet may be the key of those it was linked with before
    people = union(select(batch.c.person).where(batch.c.person.is_not(None)), select(batch.c.address))
    other = aliased(Address)
    theirs = _named(select(false(), true(), false(), *_columns(other)), other)
    theirs = theirs.where(other.user_id == USER, other.person.in_(people))
    both: Any = union_all(select(batch), theirs)
    return both  # type: ignore[no-any-return]


@cache
def _known_by() -> Select[Any]:
    return _named(select(*_columns(Address)), Address).where(Address.user_id == USER, Address.person.in_(PEOPLE))


def _columns(of: Any) -> tuple[Any, ...]:
    introduced = [
        there_is(Introduction.user_id == USER, side == of.address)
        for side in (Introduction.introduced, Introduction.introducer)
    ]
    called = Person.name.label("called")
    names = (of.name_own, of.name_at, of.name, called)
    return (of.address, of.kind, of.person, *names, (introduced[0] | introduced[1]).label("introduced"))


def _named(asked: Any, of: Any) -> Select[Any]:
    """Have what people are called stand beside their addresses."""
    joined: Select[Any] = asked.outerjoin(Person, (Person.user_id == USER) & (Person.key == of.person))
    return joined

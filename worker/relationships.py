"""How things stand with people as of any moment: the judgement together with their names and addresses."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.people import Address, Person
from worker.assess import judged
from worker.assessment import Assessment
from worker.facts import History
from worker.rules import RuleBook


@dataclass(frozen=True, slots=True)
class Relationship:
    """One person, what happened, and what we think of it."""

    person: str
    name: str
    addresses: tuple[str, ...]
    history: History
    judgement: Assessment


def relationships(
    connection: Connection, user_id: int, rulebook: RuleBook, now: datetime, people: Collection[str] | None = None
) -> list[Relationship]:
    """Judge everybody, or `people`, anew as of `now`; in order of the people's keys."""
    found = judged(connection, user_id, rulebook, now)
    names: dict[str, str] = dict(
        connection.execute(select(Person.key, Person.name).where(Person.user_id == user_id)).all()
    )
    addresses: dict[str, list[str]] = {}
    told: Any = connection.execute(
        select(Address.person, Address.address)
        .where(Address.user_id == user_id, Address.person.is_not(None))
        .order_by(Address.address)
    )
    for person, address in told:
        addresses.setdefault(person, []).append(address)
    return [
        Relationship(person, names.get(person, ""), tuple(addresses.get(person, ())), history, judgement)
        for person, (history, judgement) in sorted(found.items())
        if people is None or person in people
    ]

"""Who is no person although people write from there: read from addresses, names and subjects."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from models.enums import Role
from models.history import Participation
from models.people import Address
from worker.addresses.shared import numbered, shared
from worker.judgement.beside import EACH, everyones, whose
from worker.judgement.facts import MEETINGS, History
from worker.judgement.histories import ROWS
from worker.storage.bulk import CHUNK, chunks
from worker.storage.conditions import PEOPLE, USER


def with_kinds(
    connection: Connection, user_id: int, known: Mapping[str, History], kept: Collection[str]
) -> dict[str, History]:
    """Read by which addresses people are known, and note on histories what these say (see `noted`)."""
    rows: list[Any] = []
    for chunk in chunks(sorted(known)):
        rows += connection.execute(_known(), {"user": user_id, "people": chunk}).all()
    return noted(known, rows, kept)


def noted(known: Mapping[str, History], addresses: Iterable[Any], kept: Collection[str]) -> dict[str, History]:
    """Note on histories who is `kept` by the user's word, a help desk, a group or a relay, or known as an outsider.

    `addresses` are rows (person, address, name, outsider).
    """
    reasons: dict[str, list[str]] = defaultdict(list)
    outside: dict[str, set[bool | None]] = defaultdict(set)
    for person, address, name, outsider in addresses:
        reasons[person].append(shared(address, name))
        outside[person].add(outsider)
    # one address of their own is enough for a person
    machines = {person: found[0] for person, found in reasons.items() if found and all(found)}
    return {
        person: replace(
            history,
            machine=machines.get(person, ""),
            kept=person in kept,
            outsider=outside[person].pop() if len(outside[person]) == 1 else None,
        )
        for person, history in known.items()
    }


def desks(connection: Connection, user_id: int, suspects: Mapping[str, History]) -> dict[str, History]:
    """Those of these people whose emails carry the numbers of tickets, noted as help desks."""
    asked = [person for person, one in suspects.items() if not (one.kept or one.machine or _met(one))]
    found = {}
    for person, subjects in _subjects(connection, user_id, asked).items():
        if numbered(subjects):
            found[person] = replace(suspects[person], machine="their emails carry ticket numbers: a help desk")
    return found


def _met(history: History) -> bool:
    return any(touch in MEETINGS for _, touch, _ in history.days)


def _subjects(connection: Connection, user_id: int, people: Collection[str]) -> dict[str, list[str | None]]:
    """Read the subjects of what these people wrote; where they are many, of what everybody did."""
    found: dict[str, list[str | None]] = {person: [] for person in people}
    many = len(people) > CHUNK
    for chunk in [()] if many else chunks(sorted(people)):
        rows: Any = connection.execute(_written(everybody=many), {"user": user_id, "people": chunk})
        for person, subject in chain.from_iterable(rows.partitions(ROWS)):
            if person in found:
                found[person].append(subject)
    return found


@cache
def _known() -> Select[Any]:
    asked: Any = select(Address.person, Address.address, Address.name, Address.outsider)
    return asked.where(Address.user_id == USER, Address.person.in_(PEOPLE))  # type: ignore[no-any-return]


@cache
def _written(*, everybody: bool) -> Select[Any]:
    asked: Any = select(Address.person, EACH.subject)
    theirs = everyones() if everybody else [*whose(PEOPLE), EACH.number == Participation.interaction]
    return asked.where(*theirs, Participation.role == Role.FROM)  # type: ignore[no-any-return]

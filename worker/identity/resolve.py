"""Finding the people behind the addresses that were touched, and marking those people as due for assessment."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.engine import Connection

from models.base import seconds
from models.enums import Touch
from models.history import Participation
from models.judgement import Assessment
from models.people import Address, Decision, Likeness, Person
from worker.db import change, chunks, put
from worker.identity.introductions import recognise
from worker.identity.persons import Kin, Link, best_name

#: What the user did of his own accord: only this makes evidence from a header believable.
ANSWERED = (Touch.OUT_ONE, Touch.OUT, Touch.OUT_COPY, Touch.MET_ONE, Touch.MET)

#: Addresses resolved in one transaction.
BATCH = 5000


def kin_of(connection: Connection, user_id: int) -> Kin:
    """Gather everything that links the addresses of a user's people."""
    decided = connection.execute(
        select(Decision.kind, Decision.subject, Decision.object).where(
            Decision.user_id == user_id, Decision.kind.in_(("merge", "split"))
        )
    ).all()
    links = [Link(subject, other, "you said so", said=True) for kind, subject, other in decided if kind == "merge"]
    links += [
        Link(row.address, row.other, row.why)
        for row in connection.execute(
            select(Likeness.address, Likeness.other, Likeness.why, Likeness.sure).where(Likeness.user_id == user_id)
        ).all()
        if row.sure or all(_answered(connection, user_id, address) for address in (row.address, row.other))
    ]
    return Kin(links, [subject for kind, subject, _ in decided if kind == "split"])


def _answered(connection: Connection, user_id: int, address: str) -> bool:
    part = Participation
    return bool(
        connection.scalar(
            select(exists().where(part.user_id == user_id, part.address == address, part.touch.in_(ANSWERED)))
        )
    )


def resolve(connection: Connection, user_id: int, now: datetime) -> bool:
    """Give a batch of touched addresses their people, and make those due; True while there may be more."""
    touched = connection.execute(
        select(Address.address, Address.kind, Address.person)
        .where(Address.user_id == user_id, Address.touched)
        .order_by(Address.address)
        .limit(BATCH)
    ).all()
    if not touched:
        return False
    kin = kin_of(connection, user_id)
    belongs = {row.address: kin.person(row.address) for row in touched if row.kind == "person"}
    linked = {person: kin.members(person) for person in set(belongs.values()) if len(kin.members(person)) > 1}
    for person, members in linked.items():  # addresses met earlier, whose person has changed by a new link
        belongs |= dict.fromkeys(
            connection.scalars(
                select(Address.address).where(
                    Address.user_id == user_id, Address.person.in_(sorted(members)), Address.kind == "person"
                )
            ),
            person,
        )
    before = {row.person for row in touched if row.person} | {m for members in linked.values() for m in members}
    change(
        connection,
        Address,
        ("person", "why", "touched"),
        ("user_id", "address"),
        [(person, kin.why(address), False, user_id, address) for address, person in sorted(belongs.items())],
    )
    for chunk in chunks([row.address for row in touched if row.kind != "person"]):
        connection.execute(
            update(Address)
            .where(Address.user_id == user_id, Address.address.in_(chunk))
            .values(person=None, why=None, touched=False)
        )
    recognise(connection, user_id, [row.address for row in touched if row.kind == "person"])
    _name(connection, user_id, before | set(belongs.values()), now)
    return len(touched) == BATCH


def _name(connection: Connection, user_id: int, people: Iterable[str], now: datetime) -> None:
    """Name these people by their addresses and make them due; who has no address left is forgotten."""
    names: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    keys = sorted(people)
    for chunk in chunks(keys):
        for row in connection.execute(
            select(Address.person, Address.name_own, Address.name_at, Address.name).where(
                Address.user_id == user_id, Address.person.in_(chunk)
            )
        ):
            names[row.person].append((row.name_own, row.name_at, row.name))
    put(
        connection,
        Person,
        ("user_id", "key", "name", "due_at"),
        [(user_id, key, best_name(found), seconds(now)) for key, found in sorted(names.items())],
        "ON CONFLICT (user_id, key) DO UPDATE SET name = excluded.name, due_at = excluded.due_at",
    )
    for chunk in chunks([key for key in keys if key not in names]):
        connection.execute(delete(Person).where(Person.user_id == user_id, Person.key.in_(chunk)))
        connection.execute(delete(Assessment).where(Assessment.user_id == user_id, Assessment.person.in_(chunk)))

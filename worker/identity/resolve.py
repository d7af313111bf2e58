"""Finding the people behind the addresses that were touched, and marking those people as due for assessment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, cast, delete, func, select, update
from sqlalchemy.engine import Connection

from models.base import seconds
from models.enums import Touch
from models.history import Interaction, Participation
from models.judgement import Introduction, StoredAssessment, UserHabits
from models.people import Address, Decision, MatchEvidence, Person
from worker.addresses.canonical import canonical
from worker.identity.clusters import AddressClusters, Link, best_name
from worker.identity.touched import Known, addresses_of, touched_addresses
from worker.storage.bulk import change, chunks, put
from worker.storage.conditions import USER, there_is

#: What only the user can have done.
WRITTEN = (Touch.OUT_ONE, Touch.OUT, Touch.OUT_COPY)

#: What the user says of introductions: decisions, subject the introduced and object the introducer.
CONFIRMED, REFUTED = "introduced", "not introduced"
#: Decisions that matter for resolving people: read once for all of them.
ABOUT_PEOPLE = ("merge", "split", "rest", "keep", CONFIRMED, REFUTED)

#: The decisions of a user's that matter here.
SAID = (Decision.user_id == USER, Decision.kind.in_(ABOUT_PEOPLE))


def decisions_of(connection: Connection, user_id: int) -> Sequence[Any]:
    """Read what the user decided about people, in the order in which they did: kind, subject, object, at."""
    return connection.execute(_decisions(), {"user": user_id}).all()


@cache
def _decisions() -> Select[Any]:
    one = Decision
    asked: Any = select(one.kind, one.subject, one.object, one.at)
    return asked.where(*SAID).order_by(one.at, one.subject, one.object)  # type: ignore[no-any-return]


def clusters_of(
    connection: Connection, user_id: int, decisions: Sequence[Any] | None = None, *, claims: bool = True
) -> AddressClusters:
    """Gather everything that links the addresses of a user's people; `decisions` of theirs are read unless given.

    Without `claims` it is known that no email shows two addresses to be one person.
    """
    said = decisions_of(connection, user_id) if decisions is None else decisions
    links = [Link(one.subject, one.object, "you said so", said=True) for one in said if one.kind == "merge"]
    if claims:
        links += [Link(one, other, why) for one, other, why in _shown(connection, user_id)]
    return AddressClusters(links, [one.subject for one in said if one.kind == "split"])


def _shown(connection: Connection, user_id: int) -> list[tuple[str, str, str]]:
    """Pairs of addresses that are one person by evidence, and why: both say so, and the user has answered both since.

    Anyone can write a name, and another's address beside it: what one side says, or no one has answered, is nothing.
    """
    rows = connection.execute(_claims(), {"user": user_id}).all()
    said = {(canonical(address), canonical(other)) for address, other, _, sure in rows if not sure}
    return [
        (address, other, why)
        for address, other, why, sure in rows
        if sure or (canonical(other), canonical(address)) in said
    ]


@cache
def _claims() -> Select[Any]:
    claim, mail, part = MatchEvidence, Interaction, Participation
    answered = there_is(
        Address.user_id == claim.user_id,
        Address.address == claim.address,
        part.user_id == Address.user_id,
        part.address == Address.number,
        part.touch.in_(WRITTEN),
        part.at >= mail.occurred_at,
    )
    asked: Any = select(claim.address, claim.other, func.max(claim.why), func.max(cast(claim.sure, Integer)))
    asked = asked.join(mail, (mail.user_id == claim.user_id) & (mail.id == claim.interaction_id))
    asked = asked.where(claim.user_id == USER, claim.sure | answered)
    return asked.group_by(claim.address, claim.other)  # type: ignore[no-any-return]


class Resolved(NamedTuple):
    """What became of a batch of touched addresses."""

    addresses: list[str]  # the touched ones, and those that moved with them
    people: set[str]  # whom they belong to now
    unchanged: list[str]  # people who are called what they were: they are due, and not yet noted as such
    introductions: bool  # whether one of them introduced anyone, or was introduced, as far as is stored


def resolve(connection: Connection, user_id: int, now: datetime, decisions: Sequence[Any] | None = None) -> Resolved:
    """Assign a batch of touched addresses to their people; whoever is new, or called otherwise, is made due."""
    touched, theirs, unused, claims = touched_addresses(connection, user_id)
    if not touched:
        return Resolved([], set(), [], introductions=False)
    gone = {row.address for row in touched if row.kind != "list"} & unused
    for chunk in chunks(sorted(gone)):
        connection.execute(delete(Address).where(Address.user_id == user_id, Address.address.in_(chunk)))
    _nobody_is_introduced(connection, user_id, gone | {row.address for row in touched if row.kind != "person"})
    humans = {row.address for row in touched if row.kind == "person"} - gone
    clusters = clusters_of(connection, user_id, decisions, claims=claims)
    # a new or a broken link moves addresses that were not touched themselves: all of the people before and after
    people = {row.person for row in touched if row.person} | {clusters.person(address) for address in humans}
    people |= {member for person in people for member in clusters.members(person)}
    theirs = [row for row in theirs if row.person in people and row.address not in gone]
    theirs += addresses_of(connection, user_id, people - {key for row in touched for key in (row.person, row.address)})
    humans |= {row.address for row in theirs if row.kind == "person"}
    belongs = {address: clusters.person(address) for address in humans}
    _assign(connection, user_id, touched, belongs, clusters)
    nobodys = {row.address for row in touched if row.kind != "person"}
    _belong_to_nobody(connection, user_id, sorted(nobodys))
    further = set(belongs.values()) - people  # who an address was given to by links that were not followed from here
    known = {row.address: row for row in (*theirs, *touched, *addresses_of(connection, user_id, further))}
    left = gone | nobodys
    named = [(belongs.get(address, row.person), row) for address, row in known.items() if address not in left]
    return Resolved(
        sorted({row.address for row in touched}.union(belongs)),
        set(belongs.values()),
        _name(connection, user_id, people | further, named, now),
        any(row.introduced for row in known.values()),
    )


def _assign(
    connection: Connection,
    user_id: int,
    touched: Iterable[Known],
    belongs: Mapping[str, str],
    clusters: AddressClusters,
) -> None:
    if any(row.person and belongs.get(row.address) != row.person for row in touched):
        # two people became one, or one two: what is usual for the user is read from people's histories
        connection.execute(update(UserHabits).where(UserHabits.user_id == user_id).values(day=0))
    change(
        connection,
        Address,
        ("person", "why", "touched"),
        ("user_id", "address"),
        [(person, clusters.why(address), False, user_id, address) for address, person in sorted(belongs.items())],
    )


def _belong_to_nobody(connection: Connection, user_id: int, addresses: Sequence[str]) -> None:
    for chunk in chunks(addresses):
        connection.execute(
            update(Address)
            .where(Address.user_id == user_id, Address.address.in_(chunk))
            .values(person=None, why=None, touched=False, outsider=None)
        )


def _nobody_is_introduced(connection: Connection, user_id: int, addresses: Iterable[str]) -> None:
    """Take back who brought them: an address may turn out to be the user's own, a list's, or in use no more."""
    for chunk in chunks(sorted(addresses)):
        nobody = (Introduction.user_id == user_id, Introduction.introduced.in_(chunk))
        connection.execute(delete(Introduction).where(*nobody))


def persons_of(connection: Connection, user_id: int, addresses: Iterable[str]) -> set[str]:
    """Name the people these addresses belong to; addresses of no one are left out."""
    return {
        person
        for chunk in chunks(sorted(addresses))
        for person in connection.scalars(
            select(Address.person).where(Address.user_id == user_id, Address.address.in_(chunk))
        )
        if person is not None
    }


def _name(
    connection: Connection, user_id: int, people: Iterable[str], named: Iterable[tuple[Any, Known]], now: datetime
) -> list[str]:
    """Name people by their addresses (person, row), and return those who are called that already.

    The others are made due; who has no address left is forgotten.
    """
    names: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    called: dict[str | None, str | None] = {}
    for person, row in named:
        names[person].append((row.name_own, row.name_at, row.name))
        called[row.person] = row.called
    keys = sorted({*people, *names})
    best = {key: best_name(found) for key, found in sorted(names.items())}
    put(
        connection,
        Person,
        ("user_id", "key", "name", "due_at"),
        [(user_id, key, name, seconds(now)) for key, name in best.items() if called.get(key) != name],
        "ON CONFLICT (user_id, key) DO UPDATE SET name = excluded.name, due_at = excluded.due_at",
    )
    for chunk in chunks([key for key in keys if key not in names]):
        connection.execute(delete(Person).where(Person.user_id == user_id, Person.key.in_(chunk)))
        connection.execute(
            delete(StoredAssessment).where(StoredAssessment.user_id == user_id, StoredAssessment.person.in_(chunk))
        )
    return [key for key, name in best.items() if called.get(key) == name]

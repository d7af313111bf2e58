"""Keeping the judgement of every relationship up to date: only those that changed, or whose time has come."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, Select, bindparam, delete, select, type_coerce, union, update
from sqlalchemy.engine import Connection

from models.base import seconds
from models.enums import Stage
from models.judgement import StoredAssessment
from models.people import Address, Person
from worker.identity.resolve import clusters_of, decisions_of
from worker.judgement.assessment import Assessment
from worker.judgement.beside import FAR, beside_days
from worker.judgement.facts import Habits, History, habits_of
from worker.judgement.histories import histories
from worker.judgement.horizon import Horizon, extent, horizon_of, newest_of
from worker.judgement.keep.basis import RulesSource
from worker.judgement.keep.habits import habits_today, reach_and_habits
from worker.judgement.keep.kinds import desks, noted, with_kinds
from worker.judgement.keep.outsiders import Relation, settle_outsiders
from worker.judgement.keep.stored import COLUMNS, REPLACE, row_of
from worker.storage.bulk import change, chunks, put
from worker.storage.conditions import PEOPLE, USER

if TYPE_CHECKING:
    from worker.judgement.assess import Verdict
    from worker.judgement.rules import RuleBook

#: People assessed in one transaction.
BATCH = 400


class Refreshed(NamedTuple):
    """How many people were assessed, and whether there are more, or there is more to be found out about some."""

    people: int
    more: bool


def refresh(
    connection: Connection,
    user_id: int,
    rules: RulesSource,
    now: datetime,
    decisions: Sequence[Any] | None = None,
    also: Collection[str] = (),
) -> Refreshed:
    """Assess a batch of those who are due, and `also` a few who are not noted as such.

    Decisions of the user's about people are read unless given.
    """
    kept = reach_and_habits(connection, user_id, now)
    complete, reach = kept.extent
    seen = newest_of(reach, now)
    habits = habits_today(connection, user_id, now, kept, rules.fingerprint, also)
    due = _due(connection, user_id, now, also, complete=complete)
    due_now(connection, user_id, set(also) - due.people.keys(), now)  # in a later batch
    if not due.people:
        return Refreshed(0, more=False)
    people = due.people.keys()
    said = decided(connection, user_id, decisions)
    beside = beside_days(connection, user_id, now, people, seen)
    read = dict(histories(connection, user_id, now, people, seen, beside=beside))
    known = noted(read, (row for row in due.addresses if row[0] in read), said.keep)
    horizon = horizon_of(connection, user_id, reach, people)
    judge = _judging(habits, rules(), now, said, horizon, complete=complete)
    everybody = {person: judge(person, known.get(person, History(days=()))) for person in people}
    for person, history in desks(connection, user_id, _suspects(known, everybody)).items():
        everybody[person] = judge(person, history)
    stored = [
        row_of(user_id, person, now, known[person], found, incomplete=not complete)
        for person, found in everybody.items()
        if person in known
    ]
    put(connection, StoredAssessment, COLUMNS, stored, REPLACE)
    _forget(connection, user_id, [person for person in everybody if person not in known])
    dues = {
        person: seconds(min(found.assessment.due_at, beside.matures.get(person, FAR)))
        for person, found in everybody.items()
    }
    otherwise = [(at, user_id, person) for person, at in dues.items() if at != due.people[person]]
    change(connection, Person, ("due_at",), ("user_id", "key"), otherwise)
    # who was only ever named is an outsider as well, whether they were named before or after their namer was found out
    turned = settle_outsiders(connection, user_id, _relations(known, everybody))
    return Refreshed(len(people), more=turned or len(people) == BATCH)


def _forget(connection: Connection, user_id: int, people: Sequence[str]) -> None:
    """Drop what was judged of those with whom nothing has happened that counts."""
    for chunk in chunks(people):
        theirs = (StoredAssessment.user_id == user_id, StoredAssessment.person.in_(chunk))
        connection.execute(delete(StoredAssessment).where(*theirs))


class _Due(NamedTuple):
    """Those to be assessed, with when that was due, and by which addresses they are known."""

    people: Mapping[str, int | None]
    addresses: Sequence[Any]  # rows (person, address, name, outsider)


def _due(connection: Connection, user_id: int, now: datetime, also: Collection[str], *, complete: bool) -> _Due:
    """Name a batch of those who are due, and of those who were judged while more was unread than now, or less."""
    asked = {"user": user_id, "now": now, "complete": complete, "people": tuple(also)}
    rows = connection.execute(_late(), asked).all()
    return _Due(
        {person: at for person, at, *_ in rows},
        [(person, address, *more) for person, _, address, *more in rows if address is not None],
    )


@cache
def _late() -> Select[Any]:
    stored = StoredAssessment
    late = select(Person.key).where(Person.user_id == USER, Person.due_at <= bindparam("now"))
    otherwise = select(stored.person).where(stored.user_id == USER, stored.incomplete == bindparam("complete"))
    # each a batch by its index: put together first, everybody who is due would be sorted for each batch of them
    late = select(late.order_by(Person.due_at, Person.key).limit(BATCH).subquery().c.key)
    otherwise = select(otherwise.order_by(stored.person).limit(BATCH).subquery().c.person)
    also = select(Person.key).where(Person.user_id == USER, Person.key.in_(PEOPLE))
    found = union(late, otherwise, also).subquery()
    batch = select(found.c.key).order_by(found.c.key).limit(BATCH).subquery()
    asked: Any = select(
        batch.c.key, type_coerce(Person.due_at, BigInteger), Address.address, Address.name, Address.outsider
    )
    asked = asked.outerjoin(Person, (Person.user_id == USER) & (Person.key == batch.c.key))
    asked = asked.outerjoin(Address, (Address.user_id == USER) & (Address.person == batch.c.key))
    return asked.order_by(batch.c.key)  # type: ignore[no-any-return]


def judged(
    connection: Connection, user_id: int, rulebook: "RuleBook", now: datetime
) -> dict[str, tuple[History, Assessment]]:
    """Judge everyone again as of any `now`, from the history alone: what exports and questions about the past use."""
    complete, reach = extent(connection, user_id, now)
    said = decided(connection, user_id)
    every = dict(histories(connection, user_id, now, seen=newest_of(reach, now)))
    known = with_kinds(connection, user_id, every, said.keep)
    habits = habits_of(known.values(), now)
    horizon = horizon_of(connection, user_id, reach)
    judge = _judging(habits, rulebook, now, said, horizon, complete=complete)
    everybody = {person: judge(person, history) for person, history in known.items()}
    for person, history in desks(connection, user_id, _suspects(known, everybody)).items():
        known[person], everybody[person] = history, judge(person, history)
    return {person: (history, everybody[person].assessment) for person, history in known.items()}


def _judging(
    habits: Habits, rulebook: "RuleBook", now: datetime, said: "Decided", horizon: Horizon, *, complete: bool
) -> "Callable[[str, History], Verdict]":
    """Make what judges one person (key) by a history; what that takes is loaded only where someone is judged."""
    from worker.judgement.assess import Beside, verdict

    def judge(person: str, history: History) -> "Verdict":
        beside = Beside(complete, horizon.of(person), said.resting(person, history))
        return verdict(history, habits, rulebook, now, beside)

    return judge


def _relations(known: Mapping[str, History], judged: "Mapping[str, Verdict]") -> dict[str, Relation]:
    """Say of those who were judged who is two-way with the user, beside what is stored of that."""
    return {
        person: Relation(found.two_way, known[person].outsider if person in known else None)
        for person, found in judged.items()
    }


def _suspects(known: Mapping[str, History], judged: "Mapping[str, Verdict]") -> dict[str, History]:
    """Those whose emails are worth a look: who seems to be more than a contact."""
    return {
        person: known[person]
        for person, found in judged.items()
        if found.assessment.stage is not Stage.CONTACT and person in known
    }


class Decided(NamedTuple):
    """What the user decided that every judgement respects."""

    rest: Mapping[str, datetime]  # person -> since when they have been resting
    keep: frozenset[str]  # relationships, whatever else says

    def resting(self, person: str, history: History) -> bool:
        """Whether someone is at rest: until they write again."""
        since, heard = self.rest.get(person), history.last_in_at
        return since is not None and (heard is None or heard <= since)


def decided(connection: Connection, user_id: int, decisions: Sequence[Any] | None = None) -> Decided:
    """Name the people the user lets rest, and those they said are relationships whatever else says."""
    every = decisions_of(connection, user_id) if decisions is None else decisions
    rows = [row for row in every if row.kind in {"rest", "keep"}]
    person = clusters_of(connection, user_id, every).person if rows else str
    return Decided(
        {person(one.subject): one.at for one in rows if one.kind == "rest"},
        frozenset(person(one.subject) for one in rows if one.kind == "keep"),
    )


def due_now(connection: Connection, user_id: int, people: Iterable[str], now: datetime) -> None:
    """Have these people assessed again."""
    for chunk in chunks(sorted(people)):
        connection.execute(update(Person).where(Person.user_id == user_id, Person.key.in_(chunk)).values(due_at=now))

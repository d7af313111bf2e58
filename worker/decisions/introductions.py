"""What the user says of introductions: confirmed, or refuted; either survives every recomputation."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.engine import Connection

from models.base import moment, seconds
from models.people import Decision
from worker.decisions.decide import NotPossible, addresses_of, say
from worker.identity.resolve import CONFIRMED, REFUTED, clusters_of
from worker.ingest import rows
from worker.network.introductions.known import introductions
from worker.network.offers import NEVER


def confirm(connection: Connection, user_id: int, introduced: str, introducer: str | None, now: datetime) -> str:
    """Note that someone was introduced, by `introducer` or by whoever seems to have done so; returns the introducer.

    Raises:
        NotPossible: the introducer is not named and no one seems to be one, or both are one person.
    """
    if introducer is None:
        likely = [one for one in introductions(connection, user_id, now, {introduced}) if one.introduced == introduced]
        if not likely:
            raise NotPossible("person.not_introduced", person=introduced)
        introducer = max(likely, key=lambda one: (one.counts, one.confidence)).introducer
    if introducer == introduced:
        raise NotPossible("person.same")
    _clear(connection, user_id, introduced, introducer)
    new, friend = _address(connection, user_id, introduced), _address(connection, user_id, introducer)
    say(connection, user_id, CONFIRMED, new, object_=friend, now=now)
    rows.touch(connection, user_id, addresses_of(connection, user_id, introduced))
    return introducer


def refute(connection: Connection, user_id: int, introduced: str, introducer: str | None, now: datetime) -> None:
    """Note that someone was not introduced by `introducer`, or by no one who seems to have.

    Raises:
        NotPossible: no one seems to have introduced them.
    """
    friends = [introducer] if introducer else []
    if not friends:
        known = introductions(connection, user_id, now, {introduced})
        friends = [one.introducer for one in known if one.introduced == introduced]
    if not friends:
        raise NotPossible("person.not_introduced", person=introduced)
    new = _address(connection, user_id, introduced)
    for friend in friends:
        _clear(connection, user_id, introduced, friend)
        say(connection, user_id, REFUTED, new, object_=_address(connection, user_id, friend), now=now)
    rows.touch(connection, user_id, addresses_of(connection, user_id, introduced))


def said_of(connection: Connection, user_id: int, introduced: str) -> list[tuple[str, str, str, int]]:
    """Return what was said of who introduced someone: kind, subject, object and when, for `restore`."""
    rows = connection.execute(
        select(Decision.kind, Decision.subject, Decision.object, Decision.at)
        .where(*_of(connection, user_id, introduced))
        .order_by(Decision.kind, Decision.subject, Decision.object)
    )
    return [(row.kind, row.subject, row.object, seconds(row.at)) for row in rows]


def restore(connection: Connection, user_id: int, introduced: str, said: Iterable[tuple[str, str, str, int]]) -> None:
    """Put back what had been said of who introduced someone, and nothing else."""
    connection.execute(delete(Decision).where(*_of(connection, user_id, introduced)))
    for kind, subject, object_, at in said:
        say(connection, user_id, kind, subject, object_=object_, now=moment(at))
    rows.touch(connection, user_id, addresses_of(connection, user_id, introduced))


def _of(connection: Connection, user_id: int, introduced: str) -> tuple[ColumnElement[bool], ...]:
    theirs = {*clusters_of(connection, user_id).members(introduced), *addresses_of(connection, user_id, introduced)}
    return Decision.user_id == user_id, Decision.kind.in_((CONFIRMED, REFUTED)), Decision.subject.in_(theirs)


def never_introduce(
    connection: Connection, user_id: int, one: str, other: str, now: datetime, *, off: bool = False
) -> None:
    """Note that two people are never to be suggested to each other, or take that back (`off`).

    Raises:
        NotPossible: they are one person.
    """
    if one == other:
        raise NotPossible("person.same")
    first, second = ({*addresses_of(connection, user_id, person), person} for person in (one, other))
    said = (Decision.user_id == user_id, Decision.kind == NEVER)
    for these, those in ((first, second), (second, first)):
        connection.execute(delete(Decision).where(*said, Decision.subject.in_(these), Decision.object.in_(those)))
    if not off:
        subject, object_ = sorted(_address(connection, user_id, person) for person in (one, other))
        say(connection, user_id, NEVER, subject, object_=object_, now=now)


def _clear(connection: Connection, user_id: int, introduced: str, introducer: str) -> None:
    """Take back what was said: that anyone introduced this person, or that this one did not."""
    clusters = clusters_of(connection, user_id)
    new, friend = clusters.members(introduced), clusters.members(introducer)
    theirs = {*new, *addresses_of(connection, user_id, introduced)}
    others = {*friend, *addresses_of(connection, user_id, introducer)}
    said = (Decision.user_id == user_id, Decision.subject.in_(theirs))
    connection.execute(delete(Decision).where(*said, Decision.kind == CONFIRMED))
    connection.execute(delete(Decision).where(*said, Decision.kind == REFUTED, Decision.object.in_(others)))


def _address(connection: Connection, user_id: int, person: str) -> str:
    """Name one address of a person, as it was written: that is what what is said is kept under."""
    return next(iter(addresses_of(connection, user_id, person)), person)

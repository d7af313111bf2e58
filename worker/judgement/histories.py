"""Reading what happened between the user and people: one row for each day and kind of touch, summed by the database."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, groupby, repeat
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    func,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.engine import Connection

from models.base import moment
from models.declarative import aliased
from models.enums import Response, Role, Touch
from models.history import Interaction, Participation
from models.judgement import Introduction
from models.people import Address
from worker.judgement.facts import DAY, INWARD, MAILS, MEETINGS, OUTWARD, Day, History, Span
from worker.judgement.facts.conversations import QUIET
from worker.judgement.horizon import seen_until
from worker.storage.bulk import chunks
from worker.storage.conditions import PEOPLE, USER, there_is

#: Meetings ahead, of few, that one of the two wants: an invitation, where the other made it or the user made or
#: accepted it.
#: FEW is the most that a meeting of few has.
FEW = 10
BOOKED = or_(
    Participation.touch.in_((Touch.MET_ONE, Touch.MET, Touch.EXPECTED)),
    and_(
        Participation.touch == Touch.INVITED,
        there_is(
            Interaction.number == Participation.interaction,
            Interaction.group_size <= FEW,
            (Participation.role == Role.ORGANIZER)
            | (Interaction.my_role == Role.ORGANIZER)
            | Interaction.my_response.in_((Response.ACCEPTED, Response.TENTATIVE)),
        ),
    ),
)
TOUCHES = {touch.value: touch for touch in Touch}
NEW, FRIEND = aliased(Address), aliased(Address)
#: Who was introduced, and the introducer, as people; made once, because aliases take long to make.
PAIRS = (
    select(NEW.person, FRIEND.person, Introduction.at)
    .select_from(Introduction)
    .join(NEW, (NEW.user_id == Introduction.user_id) & (NEW.address == Introduction.introduced))
    .join(FRIEND, (FRIEND.user_id == Introduction.user_id) & (FRIEND.address == Introduction.introducer))
)
#: Until when, and from when on, something is asked for.
UNTIL: Any = bindparam("until")
SINCE: Any = bindparam("since")
#: Until something that is late is looked for again.
SOON = timedelta(minutes=1)
FAR = datetime.max.replace(tzinfo=UTC)
#: Rows taken from the database at once.
ROWS = 5000


def histories(
    connection: Connection,
    user_id: int,
    now: datetime,
    people: Collection[str] | None = None,
    seen: datetime | None = None,
    *,
    threads: bool = True,
) -> Iterator[tuple[str, History]]:
    """Yield (person key, History) of everyone, or of `people`, as of `now`, in order of their keys.

    A booked meeting that nothing known is later than has not been seen to take place; `seen` is until when anything was
    (found out unless given). `threads`, which part days into conversations, cost as much as all else.
    """
    seen = seen or seen_until(connection, user_id, now)
    if people is None:
        yield from _histories(connection, user_id, now, seen, None, threads=threads)
        return
    for chunk in chunks(sorted(people)):
        yield from _histories(connection, user_id, now, seen, chunk, threads=threads)


def touches(
    connection: Connection, user_id: int, now: datetime, people: Collection[str] | Select[Any] | None = None
) -> Iterator[Any]:
    """Read rows (person, day, touch, count, first second, last second), in order of person, day and touch."""
    asked = _touches(people) if isinstance(people, Select) else _touches_of(everybody=people is None)
    few = people if people is not None and not isinstance(people, Select) else ()
    rows: Any = connection.execute(asked, {"user": user_id, "people": few, "until": now})
    return chain.from_iterable(rows.partitions(ROWS))


def _touches(people: Any) -> Select[Any]:
    part = Participation
    at = type_coerce(part.at, BigInteger)  # plain seconds: there are many rows
    day = (at // DAY).label("day")
    asked: Any = (
        select(Address.person, day, part.touch, func.count(), func.min(at), func.max(at))
        .where(*_whose(people), part.counts_at <= UNTIL, part.touch != Touch.NAMED)
        .group_by(Address.person, day, part.touch)
        .order_by(Address.person, day, part.touch)
    )
    return asked  # type: ignore[no-any-return]


@cache
def _touches_of(*, everybody: bool) -> Select[Any]:
    return _touches(None if everybody else PEOPLE)


def _whose(people: Any) -> list[ColumnElement[bool]]:
    mine = [Address.user_id == USER, Participation.user_id == USER, Participation.address == Address.address]
    return [*mine, Address.person.is_not(None) if people is None else Address.person.in_(people)]


@cache
def _booked(*, everybody: bool) -> Select[Any]:
    asked: Any = select(Address.person, func.min(Participation.at)).where(
        *_whose(None if everybody else PEOPLE), Participation.counts_at > SINCE, BOOKED
    )
    return asked.group_by(Address.person)  # type: ignore[no-any-return]


def _histories(
    connection: Connection,
    user_id: int,
    now: datetime,
    seen: datetime,
    people: Collection[str] | None,
    *,
    threads: bool,
) -> Iterator[tuple[str, History]]:
    everybody = people is None
    asked = {"user": user_id, "people": people or (), "since": now}
    beside: Any = connection.execute(_beside(everybody=everybody), asked | {"until": now})
    booked: dict[str, datetime] = {}
    pairs: list[tuple[str, str, datetime]] = []
    for person, at, friend in beside:
        if friend is None:
            booked[person] = at
        else:
            pairs.append((person, friend, at))
    introduced = _earliest(pairs)
    longer = long_threads(connection, user_id, seen, people) if threads else {}
    yielded = set[str]()
    for person, group in groupby(touches(connection, user_id, seen, people), key=itemgetter(0)):
        yielded.add(person)
        history = history_of(group, booked.get(person))
        if person in longer:
            history = replace(history, threads=longer[person])
        if person in introduced:
            friend, at = introduced[person]
            history = replace(history, introduced_by=friend, introduced_at=at)
        yield person, history
    for person in sorted(booked.keys() - yielded):
        yield person, History(days=(), next_meeting_at=booked[person])


def long_threads(
    connection: Connection, user_id: int, until: datetime, people: Collection[str] | None
) -> dict[str, list[Span]]:
    """Read the mail threads with each person that pause for some days: an answer there goes on with what was said."""
    asked = {"user": user_id, "people": people or (), "until": until}
    rows: Any = connection.execute(_long_threads(everybody=people is None), asked)
    return {
        person: [Span(begun // DAY, ended // DAY) for _, begun, ended in group]
        for person, group in groupby(rows, key=itemgetter(0))
    }


@cache
def _long_threads(*, everybody: bool) -> Select[Any]:
    part = Participation
    at = type_coerce(part.at, BigInteger)
    first, last = func.min(at), func.max(at)
    asked: Any = select(Address.person, first, last).join(Interaction, Interaction.number == part.interaction)
    asked = asked.where(
        *_whose(None if everybody else PEOPLE), part.counts_at <= UNTIL, part.touch.in_(MAILS),
        Interaction.thread.is_not(None),
    )  # fmt: skip
    return (  # type: ignore[no-any-return]
        asked.group_by(Address.person, Interaction.thread)
        .having(last - first > QUIET * DAY)
        .order_by(Address.person, first, last)
    )


def maturing(
    connection: Connection, user_id: int, now: datetime, people: Collection[str], seen: datetime
) -> dict[str, datetime]:
    """Say when the next booked meeting with each of these people will count, or when who introduced them is known.

    One that is over and was not seen to take place counts with the next reading: it is looked for every minute.
    """
    found: dict[str, datetime] = {}
    for chunk in chunks(sorted(people)):
        asked = {"user": user_id, "people": chunk, "since": min(seen, now), "until": now}
        rows: Any = connection.execute(_maturing(), asked)
        for person, at in rows:
            found[person] = min(found.get(person, FAR), max(at, now + SOON))
    return found


@cache
def _maturing() -> CompoundSelect[Any]:
    part = Participation
    meetings = (
        select(Address.person, func.min(part.counts_at).label("at"))
        .where(*_whose(PEOPLE), part.counts_at > SINCE, part.touch.is_not(None))
        .group_by(Address.person)
    )
    to_be_known = (
        select(Address.person, func.min(Introduction.known_at))
        .join(Introduction, (Introduction.user_id == USER) & (Introduction.introduced == Address.address))
        .where(Address.user_id == USER, Address.person.in_(PEOPLE), Introduction.known_at > UNTIL)
        .group_by(Address.person)
    )
    both: Any = union_all(meetings, to_be_known)
    return both  # type: ignore[no-any-return]


def introductions(
    connection: Connection, user_id: int, now: datetime, people: Collection[str] | None = None
) -> dict[str, tuple[str, datetime]]:
    """Return who introduced all, or these `people`, and when, as far as it was known at `now`, by person key."""
    rows: Any = connection.execute(
        _pairs(everybody=people is None), {"user": user_id, "people": tuple(people or ()), "until": now}
    )
    return _earliest(rows)


def _earliest(pairs: Iterable[Any]) -> dict[str, tuple[str, datetime]]:
    """Leave the first introduction of each: rows (introduced, introducer, when), as people."""
    by: dict[str, tuple[str, datetime]] = {}
    for new, at, friend in sorted({(new, at, friend) for new, friend, at in pairs if new and friend and new != friend}):
        by.setdefault(new, (friend, at))
    return by


@cache
def _pairs(*, everybody: bool) -> Select[Any]:
    known: Any = PAIRS.where(Introduction.user_id == USER, Introduction.counts, Introduction.known_at <= UNTIL)
    return known if everybody else known.where(NEW.person.in_(PEOPLE))  # type: ignore[no-any-return]


@cache
def _beside(*, everybody: bool) -> CompoundSelect[Any]:
    """Ask in one statement for booked meetings (person, when) and for introductions (introduced, when, introducer)."""
    introduced = _pairs(everybody=everybody).where(FRIEND.person.is_not(None))
    booked = _booked(everybody=everybody).add_columns(null())
    both: Any = union_all(booked, introduced.with_only_columns(NEW.person, Introduction.at, FRIEND.person))
    return both  # type: ignore[no-any-return]


def history_of(rows: Iterable[Any], next_meeting_at: datetime | None) -> History:
    """Combine rows (person, day, touch, count, first second, last second), one at least, in order of day and touch."""
    _, on, kinds, counts, begun, ended = zip(*rows, strict=True)
    touches = [TOUCHES[kind] for kind in kinds]
    # there are many rows: what Day(...) ends in, without the way there
    days = list(map(tuple.__new__, repeat(Day), zip(on, touches, counts, strict=True)))
    newest = dict(zip(touches, ended, strict=True))  # a later day of the same kind comes later
    return History(
        days=days,
        first_at=moment(min(begun)),
        last_at=_last(newest, newest.keys()),
        last_in_at=_last(newest, INWARD),
        last_out_at=_last(newest, OUTWARD),
        last_met_at=_last(newest, MEETINGS - {Touch.TALKED}),
        last_talked_at=_last(newest, {Touch.TALKED}),
        next_meeting_at=next_meeting_at,
    )


def days_of(rows: Iterable[Any]) -> list[Day]:
    """Take the days alone of the rows of one person."""
    return [Day(on, TOUCHES[touch], count) for _, on, touch, count, _, _ in rows]


def _last(newest: Mapping[Touch, int], kinds: Iterable[Touch]) -> datetime | None:
    ends = [newest[kind] for kind in kinds if kind in newest]
    return moment(max(ends)) if ends else None

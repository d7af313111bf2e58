"""Reading what happened between the user and people: one row for each day and kind of touch, summed by the database."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import chain, groupby, repeat
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, Integer, Select, cast, func, null, select, type_coerce, union_all
from sqlalchemy.engine import Connection

from models.base import moment
from models.enums import Touch
from models.history import Participation
from models.people import Address
from worker.judgement.beside import EACH, UNTIL, Beside, beside_days, everyones, whose
from worker.judgement.facts import DAY, INWARD, MAILS, MEETINGS, OUTWARD, Day, History, Span
from worker.judgement.facts.conversations import QUIET
from worker.judgement.horizon import seen_until
from worker.storage.bulk import chunks
from worker.storage.conditions import PEOPLE

TOUCHES = {touch.value: touch for touch in Touch}
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
    beside: Beside | None = None,
) -> Iterator[tuple[str, History]]:
    """Yield (person key, History) of everyone, or of `people`, as of `now`, in order of their keys.

    A booked meeting that nothing known is later than has not been seen to take place; `seen` is until when anything was
    (found out unless given). `threads`, which part days into conversations, cost as much as all else. What is `beside`
    the days of these people is read unless given.
    """
    seen = seen or seen_until(connection, user_id, now)
    beside = beside or beside_days(connection, user_id, now, people, seen)
    if people is None:
        yield from _histories(*_days_of_all(connection, user_id, seen, threads=threads), beside)
        return
    for chunk in chunks(sorted(people)):
        yield from _histories(*_days_of_few(connection, user_id, seen, chunk, threads=threads), beside, chunk)


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
        .where(*whose(people), part.counts_at <= UNTIL, part.touch != Touch.NAMED)
        .group_by(Address.person, day, part.touch)
        .order_by(Address.person, day, part.touch)
    )
    return asked  # type: ignore[no-any-return]


@cache
def _touches_of(*, everybody: bool) -> Select[Any]:
    return _touches(None if everybody else PEOPLE)


def _histories(
    days: Iterable[Any], longer: Mapping[str, list[Span]], beside: Beside, people: Collection[str] | None = None
) -> Iterator[tuple[str, History]]:
    """Yield histories of rows as `touches` gives them; `longer` are threads, `people` those that were asked for."""
    yielded = set[str]()
    booked, introduced = beside.booked, beside.introduced
    for person, group in groupby(days, key=itemgetter(0)):
        yielded.add(person)
        history = history_of(group, booked.get(person))
        if person in longer:
            history = replace(history, threads=longer[person])
        if person in introduced:
            friend, at = introduced[person]
            history = replace(history, introduced_by=friend, introduced_at=at)
        yield person, history
    only_booked = booked.keys() if people is None else booked.keys() & set(people)
    for person in sorted(only_booked - yielded):
        yield person, History(days=(), next_meeting_at=booked[person])


#: Rows of days of contact, as `touches` gives them, and threads that pause, by person.
_Days = tuple[Iterable[Any], dict[str, list[Span]]]


def _days_of_all(connection: Connection, user_id: int, seen: datetime, *, threads: bool) -> _Days:
    """Read the days with everyone: there are many, and they pass by."""
    longer = (
        _spans(connection.execute(_long_threads(everybody=True), {"user": user_id, "until": seen})) if threads else {}
    )
    return touches(connection, user_id, seen), longer


def _days_of_few(
    connection: Connection, user_id: int, seen: datetime, people: Sequence[str], *, threads: bool
) -> _Days:
    """Read the days with these people, and threads with them, in one statement: it is asked for every new email."""
    if not threads:
        return touches(connection, user_id, seen, people), {}
    rows = connection.execute(_days_and_threads(), {"user": user_id, "people": people, "until": seen}).all()
    days: list[Any] = []
    found: list[Any] = []
    for row in rows:
        (days if row[2] is not None else found).append(row)
    return days, _spans((person, begun, ended) for person, _, _, _, begun, ended in found)


def _spans(rows: Iterable[Any]) -> dict[str, list[Span]]:
    """Sort the mail threads with each person that pause for some days: an answer there goes on with what was said."""
    found: dict[str, list[Span]] = {}
    for person, begun, ended in sorted(map(tuple, rows)):
        found.setdefault(person, []).append(Span(begun // DAY, ended // DAY))
    return found


@cache
def _long_threads(*, everybody: bool) -> Select[Any]:
    part = Participation
    at = type_coerce(part.at, BigInteger)
    first, last = func.min(at).label("first"), func.max(at).label("last")
    asked: Any = select(Address.person, first, last)
    theirs = everyones() if everybody else [*whose(PEOPLE), EACH.number == part.interaction]
    asked = asked.where(*theirs, part.counts_at <= UNTIL, part.touch.in_(MAILS), EACH.thread.is_not(None))
    return asked.group_by(Address.person, EACH.thread).having(last - first > QUIET * DAY)  # type: ignore[no-any-return]


@cache
def _days_and_threads() -> CompoundSelect[Any]:
    """Ask for days of contact as `touches` does, and for threads, which have no touch."""
    threads = _long_threads(everybody=False).subquery()
    absent = cast(null(), Integer)
    both: Any = union_all(
        _touches(PEOPLE).order_by(None),
        select(threads.c.person, absent, absent, absent, threads.c.first, threads.c.last),
    )
    return both.order_by("person", "day", "touch")  # type: ignore[no-any-return]


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

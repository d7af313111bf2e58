"""The list of people: searched, filtered, sorted, and read page by page from the stored judgement."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_

from models.enums import Stage, Warmth
from models.judgement import StoredAssessment
from models.people import Address, Person
from worker.judgement.keep.stored import Relationship, current
from worker.storage.conditions import there_is
from worker.views.cursors import read_cursor, write_cursor
from worker.views.judgement.quieted import Quieted, quieted
from worker.views.session import View

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute

#: Rows of a page at most; words of a search that are looked at, and how long each may be.
MOST, WORDS, LONGEST = 200, 5, 60


class Sort(StrEnum):
    """The order of a list of people."""

    NEED = "need"  # who needs you first
    DEPTH = "depth"  # the deepest roots first
    NAME = "name"


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """Which people are asked for."""

    search: str = ""  # words that must all stand in the name or in an address
    stage: Stage | None = None
    warmth: Warmth | None = None
    needing: bool = False  # only who is going cold or has gone cold
    sort: Sort = Sort.NEED
    cursor: str = ""  # PeoplePage.cursor of the page before
    limit: int = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in a list."""

    person: str
    name: str
    addresses: tuple[str, ...]
    stage: Stage
    warmth: Warmth
    reason: str  # how things stand, in one sentence; "" if there is nothing to say
    silent_days: int | None
    last_at: datetime | None
    next_meeting_at: datetime | None
    quieted: Quieted  # what the user decided


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of people; `cursor` is where the next one begins, "" after the last."""

    rows: tuple[PersonRow, ...]
    cursor: str


def people_page(view: View, query: PeopleQuery) -> PeoplePage:
    """Read one page of people.

    Raises:
        BadCursor: the cursor belongs to another list.
    """
    limit = min(max(1, query.limit), MOST)
    keys = view.connection.execute(_statement(view, query).limit(limit + 1)).all()
    shown = keys[:limit]
    order = {row.person: place for place, row in enumerate(shown)}
    found = current(view.connection, view.user_id, list(order)) if order else []
    decided = quieted(view, list(order))
    rows = sorted((_row(one, decided.get(one.person, Quieted())) for one in found), key=lambda row: order[row.person])
    cursor = write_cursor(*_sort_key(shown[-1], query.sort)) if len(keys) > limit else ""
    return PeoplePage(tuple(rows), cursor)


def count_people(view: View, query: PeopleQuery) -> int:
    """Count everyone a query finds, on all pages."""
    wanted = select(func.count()).select_from(StoredAssessment).join(Person, _SAME)
    return view.connection.scalar(wanted.where(*_conditions(view, query))) or 0


_SAME = (Person.user_id == StoredAssessment.user_id) & (Person.key == StoredAssessment.person)


def _statement(view: View, query: PeopleQuery) -> Select[Any]:
    stored = StoredAssessment
    columns: Any = select(stored.person, stored.need, stored.depth, Person.name)
    wanted = columns.join(Person, _SAME).where(*_conditions(view, query))
    match query.sort:
        case Sort.NEED:
            order: list[Any] = [stored.need.desc(), stored.depth.desc(), stored.person]
            kinds: tuple[type, ...] = (float, float, str)
        case Sort.DEPTH:
            order, kinds = [stored.depth.desc(), stored.person], (float, str)
        case Sort.NAME:
            order, kinds = [Person.name, stored.person], (str, str)
    if query.cursor:
        wanted = wanted.where(_after(query.sort, read_cursor(query.cursor, *kinds)))
    ordered: Select[Any] = wanted.order_by(*order)
    return ordered


def _after(sort: Sort, key: list[Any]) -> ColumnElement[bool]:
    """Say that a row comes after the one with this key, in the order of the list."""
    stored = StoredAssessment
    if sort is Sort.NAME:
        return tuple_(Person.name, stored.person) > tuple_(*key)
    *needs, depth, person = key
    later = or_(stored.depth < depth, and_(stored.depth == depth, stored.person > person))
    for need in needs:
        later = or_(stored.need < need, and_(stored.need == need, later))
    return later


def _sort_key(row: Any, sort: Sort) -> tuple[str | float, ...]:
    return {
        Sort.NEED: (row.need, row.depth, row.person),
        Sort.DEPTH: (row.depth, row.person),
        Sort.NAME: (row.name, row.person),
    }[sort]


def _conditions(view: View, query: PeopleQuery) -> list[ColumnElement[bool]]:
    stored = StoredAssessment
    wanted: list[ColumnElement[bool]] = [stored.user_id == view.user_id]
    if query.stage is not None:
        wanted.append(stored.stage == query.stage.value)
    if query.warmth is not None:
        wanted.append(stored.warmth == query.warmth.value)
    if query.needing:
        wanted.append(stored.need > 0)
    for word in query.search.replace("\0", " ").split()[:WORDS]:
        theirs = there_is(
            Address.user_id == view.user_id, Address.person == stored.person, _holds(Address.address, word)
        )
        wanted.append(or_(_holds(Person.name, word), theirs))
    return wanted


def _holds(column: "InstrumentedAttribute[str]", word: str) -> ColumnElement[bool]:
    """Say that a text holds a word, whatever its case; SQLite itself knows the case of ASCII alone."""
    word = word[:LONGEST]
    ways = {word, word.lower(), word.capitalize(), word.upper()} if not word.isascii() else {word}
    return or_(*(column.icontains(way, autoescape=True) for way in sorted(ways)))


def _row(one: Relationship, decided: Quieted) -> PersonRow:
    found = one.judgement
    reason = found.reasons[0] if found.reasons else ""
    return PersonRow(
        person=one.person,
        name=one.name,
        addresses=one.addresses,
        stage=found.stage,
        warmth=found.warmth,
        reason=f"{reason[:1].upper()}{reason[1:]}." if reason else "",
        silent_days=found.silent_days,
        last_at=one.dates.last_at,
        next_meeting_at=one.dates.next_meeting_at,
        quieted=decided,
    )

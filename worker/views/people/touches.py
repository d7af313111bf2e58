"""The history, touch by touch, newest first: with one person or with everyone, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from models.base import moment, seconds
from models.digests import is_identity
from models.enums import Channel, Direction
from models.history import Interaction, Participation
from models.people import Address, Person
from worker.views.cursors import BadCursor, read_cursor, write_cursor
from worker.views.session import View

#: Rows of a page at most, and people named in one of them.
MOST, NAMED = 200, 12


@dataclass(frozen=True, slots=True)
class TouchQuery:
    """Which part of the history is asked for: `since` <= occurred < `until`."""

    person: str = ""  # a person's key; "" for everyone
    since: datetime | None = None
    until: datetime | None = None
    cursor: str = ""  # TouchPage.cursor of the page before
    limit: int = 50


@dataclass(frozen=True, slots=True)
class TouchRow:
    """One interaction; `said` marks a conversation that the user noted."""

    id: str
    at: datetime
    ends_at: datetime | None
    channel: Channel
    direction: Direction
    subject: str | None
    group_size: int
    people: tuple[tuple[str, str], ...]  # person key and name, at most NAMED of them
    said: bool


@dataclass(frozen=True, slots=True)
class TouchPage:
    """One page of the history; `cursor` is where the next one begins, "" after the last."""

    rows: tuple[TouchRow, ...]
    cursor: str


def touches_page(view: View, query: TouchQuery) -> TouchPage:
    """Read one page of what has happened up to now.

    Raises:
        BadCursor: the cursor belongs to another list.
    """
    limit = min(max(1, query.limit), MOST)
    interaction = Interaction
    columns = (
        interaction.id, interaction.occurred_at, interaction.ends_at, interaction.channel, interaction.direction,
        interaction.subject, interaction.group_size,
    )  # fmt: skip
    wanted: Any = select(*columns).where(interaction.user_id == view.user_id)
    if query.person:
        wanted = wanted.where(interaction.id.in_(_with_person(view, query, limit + 1)))
    else:
        wanted = wanted.where(
            interaction.counts_at <= view.now, *_within(query, interaction.occurred_at, interaction.id)
        )
    found: Any = view.connection.execute(
        wanted.order_by(interaction.occurred_at.desc(), interaction.id.desc()).limit(limit + 1)
    ).all()
    shown = found[:limit]
    named = _people(view, [row.id for row in shown])
    rows = tuple(
        TouchRow(
            row.id, row.occurred_at, row.ends_at, Channel(row.channel), Direction(row.direction), row.subject,
            row.group_size, tuple(named.get(row.id, ())), row.channel == Channel.TALK,
        )
        for row in shown
    )  # fmt: skip
    more = len(found) > limit
    return TouchPage(rows, write_cursor(seconds(shown[-1].occurred_at), shown[-1].id) if more else "")


def _with_person(view: View, query: TouchQuery, limit: int) -> list[str]:
    """Name the interactions of a page with one person: found by their addresses, not among everyone's."""
    part, mail = Participation, Interaction
    theirs = view.connection.scalars(
        select(Address.number).where(Address.user_id == view.user_id, Address.person == query.person)
    ).all()
    rows = view.connection.execute(
        select(part.at, mail.id)
        .join(mail, mail.number == part.interaction)
        .where(
            part.user_id == view.user_id,
            part.address.in_(theirs),
            part.counts_at <= view.now,
            *_within(query, part.at, mail.id),
        )
        .distinct()
        .order_by(part.at.desc(), mail.id.desc())
        .limit(limit)
    )
    return [row.id for row in rows]


def _within(query: TouchQuery, at: Any, key: Any) -> list[ColumnElement[bool]]:
    """Say which rows are asked for, by their time and id."""
    wanted: list[ColumnElement[bool]] = []
    if query.since is not None:
        wanted.append(at >= query.since)
    if query.until is not None:
        wanted.append(at < query.until)
    if query.cursor:
        said, last = read_cursor(query.cursor, float, str)
        if not is_identity(last):
            raise BadCursor("view.bad_cursor")
        when = moment(int(min(max(said, 0), 2**37)))
        wanted.append(or_(at < when, (at == when) & (key < last)))
    return wanted


def _people(view: View, ids: list[str]) -> dict[str, list[tuple[str, str]]]:
    """Name the people of these interactions."""
    part, mail = Participation, Interaction
    rows: Any = view.connection.execute(
        select(mail.id, Person.key, Person.name)
        .join(part, part.interaction == mail.number)
        .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
        .join(Person, (Person.user_id == Address.user_id) & (Person.key == Address.person))
        .where(mail.user_id == view.user_id, mail.id.in_(ids))
        .order_by(mail.id, Person.key)
    )
    found: dict[str, list[tuple[str, str]]] = {}
    for key, person, name in rows:
        listed = found.setdefault(key, [])
        if (person, name) not in listed and len(listed) < NAMED:
            listed.append((person, name))
    return found

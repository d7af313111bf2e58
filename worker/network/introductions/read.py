"""Reading where people may have been brought in: only what lies around a first contact, never a whole history."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from models.enums import Channel, Role
from worker.addresses.freemail import is_freemail
from worker.network.introductions.events import Event, Opening
from worker.network.introductions.signs import FOLLOWS
from worker.network.introductions.statements import (
    AROUND,
    INTERACTIONS,
    KNOWN_FIRST,
    MEETINGS_WITH,
    PARTS,
    STARTS,
    WRITES_FROM,
)
from worker.storage.bulk import chunks

#: the user's own part in what they wrote or organized
OWN = (Role.FROM, Role.ORGANIZER)


class _Start(NamedTuple):
    """An event in which someone new was seen beside someone else who wrote or organized it."""

    new: str
    author: str
    at: int
    id: str
    new_address: str
    author_address: str


def openings(connection: Connection, user_id: int, people: Collection[str]) -> list[Opening]:
    """Read the openings of these people (person keys): who may have brought them, and what followed."""
    found: list[Opening] = []
    for chunk in chunks(sorted(people)):
        starts = _starts(connection, user_id, chunk)
        if starts:
            found += _with_what_followed(connection, user_id, starts)
    return found


def meetings_with(connection: Connection, user_id: int, opening: Opening) -> list[Event]:
    """Read the meetings of the user and the friend in the weeks after: an assistant only finds a time for one."""
    since = opening.first.at
    asked = {"user": user_id, "friend": opening.friend, "since": since, "until": since + FOLLOWS}
    ids = connection.scalars(MEETINGS_WITH, asked).all()
    return sorted(events(connection, user_id, ids).values(), key=lambda one: (one.at, one.id)) if ids else []


def _starts(connection: Connection, user_id: int, people: Sequence[str]) -> list[_Start]:
    """Find the earliest event in which each of some people was named by each of those who named them."""
    rows: Any = connection.execute(STARTS, {"user": user_id, "people": people})
    earliest: dict[tuple[str, str], _Start] = {}
    for row in sorted(_Start(*row) for row in rows):
        earliest.setdefault((row.new, row.author), row)
    return list(earliest.values())


def _with_what_followed(connection: Connection, user_id: int, starts: Sequence[_Start]) -> list[Opening]:
    new, authors = sorted({one.new for one in starts}), sorted({one.author for one in starts})
    history: dict[str, list[str]] = defaultdict(list)
    around: Any = connection.execute(AROUND, {"user": user_id, "people": new})
    for person, id_ in around:
        history[person].append(id_)
    known = {
        person: at
        for chunk in chunks(authors)
        for person, at in connection.execute(KNOWN_FIRST, {"user": user_id, "people": chunk})
    }
    domains = _domains(connection, user_id, {*new, *authors})
    found = events(connection, user_id, {one.id for one in starts}.union(*history.values()))
    return [
        Opening(
            one.new,
            one.author,
            found[one.id],
            sorted((found[id_] for id_ in history[one.new]), key=lambda event: (event.at, event.id)),
            same_firm=bool(domains[one.new] & domains[one.author]),
            known_since=known.get(one.author),
            new_address=one.new_address,
            friend_address=one.author_address,
        )
        for one in starts
    ]


def events(connection: Connection, user_id: int, ids: Collection[str]) -> dict[str, Event]:
    """Read interactions as events: who took part, as people."""
    people: dict[str, dict[str, Role]] = defaultdict(dict)
    author: dict[str, str] = {}
    found: dict[str, Event] = {}
    for chunk in chunks(sorted(ids)):
        asked = {"user": user_id, "ids": chunk}
        parts: Any = connection.execute(PARTS, asked)
        for id_, person, role in parts:
            if people[id_].get(person, Role.BCC) == Role.BCC:
                people[id_][person] = Role(role)
            if role in {Role.FROM, Role.ORGANIZER}:
                author[id_] = person
        interactions: Any = connection.execute(INTERACTIONS, asked)
        for id_, at, channel, role, *rest in interactions:
            by = None if role in OWN else author.get(id_, "")
            found[id_] = Event(id_, at, channel == Channel.MEETING, by, people[id_], *rest)
    return found


def _domains(connection: Connection, user_id: int, people: Collection[str]) -> dict[str, set[str]]:
    """Name the firms' domains each of these people writes from."""
    found: dict[str, set[str]] = {person: set() for person in people}
    for chunk in chunks(sorted(people)):
        rows: Any = connection.execute(WRITES_FROM, {"user": user_id, "people": chunk})
        for person, address in rows:
            domain = address.rpartition("@")[2].lower()
            if not is_freemail(domain):
                found[person].add(domain)
    return found

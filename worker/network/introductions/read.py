"""Reading where people may have been brought in: only what lies around a first contact, never a whole history."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, bindparam, func, select, type_coerce
from sqlalchemy.engine import Connection

from models.declarative import aliased
from models.enums import Channel, Direction, Role, Touch
from models.history import Interaction, Participation
from models.people import Address
from worker.addresses.freemail import is_freemail
from worker.judgement.facts import DIRECT, MEETINGS
from worker.network.introductions.events import Event, Opening
from worker.network.introductions.weigh import DAY, FOLLOWS, MOST
from worker.storage.bulk import chunks

#: seconds before a first direct contact in which it may have been brought about
BEFORE = 60 * DAY
#: what makes somebody known to the user: a word of the user's own, or a meeting both came to
KNOWN = (Touch.OUT_ONE, Touch.OUT, Touch.MET_ONE, Touch.MET)
#: touches a first event leaves with whoever is new
BROUGHT = (Touch.SEEN, Touch.NAMED, Touch.MET)
#: the user's own part in what they wrote or organized
OWN = (Role.FROM, Role.ORGANIZER)
EARLY, AUTHOR, WHOSE = aliased(Participation), aliased(Participation), aliased(Address)
#: The statements are made once, because aliases take long to make; these are what they are asked with.
USER: Any = bindparam("user")
PEOPLE: Any = bindparam("people", expanding=True)
IDS: Any = bindparam("ids", expanding=True)


def first_of(touches: Iterable[Touch]) -> Select[Any, Any]:
    """Ask when each of some people (`user`, `people`) first had one of these touches, in seconds.

    The index gives the first one of an address without reading on.
    """
    first = (
        select(type_coerce(EARLY.at, BigInteger))
        .where(EARLY.user_id == USER, EARLY.address == Address.address, EARLY.touch.in_(tuple(touches)))
        .order_by(EARLY.at)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(Address.person.label("person"), func.min(first).label("at"))
        .where(Address.user_id == USER, Address.person.in_(PEOPLE))
        .group_by(Address.person)
    )


MET_FIRST, KNOWN_FIRST = first_of(DIRECT).subquery(), first_of(KNOWN)
AT = type_coerce(Participation.at, BigInteger)


def _around(after: int, *columns: Any) -> Select[Any, Any]:
    """Ask for what was between some people and the user from BEFORE their first contact to so many seconds after."""
    part, first = Participation, MET_FIRST
    return (
        select(first.c.person, *columns)
        .select_from(first)
        .join(Address, (Address.user_id == USER) & (Address.person == first.c.person))
        .join(
            part,
            (part.user_id == USER)
            & (part.address == Address.address)
            & AT.between(first.c.at - BEFORE, first.c.at + after),
        )
    )


#: Events before a first contact in which a third person wrote to both, or asked both to meet.
STARTS = (
    _around(0, WHOSE.person, AT, Participation.interaction_id, Participation.address, AUTHOR.address)
    .join(Interaction, (Interaction.user_id == USER) & (Interaction.id == Participation.interaction_id))
    .join(AUTHOR, (AUTHOR.user_id == USER) & (AUTHOR.interaction_id == Participation.interaction_id))
    .join(WHOSE, (WHOSE.user_id == USER) & (WHOSE.address == AUTHOR.address))
    .where(
        Participation.touch.in_(BROUGHT),
        Interaction.direction != Direction.OUT,
        Interaction.group_size.between(3, MOST),
        AUTHOR.role.in_((Role.FROM, Role.ORGANIZER)),
        WHOSE.person.is_not(None),
        WHOSE.person != MET_FIRST.c.person,
    )
)
#: Everything around a first contact.
AROUND = _around(FOLLOWS, Participation.interaction_id).where(Participation.touch.is_not(None))
#: Who took part in interactions, as people.
PARTS = (
    select(
        Participation.interaction_id, func.coalesce(Address.person, Participation.address), Participation.role
    )
    .outerjoin(Address, (Address.user_id == USER) & (Address.address == Participation.address))
    .where(
        Participation.user_id == USER, Participation.interaction_id.in_(IDS), Participation.touch.is_not(None)
    )
    .order_by(Participation.interaction_id, Participation.address)
)  # fmt: skip
TOLD = select(
    Interaction.id, type_coerce(Interaction.occurred_at, BigInteger), Interaction.channel, Interaction.my_role,
    Interaction.group_size, Interaction.subject, Interaction.thread,
).where(Interaction.user_id == USER, Interaction.id.in_(IDS))  # fmt: skip
WRITES_FROM = select(Address.person, Address.address).where(Address.user_id == USER, Address.person.in_(PEOPLE))
#: The meetings of the user and one person between two moments.
MEETINGS_WITH = (
    select(Participation.interaction_id)
    .join(Address, (Address.user_id == USER) & (Address.address == Participation.address))
    .where(
        Participation.user_id == USER,
        Address.person == bindparam("friend"),
        AT.between(bindparam("since"), bindparam("until")),
        Participation.touch.in_(MEETINGS),
    )
)


class _Start(NamedTuple):
    """An event in which somebody new was seen beside somebody else who wrote or organized it."""

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
        told: Any = connection.execute(TOLD, asked)
        for id_, at, channel, role, *rest in told:
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

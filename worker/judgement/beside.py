"""What is read beside the days of contact: booked meetings, who introduced whom, and when more of either is known."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, bindparam, case, func, null, or_, select, union_all
from sqlalchemy.engine import Connection

from models.declarative import aliased
from models.enums import Response, Role, Touch
from models.history import Interaction, Participation
from models.judgement import Introduction
from models.people import Address
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
NEW, FRIEND = aliased(Address), aliased(Address)
EACH: Any = aliased(Interaction)
#: Until when, and from when on, something is asked for.
UNTIL: Any = bindparam("until")
SINCE: Any = bindparam("since")
#: Until something that is late is looked for again.
SOON = timedelta(minutes=1)
FAR = datetime.max.replace(tzinfo=UTC)


class Beside(NamedTuple):
    """What is known of people beside the days on which they were in touch, by person key."""

    booked: Mapping[str, datetime]  # the next meeting
    introduced: Mapping[str, tuple[str, datetime]]  # by whom, and when
    matures: Mapping[str, datetime]  # when the next meeting will count, or when who introduced them is known


def beside_days(
    connection: Connection, user_id: int, now: datetime, people: Collection[str] | None, seen: datetime
) -> Beside:
    """Read what is booked with all, or these `people`, who introduced them, and when more will be known of either.

    A meeting that is over and was not seen to take place (nothing was seen after `seen`) counts with the next reading:
    it is looked for every minute.
    """
    booked: dict[str, datetime] = {}
    pairs: list[tuple[str, str, datetime]] = []
    matures: dict[str, datetime] = {}
    asked = _beside(everybody=people is None)
    for chunk in [()] if people is None else chunks(sorted(people)):
        rows: Any = connection.execute(asked, {"user": user_id, "people": chunk, "since": min(seen, now), "until": now})
        for person, friend, at, later in rows:
            if friend is not None:
                pairs.append((person, friend, at))
            elif at is not None:
                booked[person] = at
            if later is not None:
                matures[person] = min(matures.get(person, FAR), max(later, now + SOON))
    return Beside(booked, _earliest(pairs), matures)


def introductions(
    connection: Connection, user_id: int, now: datetime, people: Collection[str] | None = None
) -> dict[str, tuple[str, datetime]]:
    """Return who introduced all, or these `people`, and when, as far as it was known at `now`, by person key."""
    rows: Any = connection.execute(
        _pairs(everybody=people is None), {"user": user_id, "people": tuple(people or ()), "until": now}
    )
    return _earliest(rows)


def whose(people: Any) -> list[ColumnElement[bool]]:
    """Say whose participations are asked for: those of these people, or of everyone where None are given."""
    mine = [Address.user_id == USER, Participation.user_id == USER, Participation.address == Address.number]
    return [*mine, Address.person.is_not(None) if people is None else Address.person.in_(people)]


def everyones() -> list[ColumnElement[bool]]:
    """Say the same of everyone, for what is asked of few or of all interactions (EACH): these come in their order.

    Reached by their addresses, each would be looked for wherever it lies: three times as long.
    """
    return [
        EACH.user_id == USER,
        Participation.interaction == EACH.number,
        Address.user_id == EACH.user_id,
        Address.number == Participation.address,
        Address.person.is_not(None),
    ]


def _earliest(pairs: Iterable[Any]) -> dict[str, tuple[str, datetime]]:
    """Leave the first introduction of each: rows (introduced, introducer, when), as people."""
    by: dict[str, tuple[str, datetime]] = {}
    for new, at, friend in sorted({(new, at, friend) for new, friend, at in pairs if new and friend and new != friend}):
        by.setdefault(new, (friend, at))
    return by


@cache
def _pairs(*, everybody: bool) -> Select[Any]:
    known: Any = _between(NEW.person, FRIEND.person, Introduction.at, everybody=everybody)
    return known.where(_KNOWN)  # type: ignore[no-any-return]


@cache
def _beside(*, everybody: bool) -> CompoundSelect[Any]:
    """Ask in one statement for meetings and introductions: person, introducer, when (if that is known), known when."""
    part = Participation
    ahead = case((and_(part.counts_at > UNTIL, BOOKED), part.at))
    matures = case((part.touch.is_not(None), part.counts_at))
    meetings: Any = select(Address.person, null(), func.min(ahead), func.min(matures))
    theirs = [*everyones(), EACH.counts_at > SINCE] if everybody else whose(PEOPLE)
    meetings = meetings.where(*theirs, part.counts_at > SINCE).group_by(Address.person)
    introduced = _between(
        NEW.person,
        case((_KNOWN, FRIEND.person)),
        case((_KNOWN, Introduction.at)),
        case((Introduction.known_at > UNTIL, Introduction.known_at)),
        everybody=everybody,
    )
    both: Any = union_all(meetings, introduced)
    return both  # type: ignore[no-any-return]


#: What is known of an introduction that counts.
_KNOWN = and_(Introduction.counts, Introduction.known_at <= UNTIL, FRIEND.person.is_not(None))


def _between(*columns: Any, everybody: bool) -> Select[Any]:
    """Ask for introductions, with those who were introduced and those who introduced them as people."""
    found: Any = (
        select(*columns)
        .select_from(Introduction)
        .join(NEW, (NEW.user_id == Introduction.user_id) & (NEW.address == Introduction.introduced))
        .outerjoin(FRIEND, (FRIEND.user_id == Introduction.user_id) & (FRIEND.address == Introduction.introducer))
        .where(Introduction.user_id == USER)
    )
    return found if everybody else found.where(NEW.person.in_(PEOPLE))  # type: ignore[no-any-return]

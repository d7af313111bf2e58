"""What is asked of the database to find introductions: statements made once, because aliases take long to make."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, func, select, type_coerce

from models.declarative import aliased
from models.enums import Direction, Role, Touch
from models.history import Interaction, Participation
from models.people import Address
from worker.judgement.facts import DIRECT, MEETINGS
from worker.network.introductions.signs import DAY, FOLLOWS, MOST

#: seconds before a first direct contact in which it may have been brought about
BEFORE = 60 * DAY
#: what makes someone known to the user: a word of the user's own, or a meeting both came to
KNOWN = (Touch.OUT_ONE, Touch.OUT, Touch.MET_ONE, Touch.MET)
#: touches a first event leaves with whoever is new
BROUGHT = (Touch.SEEN, Touch.NAMED, Touch.MET)
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
        .where(EARLY.user_id == USER, EARLY.address == Address.number, EARLY.touch.in_(tuple(touches)))
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
            & (part.address == Address.number)
            & AT.between(first.c.at - BEFORE, first.c.at + after),
        )
    )


def _apart(asked: Select[Any, Any]) -> Any:
    """Have a database answer this before it looks at anything else: SQLite would otherwise begin with all there is."""
    return asked.offset(0).subquery()


BEFOREHAND = _apart(
    _around(0, AT.label("at"), Participation.interaction, Address.address).where(Participation.touch.in_(BROUGHT))
)
#: Events before a first contact in which a third person wrote to both, or asked both to meet.
STARTS = (
    select(
        BEFOREHAND.c.person, WHOSE.person, BEFOREHAND.c.at, Interaction.id, BEFOREHAND.c.address, WHOSE.address
    )
    .join(Interaction, Interaction.number == BEFOREHAND.c.interaction)
    .join(AUTHOR, AUTHOR.interaction == BEFOREHAND.c.interaction)
    .join(WHOSE, (WHOSE.user_id == USER) & (WHOSE.number == AUTHOR.address))
    .where(
        Interaction.direction != Direction.OUT,
        Interaction.group_size.between(3, MOST),
        AUTHOR.role.in_((Role.FROM, Role.ORGANIZER)),
        WHOSE.person != BEFOREHAND.c.person,  # and so there is one
    )
)  # fmt: skip
NEAR = _apart(_around(FOLLOWS, Participation.interaction).where(Participation.touch.is_not(None)))
#: Everything around a first contact.
AROUND = select(NEAR.c.person, Interaction.id).join(Interaction, Interaction.number == NEAR.c.interaction)
#: Who took part in interactions, as people.
PARTS = (
    select(Interaction.id, func.coalesce(Address.person, Address.address), Participation.role)
    .join(Participation, Participation.interaction == Interaction.number)
    .join(Address, (Address.user_id == USER) & (Address.number == Participation.address))
    .where(Interaction.user_id == USER, Interaction.id.in_(IDS), Participation.touch.is_not(None))
    .order_by(Interaction.id, Address.address)
)
INTERACTIONS = select(
    Interaction.id, type_coerce(Interaction.occurred_at, BigInteger), Interaction.channel, Interaction.my_role,
    Interaction.group_size, Interaction.subject, Interaction.thread,
).where(Interaction.user_id == USER, Interaction.id.in_(IDS))  # fmt: skip
WRITES_FROM = select(Address.person, Address.address).where(Address.user_id == USER, Address.person.in_(PEOPLE))
#: The meetings of the user and one person between two moments.
MEETINGS_WITH = (
    select(Interaction.id)
    .join(Participation, Participation.interaction == Interaction.number)
    .join(Address, (Address.user_id == USER) & (Address.number == Participation.address))
    .where(
        Participation.user_id == USER,
        Address.person == bindparam("friend"),
        AT.between(bindparam("since"), bindparam("until")),
        Participation.touch.in_(MEETINGS),
    )
)

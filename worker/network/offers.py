"""Two of the user's who might like to know each other: an offer to give, rare, and only for reasons that are known."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.enums import Direction, Role
from models.history import Interaction, Participation
from models.people import Address, Decision
from worker.identity.resolve import clusters_of
from worker.judgement.facts import DIRECT
from worker.network.friends import Friend, together
from worker.network.topics import Topics
from worker.wording.text import clean, name_of

#: What the user says of two people: never suggest it. Subject and object are the two.
NEVER = "never introduce"
#: how far back subjects are looked at
LATELY = timedelta(days=365)
#: a pair is offered once in so long; and any pair
PAIR, ANY = timedelta(days=365), timedelta(days=28)
#: people looked at: the relationships one can hold in mind
MOST = 150
Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Offer:
    """Two people, why they might like to meet, and the subject of an email that would introduce them."""

    one: Friend
    other: Friend
    because: str
    subject: str


def drafted(one: Friend, other: Friend) -> str:
    """Draft the subject of an introduction."""
    return f"Introducing {name_of(one.name, one.address)} and {name_of(other.name, other.address)}"


def offer(
    connection: Connection, user_id: int, friends: Iterable[Friend], offered: Mapping[Pair, datetime], now: datetime
) -> Offer | None:
    """Find two people to introduce to each other, or None: mostly there are none.

    Args:
        connection: an open transaction.
        user_id: whose.
        friends: everyone who may be named.
        offered: when pairs were offered before.
        now: aware UTC.
    """
    if any(now - at < ANY for at in offered.values()):
        return None
    warm = {one.person: one for one in sorted(friends, key=lambda one: one.person) if one.warm}
    warm = dict(list(warm.items())[:MOST])
    if len(warm) < 2:
        return None
    barred = together(connection, user_id, warm) | refused(connection, user_id)
    barred |= {pair for pair, at in offered.items() if now - at < PAIR}
    return chosen(warm, barred, topics_of(connection, user_id, warm, now).common(len(warm)))


def chosen(warm: Mapping[str, Friend], barred: Collection[Pair], topics: Mapping[str, Collection[str]]) -> Offer | None:
    """Choose a pair (pure): one that shares a topic, in their order, else one that came through the same person."""
    for word, people in topics.items():
        for pair in combinations(people, 2):
            if _may(warm, pair, barred):
                one, other = (warm[person] for person in pair)
                return _offer(one, other, f"{_both(one, other)} are both in touch with you about “{clean(word, 30)}”.")
    for pair in combinations(warm, 2):
        one, other = (warm[person] for person in pair)
        friend = warm.get(one.introduced_by or "")
        if friend is not None and one.introduced_by == other.introduced_by and _may(warm, pair, barred):
            return _offer(
                one, other, f"You know both {_both(one, other)} through {name_of(friend.name, friend.person)}."
            )
    return None


def _offer(one: Friend, other: Friend, reason: str) -> Offer:
    return Offer(one, other, f"{reason} As far as your email shows, they've never met.", drafted(one, other))


def _both(one: Friend, other: Friend) -> str:
    return f"{name_of(one.name, one.address)} and {name_of(other.name, other.address)}"


def _may(warm: Mapping[str, Friend], pair: tuple[str, str], barred: Collection[Pair]) -> bool:
    one, other = (warm[person] for person in pair)
    led = one.introduced_by == other.person or other.introduced_by == one.person
    return frozenset(pair) not in barred and not led and not one.firms & other.firms


def refused(connection: Connection, user_id: int) -> set[Pair]:
    """Name the pairs that the user said are never to be suggested."""
    rows = connection.execute(
        select(Decision.subject, Decision.object).where(Decision.user_id == user_id, Decision.kind == NEVER)
    ).all()
    person = clusters_of(connection, user_id).person if rows else str
    return {frozenset((person(row.subject), person(row.object))) for row in rows}


def topics_of(connection: Connection, user_id: int, friends: Mapping[str, Friend], now: datetime) -> Topics:
    """Read what the user writes about with these people, recently."""
    part, mail = Participation, Interaction
    topics = Topics([one.name for one in friends.values()])
    rows = connection.execute(
        select(Address.person, mail.subject, mail.thread, mail.id, mail.direction, mail.my_role)
        .join(part, (part.user_id == Address.user_id) & (part.address == Address.number))
        .join(mail, mail.number == part.interaction)
        .where(
            Address.user_id == user_id,
            Address.person.in_(list(friends)),
            part.touch.in_(DIRECT),
            part.at.between(now - LATELY, now),
            mail.subject.is_not(None),
        )
    )
    for person, subject, thread, id_, direction, my_role in rows:
        mine = direction == Direction.OUT or my_role == Role.ORGANIZER
        topics.add(str(person), str(subject), thread or id_, mine=mine)
    return topics

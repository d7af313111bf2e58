"""Introductions the user made: two of theirs who had shared nothing until the user wrote to both, and who answered."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce
from sqlalchemy.engine import Connection

from models.base import moment
from models.enums import Channel, Role, Touch
from models.history import Interaction, Participation
from models.people import Address
from worker.addresses.freemail import is_freemail
from worker.network.introductions.events import Event
from worker.network.introductions.signs import DAY, MOST
from worker.network.introductions.statements import first_of
from worker.storage.bulk import chunks

#: an introduction of two: the user and the two
THREE = 3
#: seconds in which one of the two answers both, and in which three who go on together are at work on something
ANSWERED, TOGETHER = 30 * DAY, 90 * DAY
#: emails and meetings all three share in that time, at most
FEW = 4
#: rows taken from the database at once
ROWS = 5000
Pair = tuple[str, str]
FIRST = first_of((Touch.OUT_ONE, Touch.OUT, Touch.IN_ONE, Touch.IN, Touch.MET_ONE, Touch.MET))


@dataclass(frozen=True, slots=True)
class Brought:
    """Two people (person keys, in order) that the user introduced to each other."""

    one: str
    other: str
    at: datetime  # aware UTC
    evidence: tuple[str, ...]  # interaction ids


def brought_together(connection: Connection, user_id: int, now: datetime) -> list[Brought]:
    """Find the introductions the user made up to `now`, the oldest first: two readings of what few people shared."""
    candidates: set[Pair] = set()
    for event in _shared(connection, user_id, now, mine=True):
        candidates.add(_pair(event))
    if not candidates:
        return []
    shared: dict[Pair, list[Event]] = defaultdict(list)
    members = {person for pair in candidates for person in pair}
    for event in _shared(connection, user_id, now, mine=False):
        for pair in combinations(sorted(members.intersection(event.people)), 2):
            if pair in candidates:
                shared[pair].append(event)
    known = _known_since(connection, user_id, members)
    found = [one for pair, events in shared.items() if (one := introduction_of(pair, events, known)) is not None]
    return sorted(found, key=lambda one: (one.at, one.one, one.other))


def introduction_of(pair: Pair, shared: Iterable[Event], known_since: Mapping[str, int]) -> Brought | None:
    """Say whether the user brought two people together; None if not (pure).

    Args:
        pair: the two, as person keys in order.
        shared: every email and meeting of few that both took part in, in any order.
        known_since: when the user first was in touch with each, in seconds.
    """
    events = sorted(shared, key=lambda one: (one.at, one.id))
    first = events[0]
    if not first.mine or first.size != THREE or _firm(pair[0]) & _firm(pair[1]):
        return None
    if any(known_since.get(person, first.at) >= first.at for person in pair):
        return None
    later = events[1:]
    answers = [one for one in later if one.author in pair and not one.meeting and one.at <= first.at + ANSWERED]
    if not first.meeting and not answers:
        return None
    if sum(one.at <= first.at + TOGETHER for one in later) > FEW:
        return None
    return Brought(*pair, moment(first.at), (first.id, *(one.id for one in answers[:2])))


def _pair(event: Event) -> Pair:
    one, other = sorted(event.people)
    return one, other


def _firm(person: str) -> set[str]:
    domain = person.rpartition("@")[2]
    return set() if is_freemail(domain) else {domain}


def _shared(connection: Connection, user_id: int, now: datetime, *, mine: bool) -> Iterable[Event]:
    """Yield the emails and meetings of few; `mine`: only those of three that the user wrote or organized."""
    part, mail = Participation, Interaction
    wanted = [mail.user_id == user_id, mail.counts_at <= now, mail.group_size.between(THREE, THREE if mine else MOST)]
    if mine:
        wanted.append(mail.my_role.in_((Role.FROM, Role.ORGANIZER)))
    rows: Any = connection.execute(
        select(mail.id, type_coerce(mail.occurred_at, BigInteger), mail.channel, mail.my_role, mail.group_size,
               Address.person, part.role)
        .join(part, part.interaction == mail.number)
        .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
        .where(*wanted, part.touch.is_not(None), part.role != Role.BCC, Address.person.is_not(None))
        .order_by(mail.id, Address.address)
        .execution_options(yield_per=ROWS)
    )  # fmt: skip
    together: list[Any] = []
    for row in rows:
        if together and together[0][0] != row[0]:
            yield from _event(together, mine=mine)
            together = []
        together.append(row)
    yield from _event(together, mine=mine)


def _event(rows: Sequence[Any], *, mine: bool) -> Iterable[Event]:
    people = {row[5]: Role(row[6]) for row in rows}
    if len(people) < 2 or (mine and len(people) != 2):
        return
    id_, at, channel, my_role, size, *_ = rows[0]
    author = next((person for person, role in people.items() if role in {Role.FROM, Role.ORGANIZER}), "")
    by_me = my_role in {Role.FROM, Role.ORGANIZER}
    yield Event(id_, at, channel == Channel.MEETING, None if by_me else author, people, size)


def _known_since(connection: Connection, user_id: int, people: Collection[str]) -> dict[str, int]:
    return {
        person: at
        for chunk in chunks(sorted(people))
        for person, at in connection.execute(FIRST, {"user": user_id, "people": chunk})
        if at is not None
    }

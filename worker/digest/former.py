"""Addresses of the user's own that have fallen silent, as after a change of jobs, and who knew no other.

What such people wrote since went to a mailbox no one showed us, so that their silence proves nothing.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.engine import Connection

from models.base import seconds
from models.enums import Channel, Direction, Warmth
from models.history import Interaction, Participation, Sighting
from models.people import Address, Evidence, OwnAddress
from models.records import EmailRecord, MeetingRecord
from worker.addresses.canonical import canonical
from worker.digest.choose.choice import Candidate
from worker.ingest.classify.identity import READER
from worker.ingest.evidence.pieces import WEEK, Fact, Kind
from worker.judgement.facts import DAY
from worker.storage.conditions import is_about

#: seconds for which nothing was written from an address, while the user wrote from another: one that was in use week
#: by week is left sooner than one for a few friends, which falls silent with them
SILENT, SILENT_WEEKLY = 60 * DAY, 14 * DAY
#: the share of its weeks in which an address in use week by week was written from
WEEKLY = 0.75
#: weeks in which an address must have been written from: one used now and then is often silent
USED = 8
#: interactions looked at: the newest with a person, and the newest that came in at all
NEWEST, ARRIVED = 12, 200
#: hex digits of an identity, with which the id of an interaction begins
IDENTITY = 32


def knew_only(connection: Connection, user_id: int, candidates: Iterable[Candidate], now: datetime) -> dict[str, str]:
    """Find the people gone quiet who knew only an address that the user has left: person -> that address."""
    left = _left(connection, user_id, now)
    found = {}
    for one in candidates if left else ():
        if one.relates and one.assessment.warmth in {Warmth.COOLING, Warmth.COLD}:
            used = _used_with(connection, user_id, one.person, now)
            if used and used <= left:
                found[one.person] = min(used)
    return found


def _left(connection: Connection, user_id: int, now: datetime) -> set[str]:
    """Find the own addresses that were written from for weeks and no longer are, and that nothing reaches any more."""
    silent = _silent(connection, user_id, now)
    if not silent:
        return set()
    since = max(last + max(patience // 2, SILENT_WEEKLY) for last, patience in silent.values())
    arrived = connection.scalars(
        select(Interaction.id)
        .where(
            Interaction.user_id == user_id,
            Interaction.channel == Channel.EMAIL,
            Interaction.direction == Direction.IN,
            type_coerce(Interaction.occurred_at, BigInteger).between(since, seconds(now)),
        )
        .order_by(Interaction.occurred_at.desc(), Interaction.id)
        .limit(ARRIVED)
    ).all()
    return silent.keys() - _named_in(connection, user_id, arrived)


def _silent(connection: Connection, user_id: int, now: datetime) -> dict[str, tuple[int, int]]:
    """Find the own addresses that are no longer written from: since when, and how long was waited (both seconds)."""
    at = type_coerce(Evidence.at, BigInteger)
    rows = connection.execute(
        select(Evidence.address, func.min(at), func.max(at), func.count((at // WEEK).distinct()))
        .where(Evidence.user_id == user_id, Evidence.fact == Fact.MINE, Evidence.kind == Kind.SENT, at <= seconds(now))
        .group_by(Evidence.address)
    ).all()
    newest = max((last for _, _, last, _ in rows), default=0)
    found = {}
    for address, first, last, weeks in rows:
        weekly = weeks >= WEEKLY * (last - first) / WEEK
        patience = SILENT_WEEKLY if weekly else SILENT
        if weeks >= USED and newest - last >= patience:
            found[address] = (last, patience)
    return found


def _used_with(connection: Connection, user_id: int, person: str, now: datetime) -> set[str]:
    """Return the user's own addresses in the newest interactions with someone."""
    part, mail = Participation, Interaction
    newest = connection.scalars(
        select(mail.id)
        .join(part, part.interaction == mail.number)
        .join(Address, (Address.user_id == part.user_id) & (Address.number == part.address))
        .where(part.user_id == user_id, Address.person == person, part.counts_at <= now, part.touch.is_not(None))
        .order_by(part.at.desc(), mail.id)
        .limit(NEWEST)
    ).all()
    return _named_in(connection, user_id, newest)


def _named_in(connection: Connection, user_id: int, interactions: Collection[str]) -> set[str]:
    """Return the user's own addresses that are named in interactions."""
    own = set(connection.scalars(select(OwnAddress.address).where(OwnAddress.user_id == user_id)))
    identities = {one[:IDENTITY] for one in interactions}
    records = connection.scalars(
        select(Sighting.record).where(
            Sighting.user_id == user_id, is_about(connection, identities), Sighting.record.is_not(None)
        )
    )
    return {address for record in records if record for address in _named(READER.decode(record))} & own


def _named(record: object) -> set[str]:
    match record:
        case EmailRecord():
            boxes = [record.sender, *record.to, *record.cc, *record.bcc]
            return {canonical(box.address) for box in boxes if box is not None}
        case MeetingRecord():
            asked = {canonical(one.address) for one in record.attendees}
            return asked | ({canonical(record.organizer.address)} if record.organizer else set())
    return set()

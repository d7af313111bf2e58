"""Erasing a person for good: rows and payloads go, only a fingerprint stays, so that they do not come back."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, or_, select, update
from sqlalchemy.engine import Connection

from models.history import Interaction, Participation, Sighting
from models.judgement import Assessment, Introduction, Nudge
from models.people import Address, Decision, Likeness, Person
from models.records import EmailRecord, ExportedRecord, Mailbox, MeetingRecord
from worker.db import chunks
from worker.decisions import addresses_of, naming, say
from worker.identity.canonical import canonical
from worker.ingest.learn import view_of
from worker.ingest.refold import refold
from worker.ingest.view import View, fingerprint
from worker.ingest.weigh import Skipped, weigh

Weighable = EmailRecord | MeetingRecord | ExportedRecord

READER = msgspec.json.Decoder(Weighable)
ENCODE = msgspec.json.Encoder().encode


def forget(connection: Connection, user_id: int, person: str, now: datetime, *, keep_subjects: bool = True) -> int:
    """Erase a person; returns how many interactions went, those with others only lose the person."""
    theirs = addresses_of(connection, user_id, person)
    bare = {person, *map(canonical, theirs)}
    for address in sorted(bare):
        say(connection, user_id, "forget", fingerprint(address), "", now)
    view = view_of(connection, user_id, "", keep_subjects=keep_subjects)
    before = _interactions_with(connection, user_id, theirs)
    told = _redact(connection, user_id, bare, view)
    refold(connection, user_id, told | {key[:32] for key in before}, view)
    _erase(connection, user_id, person, theirs, bare)
    return len(before) - _still_there(connection, user_id, before)


def _interactions_with(connection: Connection, user_id: int, addresses: Collection[str]) -> set[str]:
    part = Participation
    return set(
        connection.scalars(
            select(part.interaction_id).where(part.user_id == user_id, part.address.in_(sorted(addresses)))
        )
    )


def _still_there(connection: Connection, user_id: int, ids: Collection[str]) -> int:
    held = Interaction
    return sum(
        len(connection.scalars(select(held.id).where(held.user_id == user_id, held.id.in_(chunk))).all())
        for chunk in chunks(sorted(ids))
    )


def _redact(connection: Connection, user_id: int, bare: Collection[str], view: View) -> set[str]:
    """Take the person out of every stored record, and the record away where nothing of it may stay."""
    touched: set[str] = set()
    changes: list[tuple[int, str, bytes | None]] = []
    for stream_id, key, identity, packed in _stored(connection, user_id, naming(connection, user_id, bare)):
        record = READER.decode(packed)
        kept = without(record, bare)
        if kept is record:
            continue
        answer = weigh(kept, view) if kept is not None else None
        gone = kept is None or isinstance(answer, Skipped)
        changes.append((stream_id, key, None if gone else ENCODE(kept)))
        touched.add(identity)
    for stream_id, key, left in changes:
        fate = {"outcome": "skipped", "reason": "forgotten", "stale": False} if left is None else {}
        connection.execute(
            update(Sighting).where(Sighting.stream_id == stream_id, Sighting.key == key).values(record=left, **fate)
        )
    return touched


def _stored(connection: Connection, user_id: int, identities: Collection[str]) -> Iterator[Any]:
    for chunk in chunks(sorted(identities)):
        yield from connection.execute(
            select(Sighting.stream_id, Sighting.key, Sighting.identity, Sighting.record).where(
                Sighting.user_id == user_id, Sighting.identity.in_(chunk), Sighting.record.is_not(None)
            )
        )


def without(record: Weighable, bare: Collection[str]) -> Weighable | None:
    """Give a record without these canonical addresses: itself if it names none, None if it is from them (pure)."""

    def is_them(one: Mailbox | None) -> bool:
        return one is not None and canonical(one.address) in bare

    match record:
        case EmailRecord():
            if is_them(record.sender):
                return None
            lists = {name: getattr(record, name) for name in ("to", "cc", "bcc")}
            left = {name: tuple(one for one in ones if not is_them(one)) for name, ones in lists.items()}
            if left == lists and not is_them(record.reply_to):
                return record
            reply_to = None if is_them(record.reply_to) else record.reply_to
            return msgspec.structs.replace(record, reply_to=reply_to, **left)
        case MeetingRecord():
            if is_them(record.organizer):
                return None
            attendees = tuple(one for one in record.attendees if canonical(one.address) not in bare)
            return record if attendees == record.attendees else msgspec.structs.replace(record, attendees=attendees)
        case ExportedRecord():
            people = tuple(one for one in record.people if canonical(one.address) not in bare)
            if people == record.people:
                return record
            return msgspec.structs.replace(record, people=people) if people else None


def _erase(connection: Connection, user_id: int, person: str, theirs: Collection[str], bare: Collection[str]) -> None:
    """Take away every other row that names the person."""
    names = sorted({*theirs, *bare})
    connection.execute(delete(Address).where(Address.user_id == user_id, Address.address.in_(names)))
    connection.execute(delete(Person).where(Person.user_id == user_id, Person.key == person))
    for judged in (Assessment, Nudge):
        connection.execute(delete(judged).where(judged.user_id == user_id, judged.person == person))
    pairs: tuple[tuple[Any, Any, Any], ...] = (
        (Introduction, Introduction.introducer, Introduction.introduced),
        (Likeness, Likeness.address, Likeness.other),
        (Decision, Decision.subject, Decision.object),
    )
    for kind, one, other in pairs:
        connection.execute(delete(kind).where(kind.user_id == user_id, or_(one.in_(names), other.in_(names))))

"""The stored judgement: one row a person, kept up to date by refresh, and read wherever the present is asked about."""

import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.engine import Connection

from models import packed as packing
from models.base import seconds
from models.enums import Stage, Warmth
from models.history import Sighting
from models.judgement import StoredAssessment, UserHabits
from models.people import Address, Person
from worker.judgement.assessment import Assessment
from worker.judgement.facts import History, day_of
from worker.judgement.keep.today import DECODE as DECODE_BEATS
from worker.judgement.keep.today import stored_today, told_today
from worker.storage.bulk import chunks

COLUMNS = ("user_id", "person", "as_of", "depth", "stage", "warmth", "need", "incomplete", "document", "beats")
REPLACE = "ON CONFLICT (user_id, person) DO UPDATE SET " + ", ".join(
    f"{column} = excluded.{column}" for column in COLUMNS[2:]
)
if TYPE_CHECKING:
    from worker.judgement.assess import Verdict

ENCODE = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Dates:
    """When two people were in touch; what lists and exports show of a history."""

    first_at: datetime | None = None
    last_at: datetime | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    next_meeting_at: datetime | None = None

    @classmethod
    def of(cls, history: History) -> "Dates":
        """Take them from a history."""
        return cls(history.first_at, history.last_at, history.last_in_at, history.last_out_at, history.next_meeting_at)


class Snapshot(msgspec.Struct, frozen=True):
    """What a row's document holds."""

    assessment: Assessment
    dates: Dates


@dataclass(frozen=True, slots=True)
class Relationship:
    """One person, when you were in touch, and how things stand."""

    person: str
    name: str
    addresses: tuple[str, ...]
    dates: Dates
    judgement: Assessment


DECODE = msgspec.json.Decoder(Snapshot).decode
#: How zlib begins, which versions before packed documents with.
ZLIB = b"x"


def packed(document: bytes) -> bytes:
    """Pack a document for its row: a ninth of its size."""
    return packing.packed(document, packing.ASSESSMENTS)


def unpacked(document: bytes) -> bytes:
    """Return a document as it was encoded; versions before stored it as it is, or in zlib."""
    return zlib.decompress(document) if document.startswith(ZLIB) else packing.unpacked(document)


def need_of(found: Assessment) -> float:
    """How overdue a word is, times how deep the roots go; 0 for whoever is fine, and for mere contacts."""
    cooling = found.warmth in {Warmth.COOLING, Warmth.COLD} and found.stage is not Stage.CONTACT
    if not cooling or found.rhythm is None:
        return 0.0
    return found.awake_days / found.rhythm.overdue * (0.5 + found.depth / 100.0)


def row_of(
    user_id: int, person: str, now: datetime, history: History, judged: "Verdict", *, incomplete: bool
) -> tuple[Any, ...]:
    """Make the row of one person, in the order of COLUMNS."""
    found, beats, _ = judged
    document = packed(ENCODE(Snapshot(found, Dates.of(history))))
    return (
        user_id, person, seconds(now), found.depth, found.stage, found.warmth, need_of(found), incomplete, document,
        None if beats is None else ENCODE(beats) if beats.steps else b"",
    )  # fmt: skip


def current(
    connection: Connection,
    user_id: int,
    people: Collection[str] | None = None,
    *,
    stage: Stage | None = None,
    needing: bool = False,
    by_depth: bool = False,
    limit: int | None = None,
) -> list[Relationship]:
    """Read how things stand now; those who are due must have been refreshed before.

    Args:
        connection: an open transaction.
        user_id: whose relationships.
        people: only these; None for everyone.
        stage: only people at this stage.
        needing: only people who are going cold or have gone cold.
        by_depth: the deepest first, instead of those who need a word most.
        limit: at most so many.
    """
    person = StoredAssessment.person
    statement = _wanted(user_id, stage, needing=needing, by_depth=by_depth).limit(limit)
    rows: list[Any] = []
    for chunk in [None] if people is None else chunks(sorted(people)):
        rows += connection.execute(statement if chunk is None else statement.where(person.in_(chunk)))
    addresses = _addresses(
        connection, user_id, None if limit is None and people is None else [row.person for row in rows]
    )
    found = [DECODE(unpacked(row.document)) for row in rows]
    return [
        Relationship(row.person, row.name, tuple(addresses.get(row.person, (row.person,))), one.dates, judgement)
        for row, one, judgement in zip(rows, found, _today(connection, user_id, rows, found), strict=True)
    ]


def _today(
    connection: Connection, user_id: int, rows: Sequence[Any], found: Sequence[Snapshot]
) -> Iterator[Assessment]:
    """Yield what was found in these rows as it is today."""
    lasting = [row.person for row in rows if row.beats]
    today = stored_today(connection, user_id) if lasting else None
    horizon = today.horizon(connection, user_id, lasting) if today else None
    for row, one in zip(rows, found, strict=True):
        judgement = one.assessment
        if today and horizon and row.beats:
            judgement = told_today(
                judgement, DECODE_BEATS(row.beats), today, horizon.of(row.person), complete=not row.incomplete
            )
        yield judgement


def _wanted(
    user_id: int, stage: Stage | None, *, needing: bool, by_depth: bool
) -> Select[str, str, bytes, bytes | None, bool]:
    """Ask for person, name and document of a user's relationships, as `current` is asked for them."""
    stored = StoredAssessment
    wanted: list[ColumnElement[bool]] = [stored.user_id == user_id]
    if stage is not None:
        wanted.append(stored.stage == stage)
    if needing:
        wanted.append(stored.need > 0)
    order = (
        [stored.depth.desc(), stored.person] if by_depth else [stored.need.desc(), stored.depth.desc(), stored.person]
    )
    return (
        select(stored.person, Person.name, stored.document, stored.beats, stored.incomplete)
        .join(Person, (Person.user_id == stored.user_id) & (Person.key == stored.person))
        .where(*wanted)
        .order_by(*order)
    )


def _addresses(connection: Connection, user_id: int, people: Collection[str] | None) -> dict[str, list[str]]:
    """Read the addresses of these people, or of everyone, in order."""
    found: dict[str, list[str]] = {}
    for chunk in [None] if people is None else chunks(sorted(people)):
        theirs = Address.person.is_not(None) if chunk is None else Address.person.in_(chunk)
        for person, address in connection.execute(
            select(Address.person, Address.address)
            .where(Address.user_id == user_id, theirs)
            .order_by(Address.person, Address.address)
        ):
            found.setdefault(str(person), []).append(address)
    return found


def is_current(connection: Connection, user_id: int, now: datetime, rules: str) -> bool:
    """Whether the stored judgement is that of `now` by the rules of this fingerprint.

    It is if no one is due or judged later, and what is usual for the user is known as of today.
    """
    due = exists().where(Person.user_id == user_id, or_(Person.due_at.is_(None), Person.due_at <= now))
    later = exists().where(StoredAssessment.user_id == user_id, StoredAssessment.as_of > now)
    touched = exists().where(Address.user_id == user_id, Address.touched)
    stale = exists().where(Sighting.user_id == user_id, Sighting.stale)
    others = exists().where(
        UserHabits.user_id == user_id, or_(UserHabits.day != day_of(now), ~UserHabits.basis.startswith(rules))
    )
    return not connection.scalar(select(due | later | touched | stale | others))

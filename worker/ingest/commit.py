"""Committing one page: its records, what they amount to, and the cursor, in one transaction or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import delete, exists, literal, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from connectors.base import Page
from models.accounts import StreamState
from models.base import seconds
from models.history import Sighting, Unreadable
from models.records import BadRecord, Deferred, EmailRecord, ExportedRecord, MeetingRecord, Tombstone
from worker.db import change, chunks, put
from worker.ingest import rows
from worker.ingest.identity_of import Weighable, identity_of
from worker.ingest.learn import learn
from worker.ingest.redact import redact
from worker.ingest.refold import READER, refold
from worker.ingest.view import View
from worker.ingest.weigh import Held, Skipped, weigh

SIGHTING = ("stream_id", "key", "user_id", "identity", "outcome", "reason", "round", "stale", "record")
#: A later telling of the same key replaces the earlier one; an id alone never replaces a record.
TOLD_AGAIN = """ON CONFLICT (stream_id, key) DO UPDATE SET identity = excluded.identity, outcome = excluded.outcome,
    reason = excluded.reason, round = excluded.round, stale = excluded.stale, record = excluded.record,
    gone_at = NULL"""
LISTED_AGAIN = """ON CONFLICT (stream_id, key) DO UPDATE SET round = excluded.round, gone_at = NULL"""

ENCODE = msgspec.json.Encoder().encode
#: How a stored meeting begins: msgspec writes the tag first.
MEETING = b'{"type":"meeting"'
MAIL = b'{"type":"email"'
FORGOTTEN = Skipped("forgotten")


class LeaseLost(Exception):  # noqa: N818 - says what happened
    """Another worker has taken the stream over; nothing of this page was kept."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one stream, as long as its fence stands."""

    stream_id: int
    user_id: int
    fence: int


class Standing(NamedTuple):
    """Which full listing a stream is in, and whether that listing is still going on."""

    round: int
    sweeping: bool


def commit_page(connection: Connection, lease: Lease, page: Page, view: View, now: datetime) -> None:
    """Store a page under a lease, in the transaction that is open on `connection`.

    Raises:
        LeaseLost: the lease is no longer held; the caller's transaction must roll back.
    """
    state = _advance(connection, lease, page, now)
    view = learn(connection, lease.user_id, page.records, view)
    told: dict[str, Weighable] = {}
    deferred: dict[str, str] = {}
    gone: dict[str, datetime] = {}
    unreadable: list[tuple[Any, ...]] = []
    for record in page.records:
        match record:
            case EmailRecord() | MeetingRecord() | ExportedRecord():
                told[record.key] = record
                gone.pop(record.key, None)
            case Deferred():
                deferred[record.key] = record.reason
                gone.pop(record.key, None)
            case Tombstone():  # what the same page told before is stored first: a delete does not undo contact
                gone.setdefault(record.key, record.at or now)
            case BadRecord():
                unreadable.append((
                    lease.stream_id, record.where, lease.user_id, record.key, record.reason, state.round
                ))  # fmt: skip
    put(
        connection,
        Unreadable,
        ("stream_id", "place", "user_id", "key", "reason", "round"),
        unreadable,
        "ON CONFLICT (stream_id, place) DO UPDATE SET key = excluded.key, reason = excluded.reason, "
        "round = excluded.round",
    )
    _tell(connection, lease, told, state.round, view, now)
    put(
        connection,
        Sighting,
        SIGHTING,
        [
            (lease.stream_id, key, lease.user_id, "", "deferred", reason, state.round, False, None)
            for key, reason in deferred.items()
            if key not in told
        ],
        LISTED_AGAIN,
    )
    if page.covers is not None:
        gone |= _vanished(connection, lease, page, told, now)
    doubtful: set[str] = set()
    if state.sweeping and not page.more:
        gone |= _unseen(connection, lease, state.round, now)
        doubtful = _back(connection, lease)
    refold(connection, lease.user_id, doubtful | _bury(connection, lease, gone), view)


def _advance(connection: Connection, lease: Lease, page: Page, now: datetime) -> Standing:
    """Move the stream's position, if the lease still stands."""
    state = StreamState
    values: dict[str, Any] = {
        "cursor": page.cursor,
        "unfinished": page.more,
        "sweeping": (state.sweeping | page.begins) if page.more else False,
        "failures": 0,
        "trouble": " ".join(page.notes) or None,
    }
    if page.begins:
        values |= {"round": state.round + 1, "began_at": now}
    if page.listed is not None:
        values["listed"] = page.listed
    if page.progress is not None:
        values |= {"done": page.progress.done, "total": page.progress.total, "unit": page.progress.unit}
    if not page.more:
        values["synced_at"] = now
    own = (state.id == lease.stream_id, state.fence == lease.fence)
    before = connection.execute(select(state.round, state.sweeping).where(*own).with_for_update()).one_or_none()
    if before is None:
        raise LeaseLost(f"stream {lease.stream_id} was taken over")
    connection.execute(update(state).where(*own).values(**values))
    return Standing(before.round + page.begins, before.sweeping or page.begins)


def _tell(
    connection: Connection, lease: Lease, told: dict[str, Weighable], round_: int, view: View, now: datetime
) -> None:
    """Store records as sightings, and as interactions where they are the only telling; the others are folded."""
    known: dict[str, Any] = {}
    for chunk in chunks(list(told)):
        for row in connection.execute(
            select(Sighting.key, Sighting.identity, Sighting.record, Sighting.gone_at, Sighting.outcome).where(
                Sighting.stream_id == lease.stream_id, Sighting.key.in_(chunk)
            )
        ):
            known[row.key] = row
    fresh: dict[str, tuple[str, Weighable | None, bytes | None]] = {}
    again: set[str] = set()
    seen: set[str] = set()
    same: list[str] = []
    replaced: list[Any] = []
    for key, record in told.items():
        kept = record if view.keeps_all else redact(record, view)
        packed, before = ENCODE(kept) if kept is not None else None, known.get(key)
        if before is not None and before.identity and before.record == packed and before.gone_at is None:
            same.append(key)
            continue
        identity = identity_of(record)
        fresh[key] = (identity, kept, packed)
        if before is not None and before.identity:
            again |= {identity, before.identity}
            if identity != before.identity and before.outcome == "held" and before.record.startswith(MAIL):
                replaced.append(before)
        elif identity in seen:
            again.add(identity)
        seen.add(identity)
    for chunk in chunks(sorted(seen - again)):
        again.update(
            connection.scalars(
                select(Sighting.identity).where(Sighting.user_id == lease.user_id, Sighting.identity.in_(chunk))
            )
        )
    made: list[tuple[str, Held]] = []
    stored: list[tuple[Any, ...]] = []
    for key, (identity, kept, packed) in fresh.items():
        answer = FORGOTTEN if kept is None else weigh(kept, view) if identity not in again else None
        outcome, reason = ("held", None) if answer is None or isinstance(answer, Held) else ("skipped", answer.reason)
        if isinstance(answer, Held):
            made.append((identity, answer))
        stored.append((lease.stream_id, key, lease.user_id, identity, outcome, reason, round_, answer is None, packed))
    _set_aside(connection, lease, replaced, now)
    put(connection, Sighting, SIGHTING, stored, TOLD_AGAIN)
    for chunk in chunks(same):
        connection.execute(
            update(Sighting).where(Sighting.stream_id == lease.stream_id, Sighting.key.in_(chunk)).values(round=round_)
        )
    rows.write(connection, lease.user_id, made)
    refold(connection, lease.user_id, again, view)
    for chunk in chunks(list(told)):
        connection.execute(delete(Unreadable).where(Unreadable.stream_id == lease.stream_id, Unreadable.key.in_(chunk)))


def _set_aside(connection: Connection, lease: Lease, replaced: Sequence[Any], now: datetime) -> None:
    """Keep mails whose key now names another mail (a file was rewritten): they are gone, but they were contact."""
    for row in replaced:
        aside = f"{row.key} {row.identity}"
        here = Sighting.stream_id == lease.stream_id
        connection.execute(delete(Sighting).where(here, Sighting.key == aside))
        connection.execute(
            update(Sighting).where(here, Sighting.key == row.key).values(key=aside, gone_at=row.gone_at or now)
        )


def _back(connection: Connection, lease: Lease) -> set[str]:
    """Let go of mails set aside that the listing showed again under another key; says which these are."""
    live = aliased(Sighting)
    told_again = exists().where(
        live.user_id == Sighting.user_id,
        live.identity == Sighting.identity,
        live.stream_id == Sighting.stream_id,
        live.gone_at.is_(None),
    )
    return set(
        connection.scalars(
            delete(Sighting)
            .where(
                Sighting.stream_id == lease.stream_id,
                Sighting.gone_at.is_not(None),
                Sighting.key.endswith(literal(" ") + Sighting.identity),
                told_again,
            )
            .returning(Sighting.identity)
            .execution_options(synchronize_session=False)
        )
    )


def _vanished(
    connection: Connection, lease: Lease, page: Page, told: dict[str, Weighable], now: datetime
) -> dict[str, datetime]:
    """Find stored meetings inside the window a page covers that the page no longer shows."""
    window = page.covers
    if window is None:
        return {}
    stored = connection.execute(
        select(Sighting.key, Sighting.record).where(
            Sighting.stream_id == lease.stream_id, Sighting.gone_at.is_(None), Sighting.record.is_not(None)
        )
    )
    missing = ((row.key, READER.decode(row.record)) for row in stored if row.key not in told)
    return {
        key: now
        for key, record in missing
        if isinstance(record, MeetingRecord) and record.starts_at and window.start <= record.starts_at < window.end
    }


def _unseen(connection: Connection, lease: Lease, round_: int, now: datetime) -> dict[str, datetime]:
    """Find what the listing that just ended did not show, and forget what could not be read in earlier rounds."""
    connection.execute(delete(Unreadable).where(Unreadable.stream_id == lease.stream_id, Unreadable.round < round_))
    stored = connection.scalars(
        select(Sighting.key).where(
            Sighting.stream_id == lease.stream_id, Sighting.round < round_, Sighting.gone_at.is_(None)
        )
    )
    return dict.fromkeys(stored, now)


def _bury(connection: Connection, lease: Lease, gone: dict[str, datetime]) -> set[str]:
    """Note what the provider no longer shows: a mail stays contact, a meeting that had not yet ended does not.

    Returns the meetings among them, to be weighed again.
    """
    meetings: set[str] = set()
    for chunk in chunks(list(gone)):
        here = (Sighting.stream_id == lease.stream_id, Sighting.key.in_(chunk))
        connection.execute(delete(Sighting).where(*here, Sighting.record.is_(None)))
        news: list[tuple[Any, ...]] = []
        for row in connection.execute(
            select(Sighting.key, Sighting.identity, Sighting.record).where(*here, Sighting.gone_at.is_(None))
        ):
            news.append((seconds(gone[row.key]), lease.stream_id, row.key))
            if row.record.startswith(MEETING):
                meetings.add(row.identity)
        change(connection, Sighting, ("gone_at",), ("stream_id", "key"), news)
    return meetings

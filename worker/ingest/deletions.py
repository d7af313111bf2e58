"""What a provider no longer shows: after a listing, in a window, under its key; a delete does not undo contact."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, literal, select, update
from sqlalchemy.engine import Connection

from connectors.base import Page
from models.base import seconds
from models.declarative import aliased
from models.digests import beginning, digits
from models.enums import MeetingStatus
from models.history import Sighting, Unreadable
from models.records import MeetingRecord, Record
from worker.ingest.classify.identity import READER
from worker.queue.leases import Lease
from worker.storage.bulk import change, chunks
from worker.storage.conditions import there_is

#: How a stored mail or meeting begins: msgspec writes the tag first.
MAIL = b'{"type":"email"'
MEETING = b'{"type":"meeting"'


def missing_in_window(
    connection: Connection, lease: Lease, page: Page, shown: Collection[str], stood_at: datetime
) -> dict[str, datetime]:
    """Find stored meetings inside the window a page covers that the page no longer shows; they stood at `stood_at`."""
    window = page.covers
    if window is None:
        return {}
    stored = connection.execute(
        select(Sighting.key, Sighting.record).where(
            Sighting.stream_id == lease.stream_id, Sighting.gone_at.is_(None), Sighting.record.is_not(None)
        )
    )
    missing = ((row.key, READER.decode(row.record)) for row in stored if row.key not in shown)
    return {
        key: stood_at
        for key, record in missing
        if isinstance(record, MeetingRecord) and record.starts_at and window.start <= record.starts_at < window.end
    }


def unseen(connection: Connection, lease: Lease, round_: int, stood_at: datetime) -> dict[str, datetime]:
    """Find what the listing that just ended did not show; forget what could not be read in earlier rounds.

    All of it still stood at `stood_at`: whether it went before its time or after is not known, and it is not assumed to
    have taken place.
    """
    connection.execute(delete(Unreadable).where(Unreadable.stream_id == lease.stream_id, Unreadable.round < round_))
    stored = connection.scalars(
        select(Sighting.key).where(
            Sighting.stream_id == lease.stream_id, Sighting.round < round_, Sighting.gone_at.is_(None)
        )
    )
    return dict.fromkeys(stored, stood_at)


def cancelled_later(connection: Connection, lease: Lease, page: Iterable[Record], read_at: datetime | None) -> set[str]:
    """Find meetings now shown as cancelled that had taken place by `read_at`, when the stream was last read whole.

    Some providers keep showing every occurrence of a series that its organizer ended, as cancelled, the past as well.
    """
    cancelled = [
        record.key for record in page if isinstance(record, MeetingRecord) and record.status is MeetingStatus.CANCELLED
    ]
    found: set[str] = set()
    for chunk in chunks(cancelled if read_at else []):
        for row in connection.execute(
            select(Sighting.key, Sighting.record).where(
                Sighting.stream_id == lease.stream_id, Sighting.key.in_(chunk), Sighting.record.is_not(None)
            )
        ):
            stored = READER.decode(row.record)
            ended = isinstance(stored, MeetingRecord) and (stored.ends_at or stored.starts_at)
            if ended and read_at and ended <= read_at and stored.status is not MeetingStatus.CANCELLED:
                found.add(row.key)
    return found


def mark_deleted(connection: Connection, lease: Lease, gone: dict[str, datetime]) -> set[str]:
    """Note what the provider no longer shows: a mail stays contact, a meeting that had not yet ended does not.

    Returns the meetings among them, to be classified again.
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


def set_aside(connection: Connection, lease: Lease, replaced: Sequence[Any], now: datetime) -> None:
    """Keep mails whose key now names another mail (a file was rewritten): they are gone, but they were contact."""
    for row in replaced:
        aside = f"{row.key} {row.identity}"
        here = Sighting.stream_id == lease.stream_id
        connection.execute(delete(Sighting).where(here, Sighting.key == aside))
        connection.execute(
            update(Sighting).where(here, Sighting.key == row.key).values(key=aside, gone_at=row.gone_at or now)
        )


def reappeared(connection: Connection, lease: Lease) -> set[str]:
    """Let go of mails set aside that the listing showed again under another key; returns which these are."""
    live = aliased(Sighting)
    told_again = there_is(
        live.user_id == Sighting.user_id,
        beginning(live.identity) == beginning(Sighting.identity),
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
                Sighting.key.endswith(literal(" ") + digits(connection, Sighting.identity)),
                told_again,
            )
            .returning(Sighting.identity)
        )
    )

"""A series that was moved as a whole: its past is shown again at other times, and must not count twice.

A provider gives the occurrences of a moved series new original starts, hence new identities. Those under the old ones
go, long after they had taken place, and a delete does not undo contact. A move differs from occurrences that were
only cleared away: another one of the same series stands close by.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.engine import Connection

from models.base import seconds
from models.enums import MeetingStatus
from models.history import Sighting
from models.records import MeetingRecord, Record
from worker.ingest.classify.identity import READER, series_of
from worker.queue.leases import Lease
from worker.storage.bulk import change, chunks

#: The gap that is assumed where a series shows only one occurrence.
WEEK = timedelta(days=7)


class Occurrence(NamedTuple):
    """One stored occurrence of a series."""

    key: str
    identity: str
    gone: bool
    record: MeetingRecord


def moved_away(standing: Collection[datetime], gone: Iterable[datetime]) -> set[datetime]:
    """Find which occurrences that are gone were moved, rather than cleared away (pure).

    Args:
        standing: original starts of the series' occurrences that are shown.
        gone: original starts of those that are shown no more.

    Returns:
        Those of `gone` that have a standing one less than half the smallest gap of the series away.
    """
    shown, lost = sorted(set(standing)), sorted(set(gone))
    if not shown:
        return set()
    gaps = [later - earlier for times in (shown, lost) if len(times) > 1 for earlier, later in pairwise(times)]
    reach = min(gaps, default=WEEK) / 2
    found = set()
    for at in lost:
        place = bisect_left(shown, at)
        near = shown[max(place - 1, 0) : place + 1]
        if any(abs(other - at) < reach for other in near):
            found.add(at)
    return found


def supersede_moved(connection: Connection, lease: Lease, page: Iterable[Record], gone: Collection[str]) -> set[str]:
    """Let the old times of moved series count no more.

    Args:
        connection: with an open transaction.
        lease: of the calendar that was read.
        page: what was just stored of it.
        gone: keys that were just found to be gone.

    Returns:
        The identities to be classified again.
    """
    own = (Sighting.stream_id == lease.stream_id, Sighting.record.is_not(None))
    touched = {series_of(record) for record in page if isinstance(record, MeetingRecord) and record.recurrence_at}
    for part in chunks(sorted(gone)):
        touched |= set(connection.scalars(select(Sighting.series).where(*own, Sighting.key.in_(part))))
    wanted = sorted(one for one in touched if one is not None)
    found: list[Occurrence] = []
    for part in chunks(wanted):
        here = (*own, Sighting.series.in_(part))
        if connection.scalar(select(exists().where(*here, Sighting.gone_at.is_not(None)))):
            found += _occurrences(connection, here)
    series: dict[str | None, list[Occurrence]] = defaultdict(list)
    for each in found:
        series[each.record.ical_uid].append(each)
    return _withdraw(connection, lease, [each for one in series.values() for each in _moved(one)])


def _occurrences(connection: Connection, here: Sequence[ColumnElement[bool]]) -> Iterator[Occurrence]:
    rows = connection.execute(select(Sighting.key, Sighting.identity, Sighting.gone_at, Sighting.record).where(*here))
    for row in rows:
        record = READER.decode(row.record)
        if isinstance(record, MeetingRecord) and record.recurrence_at:
            yield Occurrence(row.key, row.identity, row.gone_at is not None, record)


def _moved(occurrences: list[Occurrence]) -> list[Occurrence]:
    standing = {
        each.record.recurrence_at
        for each in occurrences
        if not each.gone and each.record.recurrence_at and each.record.status is not MeetingStatus.CANCELLED
    }
    gone = {each.record.recurrence_at for each in occurrences if each.gone and each.record.recurrence_at} - standing
    moved = moved_away(standing, gone)
    return [each for each in occurrences if each.gone and each.record.recurrence_at in moved]


def _withdraw(connection: Connection, lease: Lease, moved: Iterable[Occurrence]) -> set[str]:
    """Note that they were gone before they began."""
    before = timedelta(seconds=1)
    news = [
        (seconds(each.record.starts_at - before), lease.stream_id, each.key) for each in moved if each.record.starts_at
    ]
    change(connection, Sighting, ("gone_at",), ("stream_id", "key"), news)
    return {each.identity for each in moved}

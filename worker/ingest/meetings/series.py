"""Series that several streams show: found by their uid, and classified together."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import distinct, func, select
from sqlalchemy.engine import Connection

from models.history import Sighting
from models.records import MeetingRecord
from worker.ingest.classify.accepted import Skipped
from worker.ingest.classify.identity import READER
from worker.ingest.copies.series import Copy, carried_on, outdated
from worker.ingest.copies.versions import SUPERSEDED
from worker.storage.bulk import chunks
from worker.storage.conditions import is_about


def in_other_streams(connection: Connection, user_id: int, stream_id: int, series: Collection[str]) -> set[str]:
    """Find which of these series another stream shows as well."""
    found: set[str] = set()
    for chunk in chunks(sorted(series)):
        found.update(
            one
            for one in connection.scalars(
                select(Sighting.series)
                .distinct()
                .where(Sighting.user_id == user_id, Sighting.series.in_(chunk), Sighting.stream_id != stream_id)
            )
            if one is not None
        )
    return found


def together(
    connection: Connection, user_id: int, identities: Iterable[str]
) -> tuple[set[str], dict[tuple[int, str], MeetingRecord | Skipped]]:
    """Find what must be classified with these identities: the whole series that several streams show.

    Returns:
        Identities of those series, and what a later copy makes of sightings (stream, key): moved, or gone.
    """
    by_series: dict[str, list[tuple[str, str, Copy]]] = defaultdict(list)
    for chunk in chunks(sorted(_shared(connection, user_id, identities))):
        for row in connection.execute(
            select(
                Sighting.series, Sighting.stream_id, Sighting.key, Sighting.identity, Sighting.gone_at, Sighting.record
            ).where(Sighting.user_id == user_id, Sighting.series.in_(chunk), Sighting.record.is_not(None))
        ):
            record = READER.decode(row.record)
            if isinstance(record, MeetingRecord):
                ends = record.ends_at or record.starts_at
                gone = row.gone_at is not None and ends is not None and row.gone_at < ends
                by_series[row.series].append((row.identity, row.key, Copy(row.stream_id, record, gone)))
    touched: set[str] = set()
    rulings: dict[tuple[int, str], MeetingRecord | Skipped] = {}
    for copies in by_series.values():
        touched.update(identity for identity, _, _ in copies)
        each = [copy for _, _, copy in copies]
        ruled: dict[int, MeetingRecord | Skipped] = {**carried_on(each), **dict.fromkeys(outdated(each), SUPERSEDED)}
        rulings |= {(each[number].stream, copies[number][1]): ruling for number, ruling in ruled.items()}
    return touched, rulings


def _shared(connection: Connection, user_id: int, identities: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for chunk in chunks(sorted(set(identities))):
        series = select(Sighting.series).where(
            Sighting.user_id == user_id, is_about(connection, chunk), Sighting.series.is_not(None)
        )
        found.update(
            one
            for one in connection.scalars(
                select(Sighting.series)
                .where(Sighting.user_id == user_id, Sighting.series.in_(series))
                .group_by(Sighting.series)
                .having(func.count(distinct(Sighting.stream_id)) > 1)
            )
            if one is not None
        )
    return found

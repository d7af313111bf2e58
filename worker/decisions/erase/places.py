"""Erasing the places of what a forgotten person wrote: keys, names of folders and calendars, what was unreadable."""

from msgspec.structs import replace
from sqlalchemy import delete, exists, select, update
from sqlalchemy.engine import Connection

from connectors.vcalendar.keys import without_address
from models.accounts import StreamState
from models.declarative import aliased
from models.history import Sighting, Unreadable
from models.records import MeetingRecord
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.identity import READER
from worker.ingest.deletions import MAIL
from worker.ingest.meetings.retired import erase_streams
from worker.ingest.redaction.traces import belongs_to_forgotten, unlinked, without_traces
from worker.ingest.stored import as_stored


def erase_places(connection: Connection, user_id: int, filters: Filters) -> None:
    """Take what is known of forgotten people by `filters` out of everything that says where a record lies."""
    _erase_keys(connection, user_id)
    _erase_streams(connection, user_id, filters)
    for place in connection.execute(select(Unreadable).where(Unreadable.user_id == user_id)).all():
        redacted = (
            unlinked(place.place, filters),
            place.key and unlinked(place.key, filters),
            unlinked(place.reason, filters),
        )
        if redacted != (place.place, place.key, place.reason):
            here = (Unreadable.stream_id == place.stream_id, Unreadable.place == place.place)
            connection.execute(
                delete(Unreadable).where(Unreadable.stream_id == place.stream_id, Unreadable.place == redacted[0])
            )
            connection.execute(
                update(Unreadable).where(*here).values(place=redacted[0], key=redacted[1], reason=redacted[2])
            )


def _erase_keys(connection: Connection, user_id: int) -> None:
    """Rewrite the keys of meetings that were stored when these still contained a UID as it is, host and all."""
    stored = connection.execute(
        select(Sighting.stream_id, Sighting.key, Sighting.record).where(
            Sighting.user_id == user_id, Sighting.key.contains("@")
        )
    ).all()
    for row in stored:
        if row.record is not None and row.record.startswith(MAIL):
            continue  # the name of a file, or its place in one
        record = READER.decode(row.record) if row.record is not None else None
        key = without_address(row.key, record.ical_uid if isinstance(record, MeetingRecord) else None)
        here = (Sighting.stream_id == row.stream_id, Sighting.key == row.key)
        other = aliased(Sighting)
        taken = exists().where(other.stream_id == row.stream_id, other.key == key)
        connection.execute(delete(Sighting).where(*here, taken))
        kept = row.record if record is None else as_stored(replace(record, key=key))  # a meeting's names its key too
        connection.execute(update(Sighting).where(*here).values(key=key, record=kept))


def _erase_streams(connection: Connection, user_id: int, filters: Filters) -> None:
    """Drop a forgotten person's own calendar, and their name in what other streams are called."""
    rows = connection.execute(
        select(StreamState.id, StreamState.name, StreamState.title).where(StreamState.user_id == user_id)
    ).all()
    erase_streams(connection, user_id, [stream.id for stream in rows if belongs_to_forgotten(stream.name, filters)])
    for stream in rows:
        title = without_traces(stream.title, filters)
        if title != stream.title:
            connection.execute(update(StreamState).where(StreamState.id == stream.id).values(title=title))

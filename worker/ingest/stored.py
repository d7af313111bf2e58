"""Records as they are stored, and looking through them: no condition of SQL reads what is packed; a page at a time."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.engine import Connection

from models.accounts import StreamState
from models.history import Sighting
from models.records import EmailRecord
from worker.ingest.classify.identity import ContactRecord
from worker.storage.bulk import change

#: Sightings read at once.
PAGE = 1000
#: What the record of an email holds that lies among the sent ones.
SENT = b'"place":"sent"'

#: What an email's record begins with; its key comes next.
EMAIL = b'{"type":"email","key":'
ENCODE = msgspec.json.Encoder().encode

#: Whether a record, in JSON, is one of those that are looked for.
Test = Callable[[bytes], bool]


def as_stored(record: ContactRecord) -> bytes:
    """Write a record as it is stored: an email's without its key, which its row has."""
    text = ENCODE(record)
    if not isinstance(record, EmailRecord):
        return text
    key = record.key
    # a key of ASCII letters and digits, as nearly all are, is as long in JSON as it is, and its quotes
    size = len(key) + 2 if key.isascii() and key.isalnum() else len(ENCODE(key))
    return EMAIL + b'""' + text[len(EMAIL) + size :]


def page_after(connection: Connection, user_id: int, stream: int, key: str) -> list[Any]:
    """Return the sightings with a record that follow (stream, key), which need not exist; none at the end."""
    mine = select(StreamState.id).where(StreamState.user_id == user_id, StreamState.id >= stream)
    for stream_id in connection.scalars(mine.order_by(StreamState.id)).all():
        rows = connection.execute(
            select(
                Sighting.stream_id, Sighting.key, Sighting.identity, Sighting.outcome, Sighting.reason, Sighting.stale,
                Sighting.record,
            )
            .where(Sighting.stream_id == stream_id, Sighting.record.is_not(None))
            .where(*([Sighting.key > key] if stream_id == stream else []))
            .order_by(Sighting.key)
            .limit(PAGE)
        ).all()  # fmt: skip
        if rows:
            return list(rows)
    return []


def pages(connection: Connection, user_id: int) -> Iterator[list[Any]]:
    """Yield all sightings with a record, page by page; what is changed meanwhile may be seen or not."""
    rows = page_after(connection, user_id, -1, "")
    while rows:
        yield rows
        rows = page_after(connection, user_id, rows[-1].stream_id, rows[-1].key)


def stale_where(connection: Connection, user_id: int, *tests: Test) -> None:
    """Have the sightings classified again whose records pass one of these tests."""
    for rows in pages(connection, user_id):
        found = [row for row in rows if not row.stale and any(test(row.record) for test in tests)]
        news = [(True, row.stream_id, row.key) for row in found]
        change(connection, Sighting, ("stale",), ("stream_id", "key"), news)


def passed(
    connection: Connection, user_id: int, tests: dict[str, Test], streams: Collection[int] | None = None
) -> set[str]:
    """Name the tests that some record passes, of these streams or of all."""
    found: set[str] = set()
    for rows in pages(connection, user_id):
        records = [row.record for row in rows if streams is None or row.stream_id in streams]
        found |= {name for name, test in tests.items() if name not in found and any(map(test, records))}
        if len(found) == len(tests):
            break
    return found

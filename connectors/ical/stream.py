"""One subscribed calendar as pages by time: whole at first, and whole again whenever it has changed.

A calendar file does not say what was deleted: an event that is missing was removed, or lies outside the part that
its server shows. So each page says which window it covers, and only up to the last event the file still names, or the
month ahead that every calendar shows. Beyond that nothing is believed to be gone.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from connectors.base import Cursor, Page, Progress, Stream, Window
from connectors.errors import CursorExpired
from connectors.ical.auth import Feed
from connectors.ical.feed import Fetched, fetched
from connectors.vcalendar.read import records
from connectors.web import Web
from models.records import MeetingRecord, Record

#: Records on a page.
PAGE = 1000
#: How often a calendar is fetched at most.
EVERY = timedelta(hours=1)
#: How far ahead every server shows a calendar.
SHOWN = timedelta(days=30)


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """Which content was read how far, expanded as of which month; and when it was fetched last."""

    digest: str
    horizon: str
    sent: int = field(name="told")  # as cursors have it since the first version
    whole: bool = False
    asked_at: int = 0
    etag: str = ""
    modified: str = ""


class Snapshot(NamedTuple):
    """All records of a calendar by time, and up to which moment what is missing is gone."""

    records: Sequence[Record]
    begins: Sequence[datetime | None]
    now: datetime
    until: datetime | None


def changes(
    web: Web, feed: Feed, stream: Stream, cursor: Cursor | None, since: datetime, *, now: Callable[[], datetime],
    page: int = PAGE,
) -> Iterator[Page]:  # fmt: skip
    """Yield the calendar if it has changed since `cursor`; see connectors.base.

    Raises:
        CursorExpired: this module did not write the cursor.
        ConnectorError: as in connectors.base.
    """
    at = None if cursor is None else _position(cursor)
    moment = now()
    second, horizon = int(moment.timestamp()), f"{moment:%Y-%m}"
    settled = at is not None and at.whole and at.horizon == horizon
    if at is not None and settled and 0 <= second - at.asked_at < EVERY.total_seconds():
        yield Page((), _cursor(at), more=False)
        return
    found = fetched(web, feed.url, stream.title, _conditions(at) if at is not None and settled else {})
    digest = blake2b(found.content, digest_size=12).hexdigest()
    fresh = Position(digest, horizon, 0, False, second, found.etag, found.modified)
    if at is not None and settled and (not found.content or digest == at.digest):
        yield Page((), _cursor(replace(at, asked_at=second, etag=found.etag, modified=found.modified)), more=False)
        return
    snapshot = _snapshot(found, stream.title, since, moment)
    done = at.sent if at is not None and not at.whole and (at.digest, at.horizon) == (digest, horizon) else 0
    yield from _pages(snapshot, fresh, done, page, begins=at is None)


def _pages(snapshot: Snapshot, fresh: Position, done: int, page: int, *, begins: bool) -> Iterator[Page]:
    total = len(snapshot.records)
    while True:
        end = min(done + page, total)
        # Meetings that begin at one moment stay on one page, which then covers that moment.
        while 0 < end < total and snapshot.begins[end] is not None and snapshot.begins[end] == snapshot.begins[end - 1]:
            end += 1
        whole = end == total
        at = replace(fresh, sent=end, whole=whole)
        covers = _window(snapshot, done, end)
        progress = Progress(end, total, "meetings") if total else None
        yield Page(
            snapshot.records[done:end], _cursor(at), more=not whole, begins=begins, covers=covers, progress=progress
        )
        if whole:
            return
        done, begins = end, False


def _window(snapshot: Snapshot, done: int, end: int) -> Window | None:
    """The time that a page covers: from its first meeting to that of the next page."""
    first = next((at for at in snapshot.begins[done:end] if at is not None), None)
    if snapshot.until is None or first is None:
        return None
    if done == 0 or snapshot.begins[done - 1] is None:
        first = min(first, snapshot.now)  # whatever else a server shows of a calendar, it shows what is to come
    following = snapshot.begins[end] if end < len(snapshot.begins) else None
    last = snapshot.until if following is None else min(following, snapshot.until)
    return Window(first, last) if first < last else None


def _snapshot(found: Fetched, title: str, since: datetime, now: datetime) -> Snapshot:
    everything = list(records([(title, found.content)], now))
    kept = [each for each in everything if not _before(each, since)]
    ordered = sorted(((_begin(each), each) for each in kept), key=lambda pair: (pair[0] is not None, pair[0] or now))
    named = [each.starts_at for each in everything if isinstance(each, MeetingRecord) and each.starts_at]
    # A series shows only that it exists, not how far the server shows its calendar.
    single = [
        each.starts_at
        for each in everything
        if isinstance(each, MeetingRecord) and each.starts_at and each.recurrence_at is None
    ]
    until = max([now + SHOWN, *single]) if named and found.whole else None
    return Snapshot([each for _, each in ordered], [begin for begin, _ in ordered], now, until)


def _begin(record: Record) -> datetime | None:
    return record.starts_at if isinstance(record, MeetingRecord) else None


def _before(record: Record, since: datetime) -> bool:
    ends = record.ends_at or record.starts_at if isinstance(record, MeetingRecord) else None
    return ends is not None and ends < since


def _conditions(at: Position) -> dict[str, str]:
    said = {"If-None-Match": at.etag, "If-Modified-Since": at.modified}
    return {name: value for name, value in said.items() if value}


def _position(cursor: Cursor) -> Position:
    try:
        at = msgspec.json.decode(cursor, type=Position)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CursorExpired("calendar.position_unreadable") from error
    if at.sent < 0:
        raise CursorExpired("calendar.position_unreadable")
    return at


def _cursor(at: Position) -> Cursor:
    return Cursor(msgspec.json.encode(at).decode())

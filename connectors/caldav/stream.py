"""One CalDAV collection as pages: what is new or changed is fetched, what is gone becomes a tombstone.

The position names every member with its version, so a listing can be compared both ways at any time: a refused token,
a server without tokens, an interrupted reading all end in the same state. The sync token moves on only with the
last page.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from urllib.parse import unquote

from msgspec.structs import replace

from connectors.base import Cursor, Page, Progress, Stream
from connectors.caldav.api import requests
from connectors.caldav.api.client import Dav
from connectors.caldav.api.multistatus import CALDAV, DAV
from connectors.caldav.discovery import collection_of
from connectors.caldav.errors import NotThere
from connectors.caldav.listing import Listing, listing
from connectors.caldav.position import AGAIN, OWED, UNSHOWN, Position, ReadMember, cursor_of, name_of, position_of
from connectors.vcalendar.read import records
from connectors.vcalendar.strip import without_content
from models.records import Deferred, MeetingRecord, Record, Tombstone

#: Members asked for at once.
PAGE = 50


def changes(
    dav: Dav, stream: Stream, cursor: Cursor | None, since: datetime, *, now: Callable[[], datetime], page: int = PAGE
) -> Iterator[Page]:
    """Yield what happened in a collection after `cursor`; see connectors.base.

    Raises:
        CursorExpired: this module did not write the cursor.
        ConnectorError: as in connectors.base.
    """
    own, url = collection_of(stream)
    at = Position({}) if cursor is None else position_of(cursor)
    moment = now()
    at = _expanded_again(at, f"{moment:%Y-%m}")
    try:
        found = listing(dav, url, at)
    except NotThere:
        # Unshared or deleted: what was still to come does not take place.
        gone = [Tombstone(key) for key in sorted(at.others(()))]
        yield Page(gone, cursor_of(Position({}, horizon=at.horizon)), more=False, begins=cursor is None)
        return
    wanted = _wanted(at, found)
    pending, at = _without(at, found.gone)
    begins, done = cursor is None, 0
    while True:
        chunk = wanted[done : done + page]
        if chunk:
            more, at = _fetched(dav, url, at, chunk, own=own, since=since, now=moment, title=stream.title)
            pending = [*pending, *more]
        done += len(chunk)
        whole = done >= len(wanted)
        if whole:
            at = replace(at, token=found.token, ctag=found.ctag, whole=True)
        progress = Progress(done, len(wanted), "events") if wanted else None
        yield Page(pending, cursor_of(at), more=not whole, begins=begins, progress=progress)
        if whole:
            return
        begins, pending = False, []


def _wanted(at: Position, found: Listing) -> list[str]:
    """Choose the members to fetch: those in another version than the one that was read, and those still owed."""
    unread = {*OWED, "?"}
    return [
        href
        for href, version in found.versions.items()
        if (member := at.members.get(name_of(href))) is None or member.etag in unread or member.etag != version
    ]


def _expanded_again(at: Position, horizon: str) -> Position:
    """Mark all series to be read again in a new month: they are expanded only so far beyond the present."""
    if at.horizon == horizon:
        return at
    members = {
        href: member._replace(etag=AGAIN) if len(member.keys) > 1 else member for href, member in at.members.items()
    }
    return replace(at, horizon=horizon, members=members)


def _without(at: Position, names: set[str]) -> tuple[list[Record], Position]:
    gone = {key for name in names if name in at.members for key in _keys_of(name, at.members[name])}
    gone -= at.others(names)
    members = {name: member for name, member in at.members.items() if name not in names}
    return [Tombstone(key) for key in sorted(gone)], replace(at, members=members)


def _fetched(
    dav: Dav, url: str, at: Position, hrefs: Sequence[str], *, own: bool, since: datetime, now: datetime, title: str
) -> tuple[list[Record], Position]:
    """Fetch members: their records, and tombstones of records they had before and no longer have."""
    answer = dav.report(url, requests.multiget(hrefs), depth=1)
    fetched: list[Record] = []
    members = dict(at.members)
    asked = {href: name_of(href) for href in hrefs}
    before = {key for name in asked.values() if name in members for key in _keys_of(name, members[name])}
    for member in answer.members:
        if member.href not in asked:
            continue
        data = member.text(f"{CALDAV}calendar-data")
        if member.status in {404, 410}:
            members.pop(asked.pop(member.href), None)
        elif data:
            name = f"{title}/{unquote(member.href.rpartition('/')[2])}"
            found = [_owned(each, own) for each in records([(name, without_content(data.encode()))], now)]
            kept = [each for each in found if not _before(each, since)]
            fetched += kept
            keys = tuple(each.key for each in kept if isinstance(each, MeetingRecord))
            members[asked.pop(member.href)] = ReadMember(member.text(f"{DAV}getetag") or "?", keys)
    for name in asked.values():  # neither shown nor said to be gone
        fetched.append(Deferred(name, "the server listed this event without showing it"))
        members[name] = ReadMember(UNSHOWN, members[name].keys if name in members else ())
    at = replace(at, members=members)
    still = at.others(()) | set(asked.values())
    return [*fetched, *(Tombstone(key) for key in sorted(before - still))], at


def _keys_of(name: str, member: ReadMember) -> tuple[str, ...]:
    """Return the keys of a member's records: where it was listed without being shown, its own name among them."""
    return (*member.keys, name) if member.etag == UNSHOWN else member.keys


def _owned(record: Record, own: bool) -> Record:
    return record if own or not isinstance(record, MeetingRecord) else replace(record, own_calendar=False)


def _before(record: Record, since: datetime) -> bool:
    ends = record.ends_at or record.starts_at if isinstance(record, MeetingRecord) else None
    return ends is not None and ends < since

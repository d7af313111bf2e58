"""One CalDAV collection, told in pages: what is new and changed is fetched, what is gone is said.

The position names every member with its version, so a listing can be compared both ways at any time: a refused token,
a server without tokens, a reading that was broken off all end in the same state. The sync token moves on only with the
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
from connectors.caldav.position import AGAIN, OWED, UNSHOWN, Held, Position, cursor_of, name_of, position_of
from connectors.vcalendar.read import records
from connectors.vcalendar.strip import without_content
from models.records import Deferred, MeetingRecord, Record, Tombstone

#: Members asked for at once.
PAGE = 50


def changes(
    dav: Dav, stream: Stream, cursor: Cursor | None, since: datetime, *, now: Callable[[], datetime], page: int = PAGE
) -> Iterator[Page]:
    """Tell what happened in a collection after `cursor`; see connectors.base.

    Raises:
        CursorExpired: this module never wrote the cursor.
        ConnectorError: as the port has it.
    """
    own, url = collection_of(stream)
    at = Position({}) if cursor is None else position_of(cursor)
    moment = now()
    at = _laid_out_anew(at, f"{moment:%Y-%m}")
    try:
        found = listing(dav, url, at)
    except NotThere:
        # Unshared or deleted: what was still to come does not take place.
        gone = [Tombstone(key) for key in sorted(at.others(()))]
        yield Page(gone, cursor_of(Position({}, horizon=at.horizon)), more=False, begins=cursor is None)
        return
    wanted = _wanted(at, found)
    told, at = _without(at, found.gone)
    begins, done = cursor is None, 0
    while True:
        chunk = wanted[done : done + page]
        if chunk:
            more, at = _fetched(dav, url, at, chunk, own=own, since=since, now=moment, title=stream.title)
            told = [*told, *more]
        done += len(chunk)
        whole = done >= len(wanted)
        if whole:
            at = replace(at, token=found.token, ctag=found.ctag, whole=True)
        progress = Progress(done, len(wanted), "events") if wanted else None
        yield Page(told, cursor_of(at), more=not whole, begins=begins, progress=progress)
        if whole:
            return
        begins, told = False, []


def _wanted(at: Position, found: Listing) -> list[str]:
    """Choose the members to fetch: those in another version than the one that was read, and those still owed."""
    unread = {*OWED, "?"}
    return [
        href
        for href, version in found.versions.items()
        if (held := at.members.get(name_of(href))) is None or held.etag in unread or held.etag != version
    ]


def _laid_out_anew(at: Position, horizon: str) -> Position:
    """Have all series read again when the month turns: they are laid out so far beyond the present."""
    if at.horizon == horizon:
        return at
    members = {href: held._replace(etag=AGAIN) if len(held.keys) > 1 else held for href, held in at.members.items()}
    return replace(at, horizon=horizon, members=members)


def _without(at: Position, names: set[str]) -> tuple[list[Record], Position]:
    gone = {key for name in names if name in at.members for key in _told_by(name, at.members[name])}
    gone -= at.others(names)
    members = {name: held for name, held in at.members.items() if name not in names}
    return [Tombstone(key) for key in sorted(gone)], replace(at, members=members)


def _fetched(
    dav: Dav, url: str, at: Position, hrefs: Sequence[str], *, own: bool, since: datetime, now: datetime, title: str
) -> tuple[list[Record], Position]:
    """Fetch members: their records, and tombstones of what they told before and do not tell now."""
    answer = dav.report(url, requests.multiget(hrefs), depth=1)
    told: list[Record] = []
    members = dict(at.members)
    asked = {href: name_of(href) for href in hrefs}
    before = {key for name in asked.values() if name in members for key in _told_by(name, members[name])}
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
            told += kept
            keys = tuple(each.key for each in kept if isinstance(each, MeetingRecord))
            members[asked.pop(member.href)] = Held(member.text(f"{DAV}getetag") or "?", keys)
    for name in asked.values():  # neither shown nor said to be gone
        told.append(Deferred(name, "the server listed this event without showing it"))
        members[name] = Held(UNSHOWN, members[name].keys if name in members else ())
    at = replace(at, members=members)
    still = at.others(()) | set(asked.values())
    return [*told, *(Tombstone(key) for key in sorted(before - still))], at


def _told_by(name: str, held: Held) -> tuple[str, ...]:
    """Give the keys of what a member told: where it was listed without being shown, its own name among them."""
    return (*held.keys, name) if held.etag == UNSHOWN else held.keys


def _owned(record: Record, own: bool) -> Record:
    return record if own or not isinstance(record, MeetingRecord) else replace(record, own_calendar=False)


def _before(record: Record, since: datetime) -> bool:
    ends = record.ends_at or record.starts_at if isinstance(record, MeetingRecord) else None
    return ends is not None and ends < since

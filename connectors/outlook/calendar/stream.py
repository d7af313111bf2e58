"""The calendar, window by window: plain calendarViews, each read whole, so that what vanished can be seen to be gone.

calendarView/delta would need Calendars.Read and freezes its window; the windows here lie on a fixed grid, near ones are
read each time and old ones rarely (`windows`). A window that has not changed gives an empty page.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

import msgspec
from msgspec import Struct

from connectors.base import Cursor, Page, Progress, Stream, Window
from connectors.errors import CursorExpired, ProtocolError
from connectors.outlook.api.client import GraphClient
from connectors.outlook.api.pages import Pages
from connectors.outlook.api.wire import EVENT_FIELDS, Event
from connectors.outlook.calendar import windows
from connectors.outlook.calendar.series import masters_of
from connectors.outlook.parse import meeting_record
from models.enums import StreamKind
from models.records import BadRecord, MeetingRecord, Record

SCOPE = "Calendars.ReadBasic"
STREAM = Stream(StreamKind.CALENDAR, "calendar", "Calendar")


#: A round is taken to have been interrupted if nothing was read for so long.
INTERRUPTED = timedelta(minutes=15)


class Read(Struct, frozen=True, array_like=True):
    """When a window was read last (seconds UTC), and a digest of its content."""

    at: int
    digest: str


class Position(Struct, frozen=True):
    """What a cursor holds: what is known of each window by name, and which are left in the round that is going on."""

    known: dict[str, Read]
    left: tuple[str, ...]


_events = Pages(Event)
_decode_position = msgspec.json.Decoder(Position).decode


def changes(
    client: GraphClient,
    account: str,
    cursor: Cursor | None,
    since: datetime,
    *,
    clock: Callable[[], datetime],
    page: int,
) -> Iterator[Page]:
    """Read every window that is due; see connectors.base.

    Args:
        client: of the account.
        account: its address.
        cursor: as in connectors.base.
        since: the horizon.
        clock: gives the present time.
        page: how many events a page is asked to hold.

    Raises:
        ConnectorError: as in connectors.base.
    """
    at, now = _position(cursor), clock()
    begins = at is None
    at = _planned(at or Position({}, ()), since, now)
    if not at.left:  # `since` lies beyond all that is read
        yield Page((), _cursor(at), more=False, begins=begins)
    total = len(at.left)
    while at.left:
        name, *left = at.left
        window = windows.named(name)
        records = _window(client, account, window, page)
        read = Read(int(now.timestamp()), _digest(records))
        changed = name not in at.known or at.known[name].digest != read.digest
        at = Position({**at.known, name: read}, tuple(left))
        progress = Progress(total - len(left), total, "windows")
        unchanged = Page((), _cursor(at), more=bool(left), begins=begins, progress=progress)
        yield replace(unchanged, records=records, covers=_covered(window, records)) if changed else unchanged
        begins = False


def _covered(window: Window, records: list[Record]) -> Window | None:
    return None if any(isinstance(record, BadRecord) for record in records) else window


def _planned(at: Position, since: datetime, now: datetime) -> Position:
    """Say which windows are left to be read: those of the round that is going on, else those that are due now.

    A round that was interrupted for long goes on to what has become due since: what it had read is old by now.
    """
    latest = datetime.fromtimestamp(max((read.at for read in at.known.values()), default=0), UTC)
    if at.left and timedelta(0) <= now - latest < INTERRUPTED:
        return at
    grid = windows.grid(since, now)
    known = {name: at.known[name] for name in map(windows.name, grid) if name in at.known}
    due = {windows.name(window) for window in windows.due(grid, {name: read.at for name, read in known.items()}, now)}
    nearest = [windows.name(window) for window in grid]
    left = [name for name in nearest if name in at.left]
    return Position(known, (*left, *(name for name in nearest if name in due - set(left))))


def _cursor(at: Position) -> Cursor:
    return Cursor(msgspec.json.encode(at).decode())


def _window(client: GraphClient, account: str, window: Window, page: int) -> list[Record]:
    """Every occurrence that starts in a window, each once."""
    start, end = (at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in (window.start, window.end))
    url: str | None = f"/me/calendarView?startDateTime={start}&endDateTime={end}&$top={page}&$select={EVENT_FIELDS}"
    found: dict[str, MeetingRecord] = {}
    bad: list[Record] = []
    shown: list[Event] = []
    followed = set()
    prefer = ('outlook.timezone="UTC"', f"odata.maxpagesize={page}")
    while url:
        if url in followed:
            raise ProtocolError("microsoft.same_page_twice", title="the calendar")
        followed.add(url)
        decoded_page = _events.read(client.get(url, scope=SCOPE, prefer=prefer), STREAM.title)
        bad += decoded_page.bad
        shown += decoded_page.items
        url = decoded_page.next_link
    masters = masters_of(client, shown, scope=SCOPE)
    for event in shown:
        record = meeting_record(event, account, STREAM.title, masters)
        if isinstance(record, BadRecord):
            bad.append(record)
        elif record.starts_at is not None and window.start <= record.starts_at < window.end:
            found[record.key] = record  # one that only reaches into the window belongs to an earlier one
    return [*sorted(found.values(), key=lambda record: record.key), *bad]


def _digest(records: list[Record]) -> str:
    return blake2b(msgspec.json.encode(records), digest_size=8).hexdigest()


def _position(cursor: Cursor | None) -> Position | None:
    if cursor is None:
        return None
    try:
        at = _decode_position(cursor)
        for name in at.left:
            windows.named(name)
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise CursorExpired("microsoft.position_unreadable") from error
    return at

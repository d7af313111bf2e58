"""A Google calendar as a stream: every occurrence once, then what changed since the sync token.

A sync token allows no window of time, so a calendar is listed whole (2,500 occurrences a request) and what ended before
`since` is left out here. How far Google expands a series without an end does not move with the days, so a calendar is
listed again every ninety days.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connectors.base import Cursor, Page
from connectors.errors import CursorExpired, ProtocolError
from connectors.gmail import parse
from connectors.gmail.api.calls import Json
from connectors.gmail.calendar.client import CalendarClient, CalendarEntry
from models.records import BadRecord, MeetingRecord, Record

#: After so long a calendar is listed again.
RELIST_AFTER = timedelta(days=90)
#: Seconds that two machines' clocks may lie apart.
AHEAD = 86_400.0


class CalendarCursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the reading stands: `token` is the last sync token, `page` that of a page to come.

    Times are in seconds: the calendar was last listed whole at `listed_at`, all that happened until `read_at` was read,
    and the pages now being read began at `begun_at`.
    """

    listed_at: float
    since: float
    begun_at: float
    read_at: float | None = None
    token: str | None = None
    page: str | None = None
    deleted: bool = False  # whether the listing showed what was cancelled


class Calendar:
    """Reads one calendar."""

    def __init__(self, client: CalendarClient, calendar: CalendarEntry, *, clock: Callable[[], datetime]) -> None:
        self.client = client
        self.calendar = calendar
        self.clock = clock

    def changes(self, cursor: Cursor | None, *, since: datetime) -> Iterator[Page]:
        """Everything after `cursor`.

        Raises:
            CursorExpired: Google has forgotten the sync token, or the cursor is none of ours.
            ConnectorError: see connectors.errors.
        """
        now = self.clock().timestamp()
        state = _decoded(cursor) if cursor is not None else None
        # a time that is yet to come was noted by a clock that was ahead: no one knows when it was
        begins = state is None or (
            state.page is None and not -AHEAD <= now - state.listed_at <= RELIST_AFTER.total_seconds()
        )
        if state is None or begins:
            state = CalendarCursor(now, since.timestamp(), now, deleted=True)
        elif state.page is None:
            state = msgspec.structs.replace(state, begun_at=now)
        pages = {state.page}
        while True:
            answer = self.client.events(self.calendar.id, state.token, state.page, deleted=state.deleted)
            following = answer.get("nextPageToken")
            more = bool(following)
            if more and following in pages:
                raise ProtocolError("google.same_page_twice")
            pages.add(following)
            if not more and not answer.get("nextSyncToken"):
                raise ProtocolError("google.unreadable_answer")
            records = list(_records(answer, state, self.calendar))
            if more:
                state = msgspec.structs.replace(state, page=following)
            else:
                end = {"token": answer["nextSyncToken"], "page": None, "read_at": state.begun_at}
                state = msgspec.structs.replace(state, **end)
            if records or not more:  # an empty page with a token is normal
                yield Page(records, Cursor(msgspec.json.encode(state).decode()), more, begins=begins)
                begins = False
            if not more:
                return


def _records(answer: Json, state: CalendarCursor, calendar: CalendarEntry) -> Iterator[Record]:
    # a stub does not say when it was cancelled: it still stood when the calendar was last read
    stood_at = None if state.read_at is None else datetime.fromtimestamp(min(state.read_at, state.begun_at), UTC)
    shown: Any
    for shown in answer["items"]:
        if not shown.get("id"):
            yield BadRecord("Google Calendar", "an event without an id")
            continue
        record = parse.meeting(shown, own=calendar.own, primary=calendar.primary, stood_at=stood_at)
        if not isinstance(record, MeetingRecord) or record.ends_at is None or record.ends_at.timestamp() > state.since:
            yield record


def _decoded(cursor: Cursor) -> CalendarCursor:
    try:
        state = msgspec.json.decode(cursor, type=CalendarCursor)
    except msgspec.MsgspecError as error:
        raise CursorExpired("google.position_unreadable") from error
    if state.token is None and state.page is None:
        raise CursorExpired("google.position_unreadable")
    return state

"""A Google calendar as a stream: every occurrence once, then what changed since the sync token.

A sync token allows no window of time, so a calendar is listed whole (2,500 occurrences a request) and what ended before
`since` is left out here. How far Google expands a series without an end does not move with the days, so a calendar is
listed afresh every ninety days.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connectors.base import Cursor, Page
from connectors.errors import CursorExpired, ProtocolError
from connectors.gmail import parse
from connectors.gmail.auth import GoogleEndpoints
from connectors.gmail.calls import Calls, Gone, Json, service
from models.records import BadRecord, MeetingRecord, Record

#: Occurrences on a page; Google allows 2,500.
SIZE = 500
#: How the id of a calendar ends that belongs to no address of a person.
GROUP = "@group.calendar.google.com"
#: After so long a calendar is listed afresh.
AFRESH = timedelta(days=90)


class CalendarCursor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the reading stands: `token` is the last sync token, `page` that of a page to come.

    Times are in seconds: the calendar was last listed whole at `listed_at`; all that had happened by `read_at` is told,
    and the pages now being read began at `begun_at`.
    """

    listed_at: float
    since: float
    begun_at: float
    read_at: float | None = None
    token: str | None = None
    page: str | None = None


class CalendarClient:
    """One account's calendars, asked through `calls`."""

    def __init__(self, calls: Calls, endpoints: GoogleEndpoints, *, size: int = SIZE) -> None:
        """List `size` occurrences at a time."""
        self.calls = calls
        self.size = size
        here = ("calendar", "v3", endpoints.calendar)
        self._calendars, self._events = service(*here, "calendarList"), service(*here, "events")

    def calendars(self) -> Iterator[Json]:
        """The calendars the account owns or may write to.

        Raises:
            ProtocolError: a page token came twice.
        """
        token, tokens = None, set()
        while True:
            request = self._calendars.list(
                minAccessRole="writer",
                pageToken=token,
                fields="items(id,summary,accessRole,primary,dataOwner),nextPageToken",
            )
            answer = self.calls.one(request, 1)
            if not isinstance(answer, dict):
                raise ProtocolError("Google does not list the calendars of this account.")
            yield from answer.get("items", ())
            token = answer.get("nextPageToken")
            if not token:
                return
            if token in tokens:
                raise ProtocolError("Google gave the same page token twice while listing calendars.")
            tokens.add(token)

    def events(self, calendar: str, token: str | None, page: str | None) -> Json:
        """A page of occurrences: all, or what changed since the sync token.

        Raises:
            CursorExpired: the token is no longer known, or the calendar is gone.
        """
        request = self._events.list(
            calendarId=calendar,
            singleEvents=True,
            maxResults=self.size,
            syncToken=token,
            pageToken=page,
            fields=f"items({parse.EVENT_FIELDS}),nextPageToken,nextSyncToken",
        )
        answer = self.calls.one(request, 1)
        if isinstance(answer, Gone):
            raise ProtocolError("This calendar is no longer there.")
        if not isinstance(answer, dict):
            raise ProtocolError("Google does not list this calendar.")
        return answer


@dataclass(frozen=True, slots=True)
class Listed:
    """A calendar as the account's list shows it."""

    id: str
    title: str
    primary: bool  # the account's own: only here does "self" in an event mean the user
    own: bool  # on a colleague's calendar, only meetings the user is invited to count


def listed(shown: Iterable[Json]) -> list[Listed]:
    """Read the list of calendars, the primary one first.

    One may be made "owner" of a colleague's calendar: a calendar that bears a person's address is that person's.
    """
    entries = [entry for entry in shown if isinstance(entry.get("id"), str)]
    me = next((entry["id"] for entry in entries if entry.get("primary")), None)
    found = []
    for entry in entries:
        id_, owner, group = entry["id"], entry.get("accessRole") == "owner", entry["id"].endswith(GROUP)
        primary = bool(entry.get("primary")) or (me is None and owner and not group)
        made = owner and group and entry.get("dataOwner") in {None, me}
        found.append(Listed(id_, str(entry.get("summary") or id_), primary, own=primary or made))
    return sorted(found, key=lambda one: (not one.primary, one.id))


class Calendar:
    """Reads one calendar."""

    def __init__(self, client: CalendarClient, calendar: Listed, *, clock: Callable[[], datetime]) -> None:
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
        begins = state is None or (state.page is None and state.listed_at < now - AFRESH.total_seconds())
        if state is None or begins:
            state = CalendarCursor(now, since.timestamp(), now)
        elif state.page is None:
            state = msgspec.structs.replace(state, begun_at=now)
        pages = {state.page}
        while True:
            answer = self.client.events(self.calendar.id, state.token, state.page)
            following = answer.get("nextPageToken")
            more = bool(following)
            if more and following in pages:
                raise ProtocolError("Google gave the same page token twice while listing a calendar.")
            pages.add(following)
            if not more and not answer.get("nextSyncToken"):
                raise ProtocolError("Google ended the list of a calendar without a sync token.")
            records = list(_records(answer, state, self.calendar))
            if more:
                state = msgspec.structs.replace(state, page=following)
            else:
                told = {"token": answer["nextSyncToken"], "page": None, "read_at": state.begun_at}
                state = msgspec.structs.replace(state, **told)
            if records or not more:  # an empty page with a token is normal
                yield Page(records, Cursor(msgspec.json.encode(state).decode()), more, begins=begins)
                begins = False
            if not more:
                return


def _records(answer: Json, state: CalendarCursor, calendar: Listed) -> Iterator[Record]:
    # a stub does not say when it was cancelled: it still stood when the calendar was last read
    stood_at = None if state.read_at is None else datetime.fromtimestamp(state.read_at, UTC)
    shown: Any
    for shown in answer.get("items", ()):
        if not isinstance(shown, dict) or not shown.get("id"):
            yield BadRecord("Google Calendar", "an event without an id")
            continue
        record = parse.meeting(shown, own=calendar.own, primary=calendar.primary, stood_at=stood_at)
        if not isinstance(record, MeetingRecord) or record.ends_at is None or record.ends_at.timestamp() > state.since:
            yield record


def _decoded(cursor: Cursor) -> CalendarCursor:
    try:
        state = msgspec.json.decode(cursor, type=CalendarCursor)
    except msgspec.MsgspecError as error:
        raise CursorExpired("The stored position is not one of Google Calendar's: it is read afresh.") from error
    if state.token is None and state.page is None:
        raise CursorExpired("The stored position is incomplete: the calendar is read afresh.")
    return state

"""The Calendar API as this connector uses it: the list of calendars and pages of occurrences."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.errors import AccessDenied, ProtocolError
from connectors.gmail import parse
from connectors.gmail.api.calls import Calls, Gone, Json, service
from connectors.gmail.auth import GoogleEndpoints
from connectors.text import clean

#: Occurrences on a page; Google allows 2,500.
PAGE_SIZE = 500
#: How the id of a calendar ends that belongs to no address of a person.
GROUP = "@group.calendar.google.com"


class CalendarClient:
    """One account's calendars, asked through `calls`."""

    def __init__(self, calls: Calls, endpoints: GoogleEndpoints, *, size: int = PAGE_SIZE) -> None:
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
                fields="items(id,summary,accessRole,primary,dataOwner,deleted,hidden),nextPageToken",
            )
            answer = self.calls.one(request, 1)
            if not isinstance(answer, dict):
                raise ProtocolError("google.unreadable_answer")
            yield from _items(answer)
            token = answer.get("nextPageToken")
            if not token:
                return
            if token in tokens:
                raise ProtocolError("google.same_page_twice")
            tokens.add(token)

    def events(self, calendar: str, token: str | None, page: str | None, *, deleted: bool) -> Json:
        """Return a page of occurrences: all, or what changed since the sync token.

        Args:
            calendar: its id.
            token: of the last sync, None for a listing.
            page: token of a page to come.
            deleted: whether what was cancelled is listed too, with the time of its cancelling; Google wants the
                parameters of a listing repeated with its sync token.

        Raises:
            CursorExpired: the token is no longer known, or the calendar is gone.
        """
        request = self._events.list(
            calendarId=calendar,
            singleEvents=True,
            showDeleted=deleted or None,
            maxResults=self.size,
            syncToken=token,
            pageToken=page,
            fields=f"items({parse.EVENT_FIELDS}),nextPageToken,nextSyncToken",
        )
        answer = self.calls.one(request, 1)
        if isinstance(answer, Gone):
            raise AccessDenied("google.calendar_gone")
        if not isinstance(answer, dict):
            raise ProtocolError("google.unreadable_answer")
        return {**answer, "items": _items(answer)}


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A calendar as the account's list shows it."""

    id: str
    title: str
    primary: bool  # the account's own: only here does "self" in an event mean the user
    own: bool  # on a colleague's calendar, only meetings the user is invited to count


def readable_calendars(shown: Iterable[Json]) -> list[CalendarEntry]:
    """Read the list of calendars, the primary one first.

    Only calendars that are shown and that the account may write to: looked at again, whatever was asked for. One may be
    made "owner" of a colleague's calendar: a calendar that bears a person's address is that person's.
    """
    entries = [entry for entry in shown if isinstance(entry.get("id"), str) and _readable(entry)]
    me = next((entry["id"] for entry in entries if entry.get("primary")), None)
    found = []
    for entry in entries:
        id_, owner, group = entry["id"], entry.get("accessRole") == "owner", entry["id"].endswith(GROUP)
        primary = bool(entry.get("primary")) or (me is None and owner and not group)
        made = owner and group and entry.get("dataOwner") in {None, me}
        title = clean(str(entry.get("summary") or "")) or clean(id_)
        found.append(CalendarEntry(id_, title, primary, own=primary or made))
    return sorted(found, key=lambda one: (not one.primary, one.id))


def _readable(entry: Json) -> bool:
    role = entry.get("accessRole")
    hidden = entry.get("deleted") is True or entry.get("hidden") is True
    return not hidden and role in {None, "writer", "owner"} and clean(entry["id"]) == entry["id"]


def _items(answer: Json) -> list[Json]:
    """Return the items of a list; one that is no object is not Google's to give, and is passed on as an empty one."""
    items = answer.get("items")
    if items is None:
        return []
    if not isinstance(items, list):
        raise ProtocolError("google.unreadable_answer")
    return [item if isinstance(item, dict) else {} for item in items]

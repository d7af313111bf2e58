"""The Calendar API: calendarList.list and events.list with sync tokens, as the reference has them."""

import hashlib

from tests.sandbox.google.agenda import Calendar, Item
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.wire import Json, Refusal, bad_request, read_token, write_token
from tests.sandbox.http import Request

LIST_SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in ("calendar", "calendar.readonly", "calendar.calendarlist", "calendar.calendarlist.readonly")
)
EVENT_SCOPES = frozenset(
    f"https://www.googleapis.com/auth/{name}"
    for name in ("calendar", "calendar.readonly", "calendar.events", "calendar.events.readonly")
)
ROLES = ("freeBusyReader", "reader", "writerWithoutPrivateAccess", "writer", "owner")
NOT_WITH_TOKEN = [
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMin",
    "timeMax",
    "updatedMin",
]


def route(request: Request) -> tuple[str, list[str]]:
    """Give the method's name and its path arguments for /calendar/v3/..."""
    match request.path.split("/")[3:]:
        case ["users", "me", "calendarList"]:
            return "calendar.calendarList.list", []
        case ["calendars", id_, "events"]:
            return "calendar.events.list", [id_]
    raise Refusal(404, "notFound", "Not Found")


def answer(method: str, arguments: list[str], mailbox: GoogleMailbox, scopes: frozenset[str], request: Request) -> Json:
    """Answer one call.

    Raises:
        Refusal: the scope, a parameter or the calendar does not allow it.
    """
    allowed = LIST_SCOPES if method == "calendar.calendarList.list" else EVENT_SCOPES
    if not scopes & allowed:
        raise Refusal(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    if mailbox.agenda.refused:
        raise Refusal(403, mailbox.agenda.refused, "The Calendar API cannot be used.")
    if method == "calendar.calendarList.list":
        return list_calendars(mailbox, request)
    id_ = mailbox.address if arguments[0] == "primary" else arguments[0]
    calendar = mailbox.agenda.calendars.get(id_)
    if calendar is None or calendar.access_role == "freeBusyReader":
        raise Refusal(404, "notFound", "Not Found")
    if calendar.denied:
        raise Refusal(403, "forbidden", "Forbidden")
    return list_events(calendar, request, mailbox.largest_page)


def list_calendars(mailbox: GoogleMailbox, request: Request) -> Json:
    least = request.query("minAccessRole")
    if least and least not in ROLES:
        raise bad_request("Invalid value", "minAccessRole")
    floor = ROLES.index(least) if least else 0
    shown = [
        {
            "kind": "calendar#calendarListEntry",
            "etag": '"1"',
            "id": calendar.id,
            "summary": calendar.summary,
            "timeZone": "UTC",
            "accessRole": calendar.access_role,
            "selected": True,
            **({"primary": True} if calendar.primary else {}),
        }
        for calendar in mailbox.agenda.calendars.values()
        if ROLES.index(calendar.access_role) >= floor and (not calendar.hidden or request.query("showHidden") == "true")
    ]
    most = min(int(request.query("maxResults", "100")), 250)
    position = read_token(request.query("pageToken"), "calendars") if request.query("pageToken") else {"at": 0}
    if position is None:
        raise bad_request("Invalid page token value.", "pageToken")
    at = position["at"]
    answer_: Json = {"kind": "calendar#calendarList", "etag": '"1"', "items": shown[at : at + most]}
    if at + most < len(shown):
        return answer_ | {"nextPageToken": write_token("calendars", at=at + most)}
    return answer_ | {"nextSyncToken": write_token("calendars-sync", revision=1)}


def list_events(calendar: Calendar, request: Request, largest: int = 2500) -> Json:
    token = request.query("syncToken")
    single, deleted_too = request.query("singleEvents") == "true", request.query("showDeleted") == "true"
    _check(request, token, single=single)
    first = _since(calendar, token, f"{calendar.id}/{single}")
    listing = hashlib.sha256(f"{calendar.id}/{single}/{deleted_too}/{token}".encode()).hexdigest()[:16]
    after, upto, pause = "", calendar.revision, False
    if text := request.query("pageToken"):
        position = read_token(text, listing)
        if position is None:
            raise bad_request("Invalid page token value.", "pageToken")
        after, upto, pause = position["after"], position["upto"], position["pause"]
    most = min(int(request.query("maxResults", "250")), largest)
    wanted = sorted(
        id_
        for id_, item in calendar.items.items()
        if id_ > after
        and item.revision > first
        and _shown(item, single=single, with_deleted=bool(token) or deleted_too)
    )
    wanted = [id_ for id_ in wanted if _within(calendar.items[id_], request.query("timeMin"), request.query("timeMax"))]
    page = [] if pause else wanted[:most]
    answer_: Json = {
        "kind": "calendar#events",
        "etag": '"p1"',
        "summary": calendar.summary,
        "updated": "2026-01-01T00:00:00.000Z",
        "timeZone": "UTC",
        "accessRole": calendar.access_role,
        "defaultReminders": [],
        "items": [_limited(calendar.items[id_].shown, request) for id_ in page],
    }
    if len(page) < len(wanted):
        # after a full page comes an empty one with a token: that is normal
        last = page[-1] if page else after
        return answer_ | {"nextPageToken": write_token(listing, after=last, upto=upto, pause=bool(page))}
    return answer_ | {"nextSyncToken": write_token(f"{calendar.id}/{single}", revision=upto)}


def _check(request: Request, token: str, *, single: bool) -> None:
    """Refuse parameters that do not go together."""
    if token and (clash := [name for name in NOT_WITH_TOKEN if name in request.queries]):
        raise Refusal(400, "badRequest", f"Sync token cannot be used with {clash[0]}.", parameter="syncToken")
    if token and request.query("showDeleted") == "false":
        raise Refusal(400, "badRequest", "Deletions are always shown with a sync token.", parameter="showDeleted")
    if request.query("orderBy") == "startTime" and not single:
        raise Refusal(400, "badRequest", "The requested ordering is not available for the particular query.")


def _since(calendar: Calendar, token: str, listing: str) -> int:
    if not token:
        return 0
    position = read_token(token, listing)
    if position is None:
        raise Refusal(400, "invalid", "Invalid sync token value.", parameter="syncToken")
    revision = int(position["revision"])
    if revision < calendar.floor:
        message = "Sync token is no longer valid, a full sync is required."
        raise Refusal(410, "fullSyncRequired", message, domain="calendar", parameter="syncToken")
    return revision


def _shown(item: Item, *, single: bool, with_deleted: bool) -> bool:
    if single:
        return not item.master and (with_deleted or not item.cancelled)
    if "recurringEventId" in item.shown:
        return item.exception
    return with_deleted or not item.cancelled


def _within(item: Item, time_min: str, time_max: str) -> bool:
    if item.cancelled or not (time_min or time_max):
        return True
    start, end = (item.shown[name].get("dateTime") or item.shown[name]["date"] for name in ("start", "end"))
    return (not time_min or end > time_min) and (not time_max or start < time_max)


def _limited(shown: Json, request: Request) -> Json:
    most = int(request.query("maxAttendees", "0"))
    guests = shown.get("attendees", [])
    if most and len(guests) > most:
        return shown | {"attendees": [guest for guest in guests if guest.get("self")], "attendeesOmitted": True}
    return shown

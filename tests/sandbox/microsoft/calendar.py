"""Graph calendar: calendarView, calendarView/delta, events; Windows zone names unless Prefer asks otherwise."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from models.enums import Response as Answer
from models.records import Attendee, Mailbox
from tests.sandbox.http import Response
from tests.sandbox.microsoft.diary import Diary, Event, Slot, occurrence_uid
from tests.sandbox.microsoft.mail import next_by_skip, refuse_bodies
from tests.sandbox.microsoft.odata import Call, Item, Refused, collection, project, stamp

READS_BASIC = ("Calendars.ReadBasic", "Calendars.Read")
NEVER = "0001-01-01T00:00:00Z"
ANSWERS = {
    Answer.ACCEPTED: "accepted",
    Answer.TENTATIVE: "tentativelyAccepted",
    Answer.DECLINED: "declined",
    Answer.NONE: "notResponded",
}


def view(call: Call, diary: Diary) -> Response:
    """Every occurrence that overlaps the window."""
    call.needs(*READS_BASIC)
    refuse_bodies(call)
    start, end = _window(call)
    found = [wire(event, slot, diary, call) for event, slot in diary.occurring(start, end)]
    skip = int(call.request.query("$skip", "0"))
    size = call.page_size()
    link = next_by_skip(call, skip + size) if skip + size < len(found) else ""
    return collection([project(item, call.selected) for item in found[skip : skip + size]], nextLink=link)


def events(call: Call, diary: Diary, shown: str = "") -> Response:
    """Single meetings and series masters, or one of them."""
    call.needs(*READS_BASIC)
    refuse_bodies(call)
    if shown:
        if shown not in diary.events:
            raise Refused(404, "ErrorItemNotFound", "The specified object was not found in the store.")
        return Response.json(project(master(diary.events[shown], diary, call), call.selected))
    found = [project(master(event, diary, call), call.selected) for event in diary.events.values() if event.slots]
    skip = int(call.request.query("$skip", "0"))
    size = call.page_size()
    return collection(
        found[skip : skip + size], nextLink=next_by_skip(call, skip + size) if skip + size < len(found) else ""
    )


@dataclass
class ViewDelta:
    """calendarView/delta: a frozen window, masters with thin occurrences, removals for what left the window."""

    diary: Diary
    rounds: dict[str, tuple[datetime, datetime, dict[str, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers = itertools.count(1)

    def answer(self, call: Call) -> Response:
        """The whole window, or what is new in it since the token."""
        call.needs("Calendars.Read")
        for option in ("$select", "$expand", "$filter", "$orderby", "$search"):
            if call.request.query(option):
                raise Refused(400, "ErrorInvalidUrlQuery", f"{option} is not supported with calendarView delta.")
        token = call.request.query("$deltatoken")
        if token and token not in self.rounds:
            raise Refused(410, "SyncStateNotFound", "The sync state is gone.")
        start, end, before = self.rounds[token] if token else (*_window(call), {})
        items: dict[str, Item] = {}
        now: dict[str, int] = {}
        for event, slot in self.diary.occurring(start, end):
            item = wire(event, slot, self.diary, call)
            now[item["id"]] = version = event.version * 1000 + slot.version
            if before.get(item["id"]) == version:
                continue
            if event.series:
                items.setdefault(event.id, master(event, self.diary, call))
            items[item["id"]] = item if item["type"] != "occurrence" else _thin(item)
        gone: list[Item] = [{"id": key, "@removed": {"reason": "deleted"}} for key in before if key not in now]
        fresh = f"d-{next(self.numbers)}"
        self.rounds[fresh] = (start, end, now)
        return collection(
            [*items.values(), *gone],
            deltaLink=f"{call.root}/v1.0/me/calendarView/delta?$deltatoken={fresh}",
        )


def wire(event: Event, slot: Slot, diary: Diary, call: Call) -> Item:
    """One occurrence as Graph shows it."""
    item = _common(event, slot, diary, call)
    if not event.series:
        return item | {"id": event.id, "type": "singleInstance", "iCalUId": event.uid}
    return item | {
        "id": f"{event.id}.OID.{slot.original_start:%Y-%m-%dT%H}",
        "type": "exception" if slot.exceptional else "occurrence",
        "seriesMasterId": event.id,
        **({"originalStart": stamp(slot.original_start)} if diary.names_original_start else {}),
        "iCalUId": occurrence_uid(event.uid, slot.original_start),
    }


def master(event: Event, diary: Diary, call: Call) -> Item:
    """A single meeting, or the master of a series."""
    item = _common(event, event.slots[0], diary, call) | {"id": event.id, "iCalUId": event.uid}
    return item | {"type": "seriesMaster" if event.series else "singleInstance"}


def _common(event: Event, slot: Slot, diary: Diary, call: Call) -> Item:
    zone = call.preferred.get("outlook.timezone", diary.time_zone)
    invited = event.attendees if slot.attendees is None else slot.attendees
    own = next((each for each in invited if each.address == diary.address), None)
    own = own or Attendee(diary.address, "Owner", event.my_response)
    attendees = [] if event.hide_attendees and not event.mine else [e for e in invited if e.address != diary.address]
    if not event.mine:
        attendees.append(own)
    mine = "organizer" if event.mine else ANSWERS[own.response]
    return {
        "@odata.etag": f'W/"{event.version}.{slot.version}"',
        "createdDateTime": NEVER,
        "lastModifiedDateTime": stamp(slot.changed_at) if slot.changed_at else NEVER,
        "subject": event.subject,
        "start": _local(slot.starts_at, zone, all_day=event.all_day),
        "end": _local(slot.ends_at, zone, all_day=event.all_day),
        "originalStartTimeZone": diary.time_zone,
        "originalEndTimeZone": diary.time_zone,
        "isAllDay": event.all_day,
        "isCancelled": slot.cancelled,
        "isOrganizer": event.mine,
        "isDraft": event.draft,
        "hideAttendees": event.hide_attendees,
        "showAs": event.show_as,
        "sensitivity": event.sensitivity,
        "isOnlineMeeting": event.online,
        "onlineMeetingProvider": "teamsForBusiness" if event.online else "unknown",
        "responseStatus": {"response": mine, "time": NEVER},
        "organizer": _recipient(event.organizer),
        "attendees": [_attendee(each, event) for each in attendees],
    }


def _recipient(box: Mailbox | Attendee) -> Item:
    return {"emailAddress": {"name": box.name or box.address, "address": box.address}}


def _attendee(each: Attendee, event: Event) -> Item:
    answer = "organizer" if each.address == event.organizer.address else ANSWERS[each.response]
    return {
        "type": "resource" if each.resource else "required",
        "status": {"response": "none" if answer == "notResponded" else answer, "time": NEVER},
        **_recipient(each),
    }


def _thin(item: Item) -> Item:
    return {name: item[name] for name in ("@odata.etag", "id", "seriesMasterId", "type", "start", "end")}


def _local(at: datetime, zone: str, *, all_day: bool) -> Item:
    if not all_day:  # an all-day event is at midnight of whatever zone is asked for
        at = at.astimezone(ZoneInfo(WINDOWS_TO_OLSON.get(zone, zone)))
    return {"dateTime": f"{at:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": zone}


def _window(call: Call) -> tuple[datetime, datetime]:
    asked = [call.request.query(name) for name in ("startDateTime", "endDateTime")]
    try:
        start, end = (datetime.fromisoformat(text) for text in asked)
    except ValueError:
        raise Refused(400, "ErrorInvalidParameter", "startDateTime and endDateTime are required.") from None
    return tuple(at if at.tzinfo else at.replace(tzinfo=UTC) for at in (start, end))  # type: ignore[return-value] # two

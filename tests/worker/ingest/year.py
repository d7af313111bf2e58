"""A year of meetings and how four calendars tell of it: Google, Outlook, a folder of invitations, an exported file.

The year is a list of decisions: each meeting in each of its versions. What a calendar shows is made by the readers of
the connectors from what the provider or file would hold.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from connectors.gmail import parse as google
from connectors.outlook import parse as outlook
from connectors.outlook.api import wire
from connectors.vcalendar.read import records
from models.records import Record

ME, ANN = "me@own.example", "ann@one.example"
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


def day(month: int, number: int, hour: int = 10) -> datetime:
    return datetime(2025, month, number, hour, tzinfo=UTC)


@dataclass(frozen=True)
class Plan:
    """One version of a meeting or weekly series: as decided at `written`."""

    uid: str
    start: datetime
    written: datetime
    sequence: int = 0
    count: int = 0  # occurrences, 0 for a single meeting
    moved: dict[int, datetime] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()
    cancelled: bool = False

    def slots(self) -> list[datetime]:
        """Where the series puts its occurrences."""
        return [self.start + number * WEEK for number in range(max(self.count, 1))]


def year() -> list[Plan]:
    """All decisions, in the order they were made."""
    lunch = Plan("lunch", day(1, 15), day(1, 2))
    review = Plan("review", day(2, 4), day(1, 5))
    weekly = Plan("weekly", day(2, 3, 9), day(1, 20), count=8)
    choir = Plan("choir", day(4, 1, 18), day(3, 1), count=6)
    board = Plan("board", day(6, 2), day(5, 1), count=6)
    course = Plan("course", day(9, 1), day(8, 1), count=10)
    dinner = Plan("dinner", day(11, 5, 19), day(10, 1))
    return [
        lunch,
        replace(lunch, start=day(1, 17), sequence=1, written=day(1, 10)),
        replace(lunch, start=day(1, 13), sequence=2, written=day(1, 11)),  # forward, then back
        review,
        replace(review, cancelled=True, sequence=1, written=day(2, 1)),
        weekly,
        replace(weekly, moved={2: day(2, 18, 15)}, sequence=1, written=day(2, 10)),
        replace(weekly, moved={2: day(2, 18, 15)}, dropped=frozenset({5}), sequence=2, written=day(3, 5)),
        choir,
        replace(choir, start=day(4, 2, 19), sequence=1, written=day(3, 20)),  # moved as a whole
        board,
        replace(board, count=3, sequence=1, written=day(6, 18)),  # ended early
        course,
        replace(course, cancelled=True, sequence=1, written=day(9, 17, 12)),  # three had taken place
        dinner,
        replace(dinner, start=day(11, 6, 19), sequence=1, written=day(11, 1)),
    ]


def as_of(moment: datetime) -> list[Plan]:
    """The latest version of each meeting that had been decided by a moment."""
    latest: dict[str, Plan] = {}
    for plan in year():
        if plan.written <= moment:
            latest[plan.uid] = plan
    return list(latest.values())


def truth() -> list[datetime]:
    """When the meetings of the year took place."""
    return sorted(
        plan.moved.get(number, slot)
        for plan in as_of(day(12, 31))
        for number, slot in enumerate(plan.slots())
        if number not in plan.dropped and (not plan.cancelled or (plan.count and slot + HOUR <= plan.written))
    )


def in_google(plan: Plan) -> Iterator[dict[str, Any]]:
    """Events of one plan as events.list shows them, with singleEvents."""
    people = [{"email": ME, "self": True, "responseStatus": "accepted"}, {"email": ANN, "responseStatus": "accepted"}]
    for number, slot in enumerate(plan.slots()):
        start = plan.moved.get(number, slot)
        key = f"{plan.uid}_{slot:%Y%m%dT%H%M%SZ}" if plan.count else plan.uid
        event = {
            "id": key,
            "iCalUID": plan.uid,
            "sequence": plan.sequence,
            "updated": plan.written.isoformat(),
            "status": "confirmed",
            "summary": plan.uid,
            "start": {"dateTime": start.isoformat()},
            "end": {"dateTime": (start + HOUR).isoformat()},
            "organizer": {"email": ANN},
            "attendees": people,
        }
        if plan.count:
            event |= {"recurringEventId": plan.uid, "originalStartTime": {"dateTime": slot.isoformat()}}
        gone = number in plan.dropped or (plan.cancelled and not (plan.count and slot + HOUR <= plan.written))
        yield {"id": key, "status": "cancelled", "updated": plan.written.isoformat()} if gone else event


def google_at(moment: datetime, before: datetime | None = None) -> list[Record]:
    """What Google shows at a moment; to who has read it `before`, also what is no longer there."""
    shown = {event["id"]: event for plan in as_of(moment) for event in in_google(plan)}
    if before is not None:
        for plan in as_of(before):
            written = next(later.written for later in as_of(moment) if later.uid == plan.uid)
            for event in in_google(plan):
                gone = {"id": event["id"], "status": "cancelled", "updated": written.isoformat()}
                shown.setdefault(event["id"], gone)
    return [google.meeting(event, own=True, primary=True) for event in shown.values()]


def outlook_at(moment: datetime) -> list[Record]:
    """What Outlook's calendarView shows at a moment: what was cancelled is not there any more."""
    found: list[Record] = []
    for event in (event for plan in as_of(moment) for event in in_google(plan) if event["status"] != "cancelled"):
        at = {name: {"dateTime": event[name]["dateTime"][:19], "timeZone": "UTC"} for name in ("start", "end")}
        people = [{"emailAddress": {"address": one}, "status": {"response": "accepted"}} for one in (ME, ANN)]
        recurring = "originalStartTime" in event
        graph = {
            "id": f"graph {event['id']}",
            "iCalUId": event["iCalUID"],
            "type": "exception" if recurring else "singleInstance",
            "seriesMasterId": event["iCalUID"] if recurring else None,
            "originalStart": event["originalStartTime"]["dateTime"] if recurring else None,
            "lastModifiedDateTime": event["updated"],
            "subject": event["summary"],
            "isOrganizer": False,
            "responseStatus": {"response": "accepted"},
            "organizer": {"emailAddress": {"address": ANN}},
            "attendees": people,
            **at,
        }
        read = msgspec.json.decode(msgspec.json.encode(graph), type=wire.Event)
        found.append(outlook.meeting_record(read, ME, "Calendar"))
    return found


def written(plan: Plan, method: str = "") -> bytes:
    """One plan as iCalendar: its master and its changed occurrences."""
    common = f"UID:{plan.uid}\nSEQUENCE:{plan.sequence}\nDTSTAMP:{plan.written:%Y%m%dT%H%M%SZ}\nSUMMARY:{plan.uid}\n"
    people = f"ORGANIZER:mailto:{ANN}\n" + "".join(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{one}\n" for one in (ME, ANN))

    def event(start: datetime, more: str = "") -> str:
        when = f"DTSTART:{start:%Y%m%dT%H%M%SZ}\nDURATION:PT1H\n"
        return f"BEGIN:VEVENT\n{common}{when}{people}{more}END:VEVENT\n"

    slots = plan.slots()
    left_out = "".join(f"EXDATE:{slots[number]:%Y%m%dT%H%M%SZ}\n" for number in sorted(plan.dropped))
    events = event(plan.start, f"RRULE:FREQ=WEEKLY;COUNT={plan.count}\n{left_out}" if plan.count else "")
    for number, start in plan.moved.items():
        events += event(start, f"RECURRENCE-ID:{slots[number]:%Y%m%dT%H%M%SZ}\n")
    head = f"METHOD:{'CANCEL' if plan.cancelled else method}\n" if method else ""
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{events}END:VCALENDAR\n".encode()


def invitations(upto: datetime) -> list[tuple[str, bytes]]:
    """The saved invitations, updates and cancellations of the year, a file each."""
    plans = [plan for plan in year() if plan.written <= upto]
    return [(f"{number}.ics", written(plan, "REQUEST")) for number, plan in enumerate(plans)]


def export(moment: datetime) -> list[tuple[str, bytes]]:
    """A calendar file as it was exported at a moment."""
    return [("export.ics", b"".join(written(plan) for plan in as_of(moment) if not plan.cancelled))]


def read(texts: Iterable[tuple[str, bytes]]) -> list[Record]:
    return list(records(texts, day(12, 31)))

"""Calendar texts as records: of all that is read together the last version of each meeting, each occurrence once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from connectors.text import clean
from connectors.vcalendar.components import OTHERS, Calendar, Component, components
from connectors.vcalendar.event import LONGEST_UID, Event
from connectors.vcalendar.meeting import People, meeting
from connectors.vcalendar.properties import content_line
from connectors.vcalendar.recurrence.allowance import Allowance
from connectors.vcalendar.series import Layout, Occurrence, laid_out
from connectors.vcalendar.versions import MESSAGES, Standing, standing
from connectors.vcalendar.zones.of_calendar import Zones
from models.records import BadRecord, MeetingRecord, Record

LARGEST = 64 << 20  # bytes that are read together
BROKEN = "the file ends or breaks within this event: it is not read"
UNFINISHED = {"VCALENDAR": "the calendar breaks off: what may have followed is missing"}
NO_TIME = "this event does not say when it begins"

Placed = tuple[str, Component]
"""A component and where it stands."""


def is_calendar(beginning: bytes) -> bool:
    """Tell a calendar by how it begins, whatever it is called; some begin with their first event."""
    text = beginning[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    return text[:15].upper().startswith((b"BEGIN:VCALENDAR", b"BEGIN:VEVENT"))


def records(texts: Iterable[tuple[str, bytes]], now: datetime) -> Iterator[Record]:
    """Give the occurrences of all events in these texts (each with what it is called), in order, each key once.

    Every event, task and the like is a meeting, one that was superseded, one that is none, or unreadable with its
    place. Series are laid out up to a horizon beyond `now`.
    """
    by_uid: dict[str, list[Placed]] = {}
    room = LARGEST
    for name, content in texts:
        if len(content) > room:
            yield BadRecord(f"{name} after byte {room}", f"only the first {LARGEST >> 20} MB are read", "too-large")
        if content.strip() and not is_calendar(content):
            yield BadRecord(name, "there is no calendar in this file", f"no-calendar:{name}")
        for component in components(content[:room]):
            uid = clean(next(filter(None, map(_uid, component.lines)), ""), LONGEST_UID)
            where = f"{name}: {f'event {uid}, ' if uid else ''}line {component.line}"
            if not component.whole:
                yield BadRecord(where, UNFINISHED.get(component.kind, BROKEN), uid or where)
            elif component.kind in OTHERS:
                yield _passed_over(where, OTHERS[component.kind])
            else:
                # Without a UID an event is known by what it says.
                by_uid.setdefault(uid or f"no-uid:{component.digest()}", []).append((where, component))
        room -= min(len(content), room)
    allowance = Allowance(now)
    zones = _ZonesOf()
    for key in list(by_uid):
        yield from _of_uid(key, by_uid.pop(key), allowance, zones)


class _ZonesOf(dict[Calendar, Zones]):
    def __missing__(self, calendar: Calendar) -> Zones:
        found = self[calendar] = Zones(calendar)
        return found


def _uid(line: str) -> str:
    found = content_line(line) if line[:3].upper() == "UID" else None
    return found.value if found else ""


def _of_uid(key: str, placed: list[Placed], allowance: Allowance, zones: _ZonesOf) -> Iterator[Record]:
    events = []
    for where, component in placed:
        event = Event(component, zones[component.calendar])
        unusable = _unusable(event)
        if unusable:
            yield BadRecord(where, unusable, key)
        else:
            events.append(event)
    if not events:
        return
    found = standing(events)
    layout = laid_out(found, allowance)
    if layout.trouble:
        yield BadRecord(f"{placed[0][0]}: how it repeats", layout.trouble, f"{key}/repeats")
    yield from _meetings(found, layout, key)
    yield from _others(found, layout, key)


def _unusable(event: Event) -> str | None:
    if "RECURRENCE-ID" in event.said and event.recurrence is None:
        return "which occurrence of its series this changes cannot be read"
    if event.begin is None and not event.cancelled and event.method not in MESSAGES:
        return next(iter(event.notes), NO_TIME)
    return None


def _meetings(found: Standing, layout: Layout, key: str) -> Iterator[MeetingRecord]:
    people: dict[Event, People] = {}
    given = set()
    for one in layout.occurrences:
        at = one.recurrence_at
        own = key if at is None else f"{key}/{at:%Y%m%dT%H%M%SZ}"
        if own in given:  # a change of clocks brought two of its times together
            continue
        given.add(own)
        if one.event not in people:
            people[one.event] = People(one.event)
        yield meeting(one, people[one.event], key=own, master=found.master)


def _others(found: Standing, layout: Layout, key: str) -> Iterator[MeetingRecord]:
    """Count what is no meeting: answers to invitations, earlier versions, copies."""
    standing_now = {one.event.digest for one in layout.occurrences}
    times = Counter[str]()
    for event in (*found.messages, *found.superseded):
        digest = event.digest
        times[digest] += 1
        own = f"{key}#{digest}-{times[digest]}"
        if event.method in MESSAGES:
            one = Occurrence(event, event.begin, event.utc(event.recurrence) if event.recurrence else None, False)
            yield meeting(one, People(event), key=own, master=None)
        else:
            copy = digest in standing_now or times[digest] > 1
            yield _passed_over(own, "duplicate" if copy else "superseded")


def _passed_over(key: str, kind: str) -> MeetingRecord:
    return MeetingRecord(key, ical_uid=key, not_a_meeting=kind)

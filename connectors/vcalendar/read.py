"""Calendar texts as records: of all that is read together the last version of each meeting, each occurrence once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from connectors.text import clean
from connectors.vcalendar.components import OTHERS, Calendar, Component, components
from connectors.vcalendar.event import LONGEST_UID, Event
from connectors.vcalendar.keys import key_of
from connectors.vcalendar.meeting import People, meeting
from connectors.vcalendar.properties import content_line
from connectors.vcalendar.recognize import LARGEST, is_calendar
from connectors.vcalendar.recurrence.allowance import Allowance
from connectors.vcalendar.series import Occurrence, laid_out
from connectors.vcalendar.versions import MESSAGES, standing
from connectors.vcalendar.zones.of_calendar import Zones
from models.records import BadRecord, MeetingRecord, Record

BROKEN = "the file ends or breaks within this event: it is not read"
UNFINISHED = {"VCALENDAR": "the calendar breaks off: what may have followed is missing"}
NO_TIME = "this event does not say when it begins"

Placed = tuple[str, Component]
"""A component and where it stands."""


def records(texts: Iterable[tuple[str, bytes]], now: datetime) -> Iterator[Record]:
    """Yield the occurrences of all events in these texts (each with what it is called), in order, each key once.

    Every event, task and the like is a meeting, one that was superseded, one that is none, or unreadable with its
    place. Series are expanded up to a horizon beyond `now`.
    """
    by_uid: dict[str, list[Placed]] = {}
    room, title = LARGEST, ""
    for name, content in texts:
        title = title or name
        if len(content) > room:
            yield BadRecord(f"{name} after byte {room}", f"only the first {LARGEST >> 20} MB are read", "too-large")
        nothing = bool(content.strip()) and not is_calendar(content)
        for component in components(content[:room]):
            nothing = False
            uid = clean(next(filter(None, map(_uid, component.lines)), ""), LONGEST_UID)
            where = f"{name}: {f'event {uid}, ' if uid else ''}line {component.line}"
            if not component.whole:
                yield BadRecord(where, UNFINISHED.get(component.kind, BROKEN), key_of(uid or where))
            elif component.kind in OTHERS:
                yield _passed_over(key_of(where), OTHERS[component.kind])
            else:
                # Without a UID an event is known by what it says.
                by_uid.setdefault(key_of(uid) or f"no-uid:{component.digest()}", []).append((where, component))
        if nothing:
            yield BadRecord(name, "there is no calendar in this file", key_of(f"no-calendar:{name}"))
        room -= min(len(content), room)
    allowance = Allowance(now)
    zones = _ZonesOf()
    for key in list(by_uid):
        yield from _of_uid(key, by_uid.pop(key), allowance, zones)
    for tzid, own in sorted({(tzid, str(one.own)) for one in zones.values() for tzid in one.unknown}):
        where = f"{title}: time zone {clean(tzid, 200)}"
        yield BadRecord(where, f"this time zone is not known: its times are taken as {own}", where)


class _ZonesOf(dict[Calendar, Zones]):
    def __missing__(self, calendar: Calendar) -> Zones:
        found = self[calendar] = Zones(calendar)
        return found


def _uid(line: str) -> str:
    found = content_line(line) if line[:3].upper() == "UID" else None
    return found.value if found else ""


def _of_uid(key: str, placed: list[Placed], allowance: Allowance, zones: _ZonesOf) -> Iterator[Record]:
    events, places = [], dict[Event, str]()
    for where, component in placed:
        event = Event(component, zones[component.calendar])
        unusable = _unusable(event)
        if unusable:
            yield BadRecord(where, unusable, key)
        else:
            events.append(event)
            places[event] = where
    if not events:
        return
    found = standing(events)
    layout = laid_out(found, allowance)
    if layout.trouble:
        yield BadRecord(f"{placed[0][0]}: how it repeats", layout.trouble, f"{key}/repeats")
    given: dict[str, Occurrence] = {}
    for one in layout.occurrences:
        # A change of clocks may bring two of its times together.
        given.setdefault(key if one.recurrence_at is None else f"{key}/{one.recurrence_at:%Y%m%dT%H%M%SZ}", one)
    people = {event: People(event) for event in dict.fromkeys(one.event for one in given.values())}
    for own, one in given.items():
        yield meeting(one, people[one.event], key=own, master=None if layout.trouble else found.master)
    yield from _spoilt(places, people, key)
    passed_over = [*found.superseded, *found.messages]
    counted = {*people, *passed_over}
    others = passed_over + [event for event in events if event not in counted]
    yield from _others(others, {event.digest for event in people}, key, found.master)


def _spoilt(places: dict[Event, str], kept: Iterable[Event], key: str) -> Iterator[BadRecord]:
    """Say what could not be read of events that are kept all the same; when they were written is of no concern."""
    for event in kept:
        notes = [note for note in event.notes if not note.startswith(("its DTSTAMP", "its LAST-MODIFIED"))]
        if notes:
            yield BadRecord(f"{places[event]}: a part of it", f"{'; '.join(notes)}: the rest is read", f"{key}/part")


def _unusable(event: Event) -> str | None:
    if "RECURRENCE-ID" in event.said and event.recurrence is None:
        return "which occurrence of its series this changes cannot be read"
    if event.begin is None and not event.cancelled and event.method not in MESSAGES:
        return next(iter(event.notes), NO_TIME)
    return None


def _others(events: list[Event], given: set[str], key: str, master: Event | None) -> Iterator[MeetingRecord]:
    """Count what is no meeting: answers to invitations, earlier versions, copies, series that never fall."""
    times = Counter[str]()
    for event in events:
        digest = event.digest
        times[digest] += 1
        own = f"{key}#{digest}-{times[digest]}"
        if event.method in MESSAGES:
            at = event.utc(event.recurrence) if event.recurrence else None
            yield meeting(Occurrence(event, event.begin, at, cancelled=False), People(event), key=own, master=None)
        elif digest in given or times[digest] > 1:
            yield _passed_over(own, "duplicate")
        else:
            yield _passed_over(own, "never takes place" if event is master else "superseded")


def _passed_over(key: str, kind: str) -> MeetingRecord:
    return MeetingRecord(key, ical_uid=key, not_a_meeting=kind)

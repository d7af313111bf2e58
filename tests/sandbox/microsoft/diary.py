"""An Outlook calendar that can be changed while it is watched: meetings, series, moves, cancellations, answers."""

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.enums import Response
from models.records import Attendee, Mailbox

#: The bytes every GlobalObjectId begins with (MS-OXOCAL 2.2.1.27).
GLOBAL_OBJECT_ID = "040000008200E00074C5B7101A82E008"


@dataclass
class Slot:
    """One occurrence; `original_start` is where the series put it."""

    original_start: datetime
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    attendees: tuple[Attendee, ...] | None = None
    version: int = 0
    changed_at: datetime | None = None  # when it was written last, where Graph is to say so

    @property
    def exceptional(self) -> bool:
        return self.starts_at != self.original_start or self.cancelled or self.attendees is not None


@dataclass
class Event:
    """A single meeting (one slot) or a series; `attendees` are without the organizer."""

    id: str
    uid: str
    subject: str
    organizer: Mailbox
    attendees: tuple[Attendee, ...]
    slots: list[Slot]
    series: bool = False
    all_day: bool = False
    mine: bool = True  # the owner organises it
    my_response: Response = Response.NONE
    draft: bool = False
    hide_attendees: bool = False
    show_as: str = "busy"
    sensitivity: str = "normal"
    online: bool = False
    version: int = 0


@dataclass
class Diary:
    """The primary calendar of one mailbox."""

    address: str
    time_zone: str = "W. Europe Standard Time"
    names_original_start: bool = True
    events: dict[str, Event] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.numbers = itertools.count(1)

    def meet(
        self,
        starts_at: datetime,
        attendees: Sequence[Attendee] = (),
        *,
        minutes: int = 60,
        organizer: Mailbox | None = None,
        repeats: int = 0,
        every: timedelta = timedelta(days=7),
        uid: str | None = None,
        subject: str = "Meeting",
        my_response: Response = Response.ACCEPTED,
        slots: Sequence[Slot] = (),
        all_day: bool = False,
        draft: bool = False,
        hide_attendees: bool = False,
        show_as: str = "busy",
        online: bool = False,
    ) -> str:
        """Book a meeting, `repeats` more times `every` so often; its id. Without `organizer` it is the owner's."""
        with self.lock:
            number = next(self.numbers)
            length = timedelta(days=1) if all_day else timedelta(minutes=minutes)
            event = Event(
                id=f"AAMkAGEv-{number:05d}",
                uid=uid or outlook_uid(number),
                subject=subject,
                organizer=organizer or Mailbox(self.address, "Owner"),
                attendees=tuple(attendees),
                slots=list(slots) or _slots(starts_at, length, repeats, every),
                series=repeats > 0 or len(slots) > 1,
                all_day=all_day,
                mine=organizer is None,
                my_response=my_response,
                draft=draft,
                hide_attendees=hide_attendees,
                show_as=show_as,
                online=online,
            )
            self.events[event.id] = event
            return event.id

    def move(self, event: str, to: datetime, *, occurrence: int = 0) -> None:
        """Move a meeting, or one occurrence of a series."""
        with self._changing(event, occurrence) as slot:
            slot.starts_at, slot.ends_at = to, to + (slot.ends_at - slot.starts_at)
            if not self.events[event].series:
                slot.original_start = to

    def cancel(self, event: str, *, occurrence: int = 0, at: datetime | None = None) -> None:
        """The organizer calls it off: the attendee's calendar still shows it, crossed out."""
        with self._changing(event, occurrence) as slot:
            slot.cancelled, slot.changed_at = True, at

    def drop(self, event: str, *, occurrence: int | None = None) -> None:
        """Delete a meeting or one occurrence from this calendar."""
        with self.lock:
            if occurrence is None:
                del self.events[event]
            else:
                del self.events[event].slots[occurrence]

    def respond(self, event: str, address: str, answer: Response, *, occurrence: int | None = None) -> None:
        """Somebody answers an invitation, for the series or for one occurrence."""
        with self.lock:
            stored = self.events[event]
            if address == self.address:
                stored.my_response = answer
            if occurrence is None:
                stored.attendees = _answered(stored.attendees, address, answer)
                stored.version += 1
            else:
                slot = stored.slots[occurrence]
                slot.attendees = _answered(slot.attendees or stored.attendees, address, answer)
                slot.version += 1

    def occurring(self, start: datetime, end: datetime) -> Iterator[tuple[Event, Slot]]:
        """What overlaps [start, end)."""
        for event in list(self.events.values()):
            for slot in event.slots:
                if slot.starts_at < end and (slot.ends_at > start or slot.starts_at >= start):
                    yield event, slot

    @contextmanager
    def _changing(self, event: str, occurrence: int) -> Iterator[Slot]:
        with self.lock:
            slot = self.events[event].slots[occurrence]
            slot.version += 1
            yield slot


def outlook_uid(number: int) -> str:
    """A GlobalObjectId as Exchange makes it, its date bytes zero: the uid of a meeting or of a whole series."""
    return f"{GLOBAL_OBJECT_ID}00000000{number:016X}{0:016X}10000000{number:032X}"


def occurrence_uid(uid: str, day: datetime) -> str:
    """What Graph shows as iCalUId of an occurrence: the series' GlobalObjectId with the day filled in."""
    date = f"{day.year:04X}{day.month:02X}{day.day:02X}"
    if uid.startswith(GLOBAL_OBJECT_ID):
        return uid[:32] + date + uid[40:]
    foreign = b"vCal-Uid\x01\x00\x00\x00" + uid.encode() + b"\x00"
    return f"{GLOBAL_OBJECT_ID}{date}{0:016X}{0:016X}{len(foreign).to_bytes(4, 'little').hex()}{foreign.hex()}".upper()


def _slots(starts_at: datetime, length: timedelta, repeats: int, every: timedelta) -> list[Slot]:
    starts = [starts_at + every * turn for turn in range(repeats + 1)]
    return [Slot(start, start, start + length) for start in starts]


def _answered(attendees: tuple[Attendee, ...], address: str, answer: Response) -> tuple[Attendee, ...]:
    return tuple(
        Attendee(each.address, each.name, answer, each.resource) if each.address == address else each
        for each in attendees
    )

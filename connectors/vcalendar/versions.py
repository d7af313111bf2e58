"""Which versions of one UID stand: a later one supersedes an earlier one, wherever the two were found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from connectors.vcalendar.event import Event
from connectors.vcalendar.times import FIRST_YEAR, Moment

#: An answer to an invitation, or a question about one, is no event of its own.
MESSAGES = {"REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"}

LONG_AGO = datetime(FIRST_YEAR, 1, 1)  # noqa: DTZ001 - of what is added to a series, and when is not said


@dataclass(slots=True)
class Standing:
    """The versions of one UID that hold: the series or single event, its changed occurrences, and what they replaced.

    `ended` is the last version of a series that was cancelled since: what had taken place by then did.
    """

    master: Event | None = None
    changed: dict[datetime, Event] = field(default_factory=dict)  # by original start
    onward: dict[datetime, Event] = field(default_factory=dict)  # from that start on (RANGE=THISANDFUTURE)
    ended: Event | None = None
    superseded: list[Event] = field(default_factory=list)
    messages: list[Event] = field(default_factory=list)


def standing(events: Iterable[Event]) -> Standing:
    """Find what stands among the events of one UID; their order does not matter."""
    found = Standing()
    ordered = sorted(events, key=lambda event: event.version, reverse=True)
    clock = next((event for event in ordered if event.recurrence is None and event.begin), None)
    for event in ordered:
        if event.method in MESSAGES:
            found.messages.append(event)
        elif event.recurrence is None and event.method != "ADD":
            _take(found, event)
        else:
            at = event.recurrence or event.begin or Moment(LONG_AGO, None)
            # A time without a zone is on the clock of the series.
            where = (clock or event).slot(at)
            place = found.onward if event.future else found.changed
            if where in place:
                found.superseded.append(event)
            else:
                place[where] = event
    _alone(found)
    return found


def _take(found: Standing, event: Event) -> None:
    if found.master is None:
        found.master = event
    elif found.master.cancelled and not event.cancelled and found.ended is None:
        found.ended = event
    else:
        found.superseded.append(event)


def _alone(found: Standing) -> None:
    """Take what changes the only occurrence of a single event for a version of that event."""
    master = found.master
    if master is None or master.begin is None or repeats(master) or (found.ended and repeats(found.ended)):
        return
    changed = found.changed.pop(master.utc(master.begin), None)
    if changed is not None:
        later, earlier = sorted((changed, master), key=lambda event: event.version, reverse=True)
        found.master = later
        found.superseded.append(earlier)


def repeats(event: Event) -> bool:
    """Distinguish a series from a single event."""
    return any(name in event.said for name in ("RRULE", "RDATE"))

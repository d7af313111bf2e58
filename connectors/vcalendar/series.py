"""Expands what stands of one UID into its occurrences, within a horizon and within reason."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from connectors.vcalendar.event import Event
from connectors.vcalendar.recurrence.allowance import Allowance
from connectors.vcalendar.recurrence.rule import UnreadableRuleError
from connectors.vcalendar.recurrence.walls import rules, walls
from connectors.vcalendar.times import Moment
from connectors.vcalendar.versions import Standing, repeats


class Occurrence(NamedTuple):
    """One occurrence as `event` says it, beginning at `begin`; `recurrence_at` is where the series had put it."""

    event: Event
    begin: Moment | None
    recurrence_at: datetime | None
    cancelled: bool


class Layout(NamedTuple):
    """The occurrences of one UID; `trouble` says which of them are missing."""

    occurrences: list[Occurrence]
    trouble: str | None = None


def laid_out(found: Standing, allowance: Allowance) -> Layout:
    """Return the occurrences of what stands; what proves to be superseded is added to `found.superseded`."""
    master = found.master
    if master is None:
        alone = sorted({**found.onward, **found.changed}.items())
        return Layout([Occurrence(event, event.begin, at, event.cancelled) for at, event in alone])
    base = master if found.ended is None or repeats(master) else found.ended
    if found.ended is not None and base is master:
        found.superseded.append(found.ended)
    if not repeats(base):
        if base is not master:
            found.superseded.append(base)
        single = [Occurrence(master, master.begin or base.begin, None, master.cancelled)]
        return Layout(single + list(_orphans(found, {**found.onward, **found.changed}, single=True)))
    falls, trouble = walls(base, allowance)
    occurrences = [_ended(found, one) for one in _placed(found, base, falls)]
    if _void(base):  # Confluence deletes a series so
        occurrences = [one._replace(cancelled=True) for one in occurrences]
    allowance.take(len(occurrences), len(base.all("ATTENDEE")))
    return Layout(occurrences, trouble)


def _void(event: Event) -> bool:
    """Whether every rule of a series ends before the series begins."""
    try:
        given = list(rules(event, "RRULE"))
    except UnreadableRuleError:
        return False
    return event.begin is not None and bool(given) and all(rule.ended(event.begin.wall) for rule in given)


def _placed(found: Standing, base: Event, walls: list[datetime]) -> Iterator[Occurrence]:
    """Yield each occurrence in its place or where it was moved to, then changed ones that the series does not have."""
    left = dict(found.changed)
    days = {at for at, event in left.items() if event.recurrence and event.recurrence.day}
    left_out = base.moments("EXDATE")
    gone = {base.slot(at) for at in left_out}
    gone_days = {base.day(at) for at in left_out if at.day}
    all_day = base.begin is not None and base.begin.day
    anchors = sorted(found.onward)
    for wall in walls:
        here = Moment(wall, None if base.begin is None else base.begin.zone, all_day)
        at = base.utc(here)
        day = datetime(wall.year, wall.month, wall.day, tzinfo=UTC)
        changed = left.pop(at, None) or (left.pop(day, None) if day in days else None)
        since = bisect_right(anchors, at)
        left_out_here = at in gone or day in gone_days
        if changed is not None and left_out_here and _older(changed, base):  # it was changed first, then deleted
            found.superseded.append(changed)
        elif changed is not None:
            yield Occurrence(changed, changed.begin or here, at, changed.cancelled)
        elif left_out_here:
            continue
        elif since:
            event = found.onward[anchors[since - 1]]
            yield Occurrence(event, _shifted(event, base, anchors[since - 1], here), at, event.cancelled)
        else:
            yield Occurrence(base, here, at, base.cancelled)
    yield from _orphans(found, left)


def _orphans(found: Standing, left: dict[datetime, Event], *, single: bool = False) -> Iterator[Occurrence]:
    """Yield changed occurrences without a place in the series, unless the series has been changed since."""
    master = found.master
    for at, event in sorted(left.items()):
        if master is not None and _older(event, master):
            found.superseded.append(event)
        else:
            yield Occurrence(event, event.begin or (None if single else event.recurrence), at, event.cancelled)


def _older(changed: Event, master: Event) -> bool:
    """Whether a series was changed since one of its occurrences was; times show nothing within one calendar."""
    upto = 1 if changed.component.calendar is master.component.calendar else 2
    return changed.version[:upto] < master.version[:upto]


def _shifted(event: Event, base: Event, anchor: datetime, here: Moment) -> Moment:
    """Move an occurrence as the first of those from `anchor` on was moved, on the clock of the series."""
    if event.begin is None:
        return here
    clock = base.clock
    first = event.utc(event.begin).astimezone(clock) if not event.begin.day else event.begin.wall
    wall = here.wall + (first.replace(tzinfo=None) - anchor.astimezone(clock).replace(tzinfo=None))
    if event.begin.day:
        return Moment(datetime(wall.year, wall.month, wall.day), None, day=True)  # noqa: DTZ001 - a day
    return Moment(wall, clock)


def _ended(found: Standing, one: Occurrence) -> Occurrence:
    """What had taken place when a series was cancelled as a whole did take place (a deletion does not undo contact)."""
    master = found.master
    if master is None or not master.cancelled:
        return one
    if one.event.cancelled and one.event is not master:
        return one
    since = master.cancelled_at
    past = since is not None and one.begin is not None and one.event.ends(one.begin) <= since
    return one._replace(cancelled=not past)

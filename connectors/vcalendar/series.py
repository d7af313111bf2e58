"""Lays out what stands of one UID into its occurrences, within a horizon and within reason."""

from bisect import bisect_right
from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from connectors.vcalendar.event import Event
from connectors.vcalendar.recurrence.expand import starts
from connectors.vcalendar.recurrence.rule import Rule, UnreadableRuleError, parse
from connectors.vcalendar.times import Moment
from connectors.vcalendar.versions import Standing, repeats

AHEAD = timedelta(days=400)  # how far endless series are laid out beyond now
MOST_A_DAY = 8  # occurrences; what comes oftener is no meeting of people
MOST_IN_SERIES = 10_000  # occurrences; of more the last are kept
MOST_PLACES_IN_SERIES = 200_000  # people invited, each counted once an occurrence
MOST_OCCURRENCES = 200_000  # in all that is read together; what repeats beyond them is shown once
MOST_PLACES = 1_000_000
MOST_PERIODS = 3_000_000  # years, months, weeks or days looked at for rules


class Allowance:
    """What all series that are read together may take, so that time and memory grow with the text alone."""

    def __init__(self, now: datetime) -> None:
        """Lay out up to AHEAD of `now`."""
        self.end = now.astimezone(UTC) + AHEAD
        self.periods = MOST_PERIODS
        self._occurrences = MOST_OCCURRENCES
        self._places = MOST_PLACES

    def spend(self) -> bool:
        """Look at one more period; False if there were too many."""
        self.periods -= 1
        return self.periods >= 0

    def most(self, invited: int) -> int:
        """Say how many occurrences a series with so many invited may have."""
        each = max(invited, 1)
        return min(MOST_IN_SERIES, MOST_PLACES_IN_SERIES // each, self._occurrences, self._places // each)

    def take(self, count: int, invited: int) -> None:
        """Note that so many occurrences were given."""
        self._occurrences = max(0, self._occurrences - count)
        self._places = max(0, self._places - count * invited)


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
    """Give the occurrences of what stands; what turns out superseded is added to `found.superseded`."""
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
        return Layout(single + list(_orphans(found, dict(found.changed), single=True)))
    walls, trouble = _walls(base, allowance)
    occurrences = [_ended(found, one) for one in _placed(found, base, walls)]
    allowance.take(len(occurrences), len(base.all("ATTENDEE")))
    return Layout(occurrences, trouble)


def _placed(found: Standing, base: Event, walls: list[datetime]) -> Iterator[Occurrence]:
    """Give each occurrence in its place or where it was moved to, then changed ones that the series does not have."""
    left = dict(found.changed)
    days = {at for at, event in left.items() if event.recurrence and event.recurrence.day}
    left_out = base.moments("EXDATE")
    all_day = base.begin is not None and base.begin.day
    gone = {base.utc(at) for at in left_out if not at.day}
    gone_days = {at.wall.date() for at in left_out if at.day or all_day}
    anchors = sorted(found.onward)
    for wall in walls:
        here = Moment(wall, None if base.begin is None else base.begin.zone, all_day)
        at = base.utc(here)
        day = datetime(wall.year, wall.month, wall.day, tzinfo=UTC)
        changed = left.pop(at, None) or (left.pop(day, None) if day in days else None)
        since = bisect_right(anchors, at)
        if changed is not None:
            yield Occurrence(changed, changed.begin or here, at, changed.cancelled)
        elif at in gone or wall.date() in gone_days:
            continue
        elif since:
            event = found.onward[anchors[since - 1]]
            yield Occurrence(event, _shifted(event, base, anchors[since - 1], here), at, event.cancelled)
        else:
            yield Occurrence(base, here, at, base.cancelled)
    yield from _orphans(found, left)


def _orphans(found: Standing, left: dict[datetime, Event], *, single: bool = False) -> Iterator[Occurrence]:
    """Give changed occurrences without a place in the series, unless the series has been changed since."""
    master = found.master
    for at, event in sorted(left.items()):
        together = master is not None and event.component.calendar is master.component.calendar
        if master is not None and event.version[: 1 if together else 2] < master.version[: 1 if together else 2]:
            found.superseded.append(event)
        else:
            yield Occurrence(event, event.begin or (None if single else event.recurrence), at, event.cancelled)


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
    stamp = master.stamp
    past = stamp is not None and one.begin is not None and one.event.ends(one.begin) <= stamp
    return one._replace(cancelled=not past)


def _walls(event: Event, allowance: Allowance) -> tuple[list[datetime], str | None]:
    """Give when a series falls, on its own clock, and why some of it is missing."""
    if event.begin is None:
        return [], None
    last = allowance.end.astimezone(event.clock).replace(tzinfo=None)
    most = allowance.most(len(event.all("ATTENDEE")))
    first = event.begin.wall
    if most <= 1:
        return [first], "the events of this file repeat too often in all: only its first occurrence is read"
    found: deque[datetime] = deque([first], most)
    cut = False
    try:
        for rule in _rules(event, "RRULE"):
            given = 0
            for wall in starts(rule, first, last, allowance.spend):
                found.append(wall)
                given += 1
            cut = cut or given > most
        left_out = {wall for rule in _rules(event, "EXRULE") for wall in starts(rule, first, last, allowance.spend)}
    except UnreadableRuleError as error:
        return [first], f"{error}: only its first occurrence is read"
    if allowance.periods < 0:
        return [first], "the events of this file repeat too often in all: only its first occurrence is read"
    left_out.discard(first)
    walls = sorted({*found, *_listed(event, first, last)} - left_out)
    if max(Counter(wall.date() for wall in walls).values()) > MOST_A_DAY:
        return [first], "it repeats many times a day: only its first occurrence is read"
    if cut or len(walls) > most:
        return walls[-most:], f"it repeats too often: only its last {most} occurrences are read"
    return walls, None


def _listed(event: Event, first: datetime, last: datetime) -> Iterator[datetime]:
    """Give what RDATE adds; the first occurrence is DTSTART (RFC 5545 3.8.2.4), so nothing can be added before it."""
    for at in event.moments("RDATE"):
        wall = at.wall if at.day else event.utc(at).astimezone(event.clock).replace(tzinfo=None)
        if first <= wall <= last:
            yield wall


def _rules(event: Event, name: str) -> Iterator[Rule]:
    """Give the rules of an event with their UNTIL on its clock; one without Z already is, as many programs write it."""
    for one in event.all(name):
        rule = parse(one.value)
        until = rule.until
        if until is not None and event.begin is not None:
            if event.begin.day:
                until = until._replace(day=True)
            elif until.zone is not None and not until.day:
                until = Moment(until.utc().astimezone(event.clock).replace(tzinfo=None), None)
            rule = rule._replace(until=until)
        yield rule

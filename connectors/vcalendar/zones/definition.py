"""A VTIMEZONE as a zone: its observances and when each begins (RFC 5545 3.6.5)."""

import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

from connectors.vcalendar.properties import Properties, properties
from connectors.vcalendar.recurrence.days import of_year
from connectors.vcalendar.recurrence.rule import Rule, UnreadableRuleError, parse
from connectors.vcalendar.times import DAY, LAST_YEAR, Moment, written

_PART = re.compile(r"(BEGIN|END):(?:STANDARD|DAYLIGHT)[ \t]*", re.IGNORECASE)
_OFFSET = re.compile(r"([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?")
MOST_PARTS = 300  # observances; what has more is no zone anyone made
LONGEST_TEXT = 100_000  # characters
MOST_ONSETS = 2000  # dates of one observance
LONGEST_GAP = 400 * DAY  # between two changes of a clock that goes on changing
NO_TIME = timedelta(0)


class Observance(NamedTuple):
    """A stretch of standard or summer time, and when it begins: on the dates, or every year by the rule."""

    before: timedelta
    after: timedelta
    dates: tuple[datetime, ...]  # on the clock that is left then
    rule: Rule | None

    def latest(self, wall: datetime) -> datetime | None:
        """Return when it last began up to `wall`; None if it never had."""
        found = bisect_right(self.dates, wall)
        begun = self.dates[found - 1] if found else None
        if self.rule is None or begun is None:
            return begun
        upto = min(wall, self.rule.until.wall) if self.rule.until else wall
        for year in (upto.year, upto.year - 1):
            for at in _onsets(self.rule, self.dates[0], year):
                if begun < at <= upto:
                    return at
        return begun


@lru_cache(maxsize=8192)
def _onsets(rule: Rule, first: datetime, year: int) -> tuple[datetime, ...]:
    days = of_year(rule, first.date(), year)
    return tuple(datetime.combine(day, first.time()) for day in reversed(days))


class Defined(tzinfo):
    """A zone as a calendar defines it; where it says nothing of a time, the zone of that name in the database holds."""

    def __init__(self, observances: tuple[Observance, ...], known: tzinfo | None) -> None:
        self._observances = observances
        self._known = known
        self._ends = known is not None and len({one.after for one in observances}) > 1 and not any(
            one.rule is not None and one.rule.until is None for one in observances
        )  # fmt: skip
        self._followed = _goes_on_as(known, observances) if self._ends else None

    def utcoffset(self, dt: datetime | None) -> timedelta:
        """Return the offset of a wall time; in a gap that before it, where the clock was put back the first (3.3.5)."""
        wall = (dt or datetime(1970, 1, 1)).replace(tzinfo=None)  # noqa: DTZ001 - a time on the wall
        said = self._at(wall, lambda one: wall - max(NO_TIME, one.after - one.before))
        return said if said is not None else _offset_of(self._known, wall)

    def dst(self, dt: datetime | None) -> timedelta:  # noqa: ARG002 - not known, and nobody asks
        """Nothing."""
        return NO_TIME

    def tzname(self, dt: datetime | None) -> str:  # noqa: ARG002 - as `dst`
        """A calendar's own."""
        return "defined"

    def fromutc(self, dt: datetime) -> datetime:
        """Return a UTC time on the clock of this zone."""
        plain = dt.replace(tzinfo=None)
        said = self._at(plain, lambda one: plain + one.before)
        if said is None and self._known is not None:
            return self._known.fromutc(dt.replace(tzinfo=self._known)).replace(tzinfo=self)
        return dt + (said or NO_TIME)

    def _at(self, when: datetime, shown: Callable[[Observance], datetime]) -> timedelta | None:
        """Return the offset at a time that each observance shows on its own clock; None where nothing here says it."""
        begun = [(at, one) for one in self._observances if (at := one.latest(shown(one))) is not None]
        if not begun:
            return None if self._known else min(self._observances, key=lambda one: one.dates[0]).before
        at, latest = max(begun, key=lambda pair: pair[0])
        over = self._ends and when - at > (DAY if self._followed == at else LONGEST_GAP)
        return None if over else latest.after


def _goes_on_as(known: tzinfo | None, observances: tuple[Observance, ...]) -> datetime | None:
    """Return the last change that is written, if the zone database has it too: what comes after is the database's."""
    last = [(at, one.after) for one in observances if (at := one.latest(datetime.max)) is not None]  # noqa: DTZ901 - on the wall
    at, after = max(last, default=(None, NO_TIME))
    return at if at is not None and _offset_of(known, at + DAY) == after else None


def _offset_of(known: tzinfo | None, wall: datetime) -> timedelta:
    return (known.utcoffset(wall.replace(tzinfo=known)) if known else None) or NO_TIME


@lru_cache(maxsize=256)
def defined(text: str, known: tzinfo | None) -> Defined | None:
    """Read a VTIMEZONE; None if it is broken. `known` is what the zone database has under its name."""
    parts = _parts(text.split("\n")) if len(text) <= LONGEST_TEXT else []
    observances = [_observance(properties(lines)) for lines in parts[:MOST_PARTS]]
    good = tuple(one for one in observances if one is not None)
    return Defined(good, known) if good and (len(good) == len(parts) or known is None) else None


def _parts(lines: list[str]) -> list[list[str]]:
    parts: list[list[str]] = []
    within = False
    for line in lines:
        edge = _PART.fullmatch(line)
        if edge:
            within = edge[1].upper() == "BEGIN"
            if within:
                parts.append([])
        elif within:
            parts[-1].append(line)
    return parts


def _observance(found: Properties) -> Observance | None:
    start, after = written(_first(found, "DTSTART")), _offset(_first(found, "TZOFFSETTO"))
    if start is None or after is None:
        return None
    before = _offset(_first(found, "TZOFFSETFROM"))
    if before is None:
        before = after
    listed = (written(each) for one in found.get("RDATE", ()) for each in one.value.split(",")[:MOST_ONSETS])
    dates = tuple(sorted({start.wall, *(at.wall for at in listed if at)}))
    return Observance(before, after, dates, _rule(_first(found, "RRULE"), start.wall, before))


def _rule(value: str, begin: datetime, before: timedelta) -> Rule | None:
    """Read when an observance begins each year; another rule would have the clocks change by the hour."""
    try:
        rule = parse(value) if value else None
    except UnreadableRuleError:
        return None
    if rule is None or rule.frequency != "YEARLY" or rule.interval != 1:
        return None
    until = rule.until
    if rule.times is not None:
        until = Moment(datetime(min(begin.year + rule.times - 1, LAST_YEAR), 12, 31), None, day=True)  # noqa: DTZ001 - a local day
    if until is not None:  # UTC, but never of another day than the onset it names
        until = until._replace(wall=until.wall + (DAY if until.day else before if until.zone else NO_TIME))
    return rule._replace(until=until, times=None)


def _first(found: Properties, name: str) -> str:
    return found[name][0].value if name in found else ""


def _offset(value: str) -> timedelta | None:
    read = _OFFSET.fullmatch(value)
    if read is None:
        return None
    ahead = timedelta(hours=int(read[2]), minutes=int(read[3]), seconds=int(read[4] or 0))
    return None if ahead >= DAY else -ahead if read[1] == "-" else ahead

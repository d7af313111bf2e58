"""Lays a repeating event out into its occurrences, within a horizon and within reason."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import islice
from typing import Any

import recurring_ical_events
from dateutil.rrule import rrulestr
from icalendar import Calendar, Component
from icalendar.prop import vRecur

AHEAD = timedelta(days=400)  # how far endless series are laid out beyond now
BEGIN = datetime(1900, 1, 1, tzinfo=UTC)
MOST_A_DAY = 24  # occurrences; what comes oftener is no meeting of people
MOST_CONDITIONS = 500  # values in all BY... lists of a rule
MOST_OCCURRENCES = 200_000  # in one file; what repeats beyond them is shown once
LONGEST_INTERVAL = 10_000  # units of the frequency
MOST_BARREN = 5  # rules in one file that never come true: each takes seconds to find out


class Layout:
    """Lays out the series of one file. It counts the rules that never come true, and after some believes no more."""

    def __init__(self, now: datetime) -> None:
        """Lay out up to AHEAD of `now`."""
        self.end = now + AHEAD
        self._barren = self._given = 0

    def occurrences(self, calendar: Calendar) -> Iterator[tuple[Component, str | None]]:
        """Give the occurrences of the one series in `calendar`, each with a remark where not all could be laid out."""
        remark = None
        for event in calendar.walk("VEVENT"):
            remark = self._tamed(event) or remark
        for occurrence in recurring_ical_events.of(calendar).between(BEGIN, self.end):
            self._given += 1
            yield occurrence, remark

    def _tamed(self, event: Component) -> str | None:
        """Take away the rules of an event that cannot be followed, and say why."""
        rules = event.get("RRULE")
        if rules is None:
            return None
        for rule in rules if isinstance(rules, list) else [rules]:
            reason = self._full() or _wild(rule) or self._never(rule, event)
            if reason:
                del event["RRULE"]
                return f"{reason}: only its first occurrence is read"
        return None

    def _full(self) -> str | None:
        return "the events of this file repeat too often in all" if self._given > MOST_OCCURRENCES else None

    def _never(self, rule: Any, event: Component) -> str | None:
        if self._barren >= MOST_BARREN:
            return "too many events of this file repeat by rules that never come true"
        start = utc(event.decoded("DTSTART")).date()
        plain = datetime(start.year, start.month, start.day)  # noqa: DTZ001 - only whether the rule ever holds is asked
        endless = {name: values for name, values in rule.items() if name.upper() not in {"UNTIL", "COUNT"}}
        first = next(islice(rrulestr(type(rule)(endless).to_ical().decode(), dtstart=plain), 1), None)
        if first is None or first.date() > self.end.date():
            self._barren += 1
            return "it repeats by a rule that does not come true"
        return None


def repeats(events: Sequence[Component]) -> bool:
    """Tell a series from single events."""
    return any(name in event for event in events for name in ("RRULE", "RDATE", "RECURRENCE-ID"))


def _wild(rule: Any) -> str | None:
    if not isinstance(rule, vRecur):
        return "how it repeats cannot be read"
    values = {name.upper(): value if isinstance(value, list) else [value] for name, value in rule.items()}
    frequency = str(values.get("FREQ", [""])[0]).upper()
    a_day = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        a_day *= len(values.get(name, [1]))
    if frequency in {"SECONDLY", "MINUTELY", "HOURLY"} or a_day > MOST_A_DAY:
        return "it repeats many times a day"
    if frequency not in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}:
        return "how often it repeats is not said"
    if any(not isinstance(value, int) or not 1 <= value <= LONGEST_INTERVAL for value in values.get("INTERVAL", [])):
        return "the interval of its repetition is no sensible number"
    if sum(len(value) for name, value in values.items() if name.startswith("BY")) > MOST_CONDITIONS:
        return "its repetition has too many conditions"
    return None


def utc(at: date | datetime, zone: tzinfo = UTC) -> datetime:
    """Give an iCalendar time in UTC: a day begins at midnight UTC, a time without zone is one of `zone`."""
    if not isinstance(at, datetime):
        return datetime(at.year, at.month, at.day, tzinfo=UTC)
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)

"""A recurrence rule as written, checked part by part."""

import re
from datetime import datetime
from typing import NamedTuple

from connectors.vcalendar.times import LAST_YEAR, Moment, written

LONGEST_INTERVAL = 10_000  # units of the frequency
MOST_CONDITIONS = 500  # values in all BY... lists of a rule

FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY")
WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}
_SKIPS = {"OMIT", "BACKWARD", "FORWARD"}
_NAUGHT = {"0", "+0", "-0"}  # an ordinal that names no day at all
_WEEKDAY = re.compile(r"([+-]?\d{1,3})?(MO|TU|WE|TH|FR|SA|SU)")
#: The list parts that hold numbers: where they go, the least and the most each may hold.
_NUMBERS = {
    "BYSECOND": ("seconds", 0, 60),
    "BYMINUTE": ("minutes", 0, 59),
    "BYHOUR": ("hours", 0, 23),
    "BYMONTHDAY": ("month_days", -31, 31),
    "BYYEARDAY": ("year_days", -366, 366),
    "BYWEEKNO": ("weeks", -53, 53),
    "BYMONTH": ("months", 1, 12),
    "BYSETPOS": ("positions", -366, 366),
}


class UnreadableRuleError(ValueError):
    """A rule that cannot be followed; `str(error)` is a clause: "it repeats ..."."""


class Rule(NamedTuple):
    """One RRULE. Weekdays count from Monday = 0 and have an ordinal, 0 where every one of them is meant."""

    frequency: str
    interval: int = 1
    times: int | None = None  # COUNT
    until: Moment | None = None
    week_start: int = 0
    days: tuple[tuple[int, int], ...] = ()  # (ordinal, weekday)
    seconds: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    hours: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    skip: str = "OMIT"

    def ended(self, at: datetime) -> bool:
        """Whether UNTIL, already on the clock of the series, lies before `at`; a day is bounded by its end."""
        if self.until is None:
            return False
        return at.date() > self.until.wall.date() if self.until.day else at > self.until.wall


def parse(value: str) -> Rule:
    """Read the value of an RRULE.

    Raises:
        UnreadableRuleError: it cannot be followed, and why.
    """
    parts: dict[str, str] = {}
    # DIMEX escapes as in a text; programs with rrule.js write the name of the property once more
    for part in value.upper().replace(" ", "").replace("\\", "").removeprefix("RRULE:").split(";"):
        name, equals, said = part.partition("=")
        if equals and not name.startswith("X-"):
            parts[name] = said
        elif part and not equals:
            raise UnreadableRuleError("how it repeats cannot be read")
    if sum(said.count(",") + 1 for name, said in parts.items() if name.startswith("BY")) > MOST_CONDITIONS:
        raise UnreadableRuleError("its repetition has too many conditions")
    frequency = parts.pop("FREQ", "")
    if frequency not in FREQUENCIES:
        raise UnreadableRuleError("how often it repeats is not said")
    if parts.pop("RSCALE", "GREGORIAN") not in {"GREGORIAN", "GREGORY"}:
        raise UnreadableRuleError("it repeats by a calendar other than the Gregorian one")
    skip = parts.pop("SKIP", "OMIT")
    until = parts.pop("UNTIL", None)
    count = parts.pop("COUNT", None)
    week_start = WEEKDAYS.get(parts.pop("WKST", "MO"))
    rule = Rule(
        frequency,
        interval=_positive(parts.pop("INTERVAL", "1"), LONGEST_INTERVAL),
        times=None if count is None or count.startswith("-") else _positive(count, 1 << 62),  # -1: no count
        until=_until(until),
        week_start=week_start or 0,
        days=tuple(_day(day) for day in parts.pop("BYDAY", "").split(",") if day and day[:-2] not in _NAUGHT),
        **{field: _numbers(parts.pop(name, ""), least, most) for name, (field, least, most) in _NUMBERS.items()},
        skip=skip,
    )
    if parts or skip not in _SKIPS or week_start is None:
        raise UnreadableRuleError("how it repeats cannot be read")
    return rule


def _until(text: str | None) -> Moment | None:
    if text is None:
        return None
    until = written(text)
    if until is None:
        raise UnreadableRuleError("how it repeats cannot be read")
    return until if until.wall.year <= LAST_YEAR else None  # the year 9999 is a way to say forever


def _positive(text: str, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    if not 1 <= number <= most:
        raise UnreadableRuleError("the interval of its repetition is no sensible number")
    return number


def _numbers(text: str, least: int, most: int) -> tuple[int, ...]:
    found = set()
    for one in filter(None, text.split(",")):
        if not re.fullmatch(r"[+-]?\d{1,3}", one, re.ASCII) or not least <= int(one) <= most:
            raise UnreadableRuleError("how it repeats cannot be read")
        found.add(int(one))
    if least < 0 in found:
        raise UnreadableRuleError("how it repeats cannot be read")  # there is no day zero
    return tuple(sorted(found))


def _day(text: str) -> tuple[int, int]:
    found = _WEEKDAY.fullmatch(text)
    if found is None:
        raise UnreadableRuleError("how it repeats cannot be read")
    return int(found[1] or 0), WEEKDAYS[found[2]]

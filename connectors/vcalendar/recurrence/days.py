"""Which days of a year, month or week a rule means: RFC 5545 3.3.10's table of parts that expand or limit."""

from calendar import isleap, monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from connectors.vcalendar.recurrence.rule import Rule

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def of_year(rule: Rule, start: date, year: int) -> list[date]:
    """Return the days of a year, ascending; where the rule names none it is the day and month of `start`."""
    whole = (date(year, 1, 1), date(year, 12, 31))
    months = [_month(year, month) for month in rule.months]
    if rule.year_days:
        plain = rule._replace(year_days=(), days=())
        found = {day for day in _numbered(rule, rule.year_days, *whole) if _meets(plain, day)}
    elif rule.days and not rule.month_days:
        return sorted({day for span in months or [whole] for day in _weekdays(rule, *span)})
    else:  # what is not said is as in DTSTART
        spans = months or [_month(year, start.month)]
        found = {day for span in spans for day in _numbered(rule, rule.month_days or (start.day,), *span)}
    if rule.days:  # ordinals count within the months that are named, else within the year (erratum 1913)
        found &= {day for span in months or [whole] for day in _weekdays(rule, *span)}
    return sorted(found)


def of_weeks(rule: Rule, start: date, year: int) -> list[date]:
    """Return the days of the numbered weeks of a year, ascending; such a year begins and ends with a week."""
    first, following = _first_week(year, rule.week_start), _first_week(year + 1, rule.week_start)
    length = (following - first).days // 7
    weeks = {number if number > 0 else length + 1 + number for number in rule.weeks}
    free = rule.days or rule.month_days or rule.year_days
    wanted = {weekday for _, weekday in rule.days} or (set(range(7)) if free else {start.weekday()})
    plain = rule._replace(days=())
    begins = [first + WEEK * (week - 1) for week in sorted(weeks) if 0 < week <= length]
    return [
        day
        for begin in begins
        for day in _all(begin, begin + 6 * DAY)
        if day.weekday() in wanted and _meets(plain, day)
    ]


def of_month(rule: Rule, start: date, year: int, month: int) -> list[date]:
    """Return the days of a month, ascending; where the rule names none it is the day of `start`."""
    if rule.months and month not in rule.months:
        return []
    span = _month(year, month)
    if rule.days and not rule.month_days:
        return sorted(set(_weekdays(rule, *span)))
    days = set(_numbered(rule, rule.month_days or (start.day,), *span))
    return sorted(days.intersection(_weekdays(rule, *span)) if rule.days else days)


def of_week(rule: Rule, start: date, monday: date) -> list[date]:
    """Return the days of the week that begins at `monday` (or whichever day WKST names)."""
    wanted = {weekday for _, weekday in rule.days} or {start.weekday()}
    plain = rule._replace(days=())
    return [day for day in _all(monday, monday + 6 * DAY) if day.weekday() in wanted and _meets(plain, day)]


def of_day(rule: Rule, day: date) -> list[date]:
    """Return the day itself where all the conditions on days hold."""
    return [day] if _meets(rule, day) else []


def _all(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + DAY * number


def _numbered(rule: Rule, numbers: Iterable[int], first: date, last: date) -> Iterator[date]:
    """Yield the days of a month or year by number, from either end; SKIP says what becomes of one that it has not.

    RFC 7529 4.1: such a day is left out, or the one before or after it stands for it.
    """
    length = (last - first).days + 1
    for number in numbers:
        at = number if number > 0 else length + 1 + number
        if 0 < at <= length:
            yield first + DAY * (at - 1)
        elif rule.skip != "OMIT":
            end = last if at > length else first - DAY
            yield end if rule.skip == "BACKWARD" else end + DAY


def _weekdays(rule: Rule, first: date, last: date) -> Iterator[date]:
    """Yield the weekdays BYDAY names between two days: all of a kind, or the nth from either end."""
    for ordinal, weekday in rule.days:
        from_first = first + DAY * ((weekday - first.weekday()) % 7)
        from_last = last - DAY * ((last.weekday() - weekday) % 7)
        if ordinal == 0:
            for number in range((from_last - from_first).days // 7 + 1):
                yield from_first + WEEK * number
        else:
            day = from_first + WEEK * (ordinal - 1) if ordinal > 0 else from_last + WEEK * (ordinal + 1)
            if first <= day <= last:
                yield day


def _meets(rule: Rule, day: date) -> bool:
    """Whether a day meets every condition there is on months, days of the year and month, and weekdays."""
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days:
        length = monthrange(day.year, day.month)[1]
        if day.day not in rule.month_days and day.day - length - 1 not in rule.month_days:
            return False
    if rule.days and not any(weekday == day.weekday() for _, weekday in rule.days):
        return False
    if rule.year_days:
        number, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
        if number not in rule.year_days and number - length - 1 not in rule.year_days:
            return False
    return True


def week_year(day: date, week_start: int) -> int:
    """Return the year that a day's week belongs to.

    As ISO 8601, but a week may begin on another day: the first of a year is the first with four days in it.
    """
    return (day - DAY * ((day.weekday() - week_start) % 7) + 3 * DAY).year


def _month(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - DAY * ((fourth.weekday() - week_start) % 7)

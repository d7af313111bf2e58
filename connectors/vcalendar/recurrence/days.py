"""Which days of a year, month or week a rule means: RFC 5545 3.3.10's table of parts that expand or limit."""

from calendar import isleap, monthrange
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from connectors.vcalendar.recurrence.rule import Rule

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


def of_year(rule: Rule, start: date, year: int) -> list[date]:
    """Give the days of a year, ascending; where the rule names none it is the day and month of `start`."""
    if rule.weeks:
        named = rule if rule.days else rule._replace(days=((0, start.weekday()),))
        return [day for day in _all(date(year, 1, 1), date(year, 12, 31)) if _meets(named, day)]
    if rule.year_days:
        length = 366 if isleap(year) else 365
        numbers = (number if number > 0 else length + 1 + number for number in rule.year_days)
        days = {date(year, 1, 1) + DAY * (number - 1) for number in numbers if 0 < number <= length}
        return sorted(day for day in days if _meets(rule, day))
    if rule.days and not (rule.months or rule.month_days):
        return sorted(_weekdays(rule, date(year, 1, 1), date(year, 12, 31)))
    months = rule.months or (range(1, 13) if rule.month_days else (start.month,))
    return sorted({day for month in months for day in of_month(rule, start, year, month)})


def of_month(rule: Rule, start: date, year: int, month: int) -> list[date]:
    """Give the days of a month, ascending; where the rule names none it is the day of `start`."""
    if rule.months and month not in rule.months:
        return []
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    if rule.month_days or not rule.days:
        days = set(_month_days(rule, rule.month_days or (start.day,), last))
        if rule.days:
            days &= set(_weekdays(rule, first, last))
    else:
        days = set(_weekdays(rule, first, last))
    return sorted(days)


def of_week(rule: Rule, start: date, monday: date) -> list[date]:
    """Give the days of the week that begins at `monday` (or whichever day WKST names)."""
    wanted = {weekday for _, weekday in rule.days} or {start.weekday()}
    plain = rule._replace(days=())
    return [day for day in _all(monday, monday + 6 * DAY) if day.weekday() in wanted and _meets(plain, day)]


def of_day(rule: Rule, day: date) -> list[date]:
    """Give the day itself where all the conditions on days hold."""
    return [day] if _meets(rule, day) else []


def _all(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + DAY * number


def _month_days(rule: Rule, numbers: Iterable[int], last: date) -> Iterator[date]:
    for number in numbers:
        day = number if number > 0 else last.day + 1 + number
        if 0 < day <= last.day:
            yield last.replace(day=day)
        elif day > last.day and rule.skip != "OMIT":  # RFC 7529 4.1
            yield last if rule.skip == "BACKWARD" else last + DAY


def _weekdays(rule: Rule, first: date, last: date) -> Iterator[date]:
    """Give the weekdays BYDAY names between two days: all of a kind, or the nth from either end."""
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
    """Whether a day meets every condition there is on months, weeks, days of the year and month, and weekdays."""
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
    if rule.weeks:
        week, from_end = week_number(day, rule.week_start)
        if week not in rule.weeks and from_end not in rule.weeks:
            return False
    return True


def week_number(day: date, week_start: int) -> tuple[int, int]:
    """Give the number of a day's week in the year the week belongs to, from its beginning and from its end (-1: last).

    As ISO 8601, but a week may begin on another day: the first is the first with four days in the year.
    """
    begins = day - DAY * ((day.weekday() - week_start) % 7)
    year = (begins + 3 * DAY).year
    first, following = _first_week(year, week_start), _first_week(year + 1, week_start)
    return (begins - first).days // 7 + 1, (begins - following).days // 7


def _first_week(year: int, week_start: int) -> date:
    fourth = date(year, 1, 4)
    return fourth - DAY * ((fourth.weekday() - week_start) % 7)

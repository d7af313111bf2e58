"""When a rule falls: its starts in order, each period of it looked at once, never beyond the last moment asked for."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import product

from connectors.vcalendar.recurrence import days
from connectors.vcalendar.recurrence.rule import Rule

_UNITS = {"HOURLY": timedelta(hours=1), "MINUTELY": timedelta(minutes=1), "SECONDLY": timedelta(seconds=1)}

Spend = Callable[[], bool]
"""Called for every period looked at; False once no more may be."""


def starts(rule: Rule, start: datetime, last: datetime, spend: Spend) -> Iterator[datetime]:
    """Yield when a rule falls from `start` to `last`, ascending, all on the clock of the series.

    `start` itself comes first, whether or not the rule means it (RFC 5545 3.8.2.4); COUNT counts what the rule means,
    as other readers do. UNTIL must be on the same clock.
    """
    yield start
    given, before = 0, None
    for at in _meant(rule, start, last, spend):
        if at < start or (before is not None and at <= before):
            continue
        if at > last or rule.ended(at) or (rule.times is not None and given >= rule.times):
            return
        given, before = given + 1, at
        if at > start:
            yield at


def _meant(rule: Rule, start: datetime, last: datetime, spend: Spend) -> Iterator[datetime]:
    if rule.frequency in _UNITS:
        yield from _within_days(rule, start, last, spend)
        return
    times = _times(rule, start)
    for period in _periods(rule, start.date(), last.date()):
        if not spend():
            return
        found = [datetime.combine(day, at) for day in period for at in times]
        yield from _chosen(rule, found)


def _periods(rule: Rule, start: date, last: date) -> Iterator[list[date]]:
    step = rule.interval
    match rule.frequency:
        case "YEARLY" if rule.weeks:
            for year in range(days.week_year(start, rule.week_start), last.year + 2, step):
                yield days.of_weeks(rule, start, year)
        case "YEARLY":
            for year in range(start.year, last.year + 1, step):
                yield days.of_year(rule, start, year)
        case "MONTHLY":
            for number in range(start.year * 12 + start.month - 1, last.year * 12 + last.month, step):
                yield days.of_month(rule, start, number // 12, number % 12 + 1)
        case "WEEKLY":
            first = start - days.DAY * ((start.weekday() - rule.week_start) % 7)
            for number in range(0, (last - first).days + 1, 7 * step):
                yield days.of_week(rule, start, first + days.DAY * number)
        case _:
            for number in range(0, (last - start).days + 1, step):
                yield days.of_day(rule, start + days.DAY * number)


def _times(rule: Rule, start: datetime) -> list[time]:
    hours, minutes = rule.hours or (start.hour,), rule.minutes or (start.minute,)
    seconds = sorted({min(second, 59) for second in rule.seconds}) or (start.second,)  # a leap second is taken as 59
    return [time(*at) for at in product(hours, minutes, seconds)]


def _within_days(rule: Rule, start: datetime, last: datetime, spend: Spend) -> Iterator[datetime]:
    """Yield what repeats by the hour, minute or second; days that the rule does not mean are passed over at once."""
    step = _UNITS[rule.frequency] * rule.interval
    at = start
    while at <= last and spend():
        if not days.of_day(rule, at.date()):
            following = datetime.combine(at.date() + days.DAY, time())
            at += step * -((at - following) // step)
            continue
        yield from _chosen(rule, [one for one in _in_unit(rule, at) if one >= start])
        at += step


def _in_unit(rule: Rule, at: datetime) -> list[datetime]:
    """Return the moments that a rule means in the hour, minute or second of `at`."""
    if rule.hours and at.hour not in rule.hours:
        return []
    minutes = rule.minutes if rule.frequency == "HOURLY" and rule.minutes else (at.minute,)
    seconds = rule.seconds if rule.frequency != "SECONDLY" and rule.seconds else (at.second,)
    found = [at.replace(minute=minute, second=min(second, 59)) for minute, second in product(minutes, seconds)]
    return [
        one
        for one in found
        if (not rule.minutes or one.minute in rule.minutes) and (not rule.seconds or one.second in rule.seconds)
    ]


def _chosen(rule: Rule, found: list[datetime]) -> list[datetime]:
    if not rule.positions:
        return found
    length = len(found)
    wanted = {position - 1 if position > 0 else length + position for position in rule.positions}
    return [at for number, at in enumerate(found) if number in wanted]

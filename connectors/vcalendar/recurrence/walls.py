"""When a series falls, on its own clock: its rules and dates together, within reason."""

from collections import Counter, deque
from collections.abc import Iterator
from datetime import datetime

from connectors.vcalendar.event import Event
from connectors.vcalendar.recurrence.allowance import Allowance
from connectors.vcalendar.recurrence.expand import Spend, starts
from connectors.vcalendar.recurrence.rule import Rule, UnreadableRuleError, parse
from connectors.vcalendar.times import Moment

MOST_A_DAY = 8  # occurrences; what comes oftener is no meeting of people
MANY_A_DAY = "it repeats many times a day"
TOO_MANY = "the events of this file repeat too often in all"
BARREN = "it repeats by a rule that hardly ever comes true"


def walls(event: Event, allowance: Allowance) -> tuple[list[datetime], str | None]:
    """Return when a series falls, and why some of it is missing."""
    if event.begin is None:
        return [], None
    first, most = event.begin.wall, allowance.most(len(event.all("ATTENDEE")))
    try:
        found, cut = _all(event, first, most, allowance)
    except UnreadableRuleError as error:
        return [first], f"{error}: only its first occurrence is read"
    if cut or len(found) > most:
        return found[-most:], f"it repeats too often: only its last {most} occurrences are read"
    return found, None


def _all(event: Event, first: datetime, most: int, allowance: Allowance) -> tuple[list[datetime], bool]:
    """Return what rules and dates say together, less what is left out, and whether there was more.

    Raises:
        UnreadableRuleError: only the first occurrence can be believed.
    """
    if most <= 1:
        raise UnreadableRuleError(TOO_MANY)
    last = allowance.end.astimezone(event.clock).replace(tzinfo=None)
    spend = allowance.spender()
    given = [_last(rule, first, last, spend, most) for rule in rules(event, "RRULE")]
    left_out = {wall for rule in rules(event, "EXRULE") for wall in _last(rule, first, last, spend, most)[0]}
    if spend.spent:
        raise UnreadableRuleError(TOO_MANY if allowance.periods < 0 else BARREN)
    found = {first, *(wall for walls_, _ in given for wall in walls_), *_listed(event, first, last)}
    kept = sorted(wall for wall in found if wall not in left_out or wall == first)
    if max(Counter(wall.date() for wall in kept).values()) > MOST_A_DAY:
        raise UnreadableRuleError(MANY_A_DAY)
    return kept, any(cut for _, cut in given)


def _last(rule: Rule, first: datetime, last: datetime, spend: Spend, most: int) -> tuple[deque[datetime], bool]:
    """Return the last starts of a rule, at most `most`, and whether there were more.

    Raises:
        UnreadableRuleError: it falls many times on one day.
    """
    found: deque[datetime] = deque(maxlen=most)
    day, on_day, given = first.date(), 0, 0
    for wall in starts(rule, first, last, spend):
        found.append(wall)
        given += 1
        on_day = on_day + 1 if wall.date() == day else 1
        day = wall.date()
        if on_day > MOST_A_DAY:
            raise UnreadableRuleError(MANY_A_DAY)
    return found, given > most


def _listed(event: Event, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield what RDATE adds; the first occurrence is DTSTART (RFC 5545 3.8.2.4), so nothing can be added before it."""
    for at in event.moments("RDATE"):
        wall = at.wall if at.day else event.utc(at).astimezone(event.clock).replace(tzinfo=None)
        if first <= wall <= last:
            yield wall


def rules(event: Event, name: str) -> Iterator[Rule]:
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

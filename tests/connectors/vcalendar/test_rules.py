"""Recurrence rules against values published elsewhere, against dateutil where it is right, and what cannot be read."""

from datetime import datetime, time, timedelta
from itertools import islice

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.vcalendar.recurrence.expand import starts
from connectors.vcalendar.recurrence.rule import UnreadableRuleError, parse
from tests.connectors.vcalendar.expected import ICAL_NET, LIBICAL

LAST = datetime(2130, 1, 1)


def without_bound() -> bool:
    return True


def wall(text: str) -> datetime:
    return datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d")


def spelt_out(start: str, compact: str) -> list[datetime]:
    """The moments of a row of `expected`."""
    time = start[8:].rstrip("Z")
    return [
        wall(f"{year}{day[:4]}{day[4:] or time}")
        for year, _, days in (part.partition(": ") for part in compact.split("; "))
        for day in days.split()
    ]


def falls(rule: str, start: str, last: datetime = LAST) -> list[datetime]:
    return list(starts(parse(rule), wall(start), last, without_bound))


def name(value: object) -> str:
    return str(value)[:80]


@pytest.mark.parametrize(("rule", "start", "expected"), [*LIBICAL, *ICAL_NET], ids=name)
def test_published_values(rule: str, start: str, expected: str) -> None:
    published = spelt_out(start, expected)
    if "RSCALE=" in rule and "RSCALE=GREGORIAN" not in rule:
        # A deliberate cut, said to the person: no calendar program in use makes such series.
        with pytest.raises(UnreadableRuleError, match="calendar other than the Gregorian"):
            parse(rule)
        return
    if wall(start) not in published:
        # RFC 5545 3.8.2.4: DTSTART is the first instance. What libical and ical.net test is the rule alone; they add
        # DTSTART where they lay out an event.
        published.insert(0, wall(start))
    last = published[-1] if "COUNT" not in rule and "UNTIL" not in rule else LAST
    assert falls(rule, start, last) == published


def listed(numbers: st.SearchStrategy[int], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(numbers, min_size=1, max_size=most, unique=True).map(lambda found: ",".join(map(str, found)))


WEEKDAYS = st.sampled_from(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))
PLAIN_DAYS = st.lists(WEEKDAYS, min_size=1, max_size=4, unique=True).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that dateutil reads as RFC 5545 says: no ordinals beside plain days, no week numbers.

    Yearly rules with BYMONTHDAY name their months, monthly ones with it have no ordinals (dateutil counts those within
    the year).
    """
    frequency = draw(st.sampled_from(("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 4))}", f"WKST={draw(WEEKDAYS)}"]
    if draw(st.booleans()):
        parts.append(f"BYMONTH={draw(listed(st.integers(1, 12)))}")
    if draw(st.booleans()) and (frequency in {"MONTHLY", "DAILY"} or (frequency == "YEARLY" and len(parts) == 4)):
        parts.append(f"BYMONTHDAY={draw(listed(st.integers(1, 31) | st.integers(-31, -1)))}")
    elif draw(st.booleans()) and frequency in {"YEARLY", "MONTHLY"}:
        ordinals = st.tuples(st.sampled_from((1, 2, 3, 4, 5, -1, -2)), WEEKDAYS).map(lambda pair: f"{pair[0]}{pair[1]}")
        parts.append(f"BYDAY={draw(st.lists(ordinals, min_size=1, max_size=3, unique=True).map(','.join))}")
    elif draw(st.booleans()):
        parts.append(f"BYDAY={draw(PLAIN_DAYS)}")
    if draw(st.booleans()):
        if frequency != "HOURLY":  # dateutil refuses hours that an interval never meets
            parts.append(f"BYHOUR={draw(listed(st.integers(0, 23), 2))}")
        if frequency != "HOURLY" and draw(st.booleans()):
            parts.append(f"BYSETPOS={draw(listed(st.sampled_from((1, 2, 3, -1, -2))))}")
    return ";".join(parts)


STARTS = st.datetimes(datetime(1996, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(microsecond=0))


@settings(max_examples=5 * settings().max_examples, deadline=None)
@example("FREQ=WEEKLY;INTERVAL=1;WKST=MO;BYDAY=MO,TU,WE;BYHOUR=0;BYSETPOS=2", datetime(2000, 1, 4))
@given(rules(), STARTS)
def test_dateutil_agrees_where_it_is_right(rule: str, start: datetime) -> None:
    last = start + timedelta(days=900)
    found = list(islice(starts(parse(rule), start, last, without_bound), 300))
    assert found[0] == start
    begin = trusted_from(rule, start)
    ours = [at for at in found if at >= begin and at > start]
    theirs = [at for at in rrulestr(rule + f";UNTIL={last:%Y%m%dT%H%M%S}", dtstart=start) if at >= begin and at > start]
    assert ours == theirs[: len(ours)]
    assert len(found) == 300 or len(ours) == len(theirs)


def trusted_from(rule: str, start: datetime) -> datetime:
    """Find from when on dateutil is right: it counts BYSETPOS in what is left of the first week, not in the week."""
    if not ("FREQ=WEEKLY" in rule and "BYSETPOS" in rule):
        return start
    monday = ("MO", "TU", "WE", "TH", "FR", "SA", "SU").index(rule.split("WKST=")[1][:2])
    days = (monday - start.weekday() - 1) % 7 + 1
    return datetime.combine(start.date() + timedelta(days=days), time())


@settings(max_examples=5 * settings().max_examples, deadline=None)
@given(rules(), STARTS, st.integers(1, 20))
def test_count_and_until_cut_off_what_comes_after(rule: str, start: datetime, count: int) -> None:
    last = start + timedelta(days=900)
    endless = list(islice(starts(parse(rule), start, last, without_bound), 300))
    counted = list(starts(parse(f"{rule};COUNT={count}"), start, last, without_bound))
    assert counted == endless[: len(counted)]
    # one more where the rule does not mean DTSTART
    assert len(counted) in {min(count, len(endless)), min(count + 1, len(endless))}
    bound = endless[min(count, len(endless)) - 1]
    until = f"{rule};UNTIL={bound:%Y%m%dT%H%M%S}"
    assert list(starts(parse(until), start, last, without_bound)) == endless[:count]
    by_day = list(starts(parse(f"{rule};UNTIL={bound:%Y%m%d}"), start, last, without_bound))
    assert by_day[:300] == [at for at in endless if at.date() <= bound.date()]


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "WEEKLY",
        "FREQ=SOMETIMES",
        "FREQ=WEEKLY;UNTL=20260401",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1000MO",
        "FREQ=WEEKLY;WKST=XX",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=WEEKLY;INTERVAL=99999999999999999999999",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=many",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTH=13",
        "FREQ=MONTHLY;BYMONTH=5L",
        "FREQ=DAILY;BYHOUR=24",
        "FREQ=DAILY;BYHOUR=\u0661",
        "FREQ=YEARLY;BYMONTHDAY=" + ",".join(["1"] * 501),
        "FREQ=YEARLY;SKIP=SIDEWAYS",
        "W1 MO #10",
    ],
)
def test_what_cannot_be_followed_is_refused(rule: str) -> None:
    with pytest.raises(UnreadableRuleError):
        parse(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "freq=weekly;count=2;byday=mo",
        "FREQ=WEEKLY;COUNT=2;BYDAY=MO;",
        "FREQ=WEEKLY; COUNT=2; BYDAY=MO",
        "FREQ=WEEKLY;COUNT=2;X-RULE=1;BYDAY=MO",
        "FREQ=WEEKLY;COUNT=2;BYDAY=0TU,MO",
        "FREQ=WEEKLY;COUNT=-1;UNTIL=20240108",
        "FREQ=WEEKLY;COUNT=2;BYDAY=1MO",  # unlawful: an ordinal says nothing in a week
        "RSCALE=GREGORY;FREQ=WEEKLY;COUNT=2",
        "FREQ=WEEKLY\\;COUNT=2\\;BYDAY=MO",  # DIMEX: escaped as in a text
    ],
)
def test_what_is_nearly_lawful_is_followed(rule: str) -> None:
    assert falls(rule, "20240101") == [datetime(2024, 1, 1), datetime(2024, 1, 8)]


@settings(max_examples=3 * settings().max_examples, deadline=None)
@given(st.text(alphabet="FREQ=WEKLYMONTHUIBDAS;,0123456789-+", max_size=60), STARTS)
def test_any_text_is_a_rule_or_refused(text: str, start: datetime) -> None:
    for value in (text, f"FREQ=YEARLY;{text}", f"FREQ=MONTHLY;{text}"):
        try:
            rule = parse(value)
        except UnreadableRuleError:
            continue
        found = list(islice(starts(rule, start, start + timedelta(days=400), without_bound), 50))
        assert found == sorted(set(found))
        assert found[0] == start

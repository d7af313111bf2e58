"""From touches to facts: what the vocabulary promises is what rules get."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Touch
from tests.worker.pairs import CIRCLE, HABITS, NOW, TODAY, DaysAgo, history, regular
from worker.judgement.facts import (
    Habits,
    contact_days,
    established,
    facts_of,
    habits_of,
    monday,
    quantile,
    silence_limit,
    slow_facts,
    weeks_of,
)
from worker.judgement.rules import FACTS

#: found by the judgement itself, after the facts
JUDGED = {"cold_probability", "depth", "stage"}


def test_every_fact_of_the_vocabulary_is_given_in_its_kind() -> None:
    found = facts_of(history(regular(10, 500, 5), next_meeting_at=NOW + timedelta(days=2)), HABITS, NOW)
    assert found.keys() == {fact.name for fact in FACTS} - JUDGED
    assert all(type(found[fact.name]) is fact.kind for fact in FACTS if fact.name not in JUDGED)


def test_a_stranger_has_facts_too() -> None:
    assert facts_of(history([]), Habits(), NOW)["two_way"] is False


@pytest.mark.parametrize(
    ("past", "name", "value"),
    [
        ([(3, Touch.OUT), (2, Touch.IN)], "two_way", True),
        ([(3, Touch.OUT), (2, Touch.OUT_ONE)], "two_way", False),
        ([(3, Touch.MET)], "two_way", True),
        ([(3, Touch.MET_CROWD)], "contact_days", 0.0),
        ([(3, Touch.INVITED)], "contact_days", 0.0),
        ([(3, Touch.SEEN), (3, Touch.OUT)], "shared_days", 1.0),
        ([(3, Touch.IN_COPY), (9, Touch.OUT_COPY)], "contact_days", 0.0),
        ([(3, Touch.OUT), (3, Touch.IN)], "contact_days", 1.0),
        ([(500, Touch.OUT), (3, Touch.IN)], "contact_days_year", 1.0),
        ([(100, Touch.OUT), (3, Touch.IN)], "contact_days_month", 1.0),
        ([(40, Touch.MET_ONE), (20, Touch.MET)], "meetings_alone_year", 1.0),
        ([(40, Touch.OUT), (12, Touch.IN)], "silent_days", 12.0),
        ([(40, Touch.OUT), (12, Touch.IN)], "they_touched_last", True),
        ([(60, Touch.OUT), (12, Touch.IN)], "long_silences", 1.0),
    ],
)
def test_facts(past: DaysAgo, name: str, value: float | bool) -> None:
    assert facts_of(history(past), HABITS, NOW)[name] == value


def test_a_week_full_of_mail_is_one_week() -> None:
    week = monday(TODAY)
    busy = weeks_of(history([(TODAY - week + 7 - i, Touch.OUT_ONE) for i in range(5)]).days)
    one = weeks_of(history([(TODAY - week + 7, Touch.OUT_ONE)]).days)
    strength = [slow_facts(weeks, week, introduced=False)["mail_strength"] for weeks in (busy, one)]
    assert strength[0] == strength[1] == 2 ** (-7 / 180)


def test_what_two_see_of_each_other_fades_and_a_copy_is_more_than_a_crowd() -> None:
    seen, copied = (weeks_of(history([(200, Touch.OUT), (10, touch)]).days) for touch in (Touch.SEEN, Touch.IN_COPY))
    clock = seen[-1].monday + 7 * 36
    of_seen, of_copied = (slow_facts(weeks, clock, introduced=False) for weeks in (seen, copied))
    assert of_seen["common_strength"] == of_copied["common_strength"]
    assert 0.3 < float(of_seen["common_strength"]) < 0.7
    assert of_seen["copied_strength"] == 0.0
    assert of_copied["copied_strength"] == pytest.approx(2 ** (-252 / 180))
    assert of_seen["last_common_age"] == float(clock - (TODAY - 10)) < float(of_seen["last_touch_age"])


def test_half_a_year_halves_mail() -> None:
    weeks = weeks_of(history([(10, Touch.OUT_ONE)]).days)
    now, later = (slow_facts(weeks, weeks[0].monday + age, introduced=False)["mail_strength"] for age in (0, 1260))
    assert later == pytest.approx(float(now) * 2**-7)


@pytest.mark.parametrize(
    ("past", "enough"),
    [
        (regular(15, 75, 5), True),
        (regular(15, 60, 5), False),  # four days
        (regular(10, 50, 5), False),  # within two months
        (regular(100, 450, 5), False),  # four in a year
    ],
)
def test_when_a_silence_begins_to_mean_something(past: DaysAgo, enough: bool) -> None:
    assert established(contact_days(history(past).days)) is enough


@pytest.mark.parametrize(("gaps", "limit"), [([], 60), ([5] * 9, 60), ([60] * 9, 90), ([300] * 9, 180)])
def test_how_long_a_silence_must_last(gaps: list[int], limit: float) -> None:
    assert silence_limit(gaps) == limit


@given(st.lists(st.integers(0, 1000), min_size=1), st.floats(0, 1))
def test_a_quantile_lies_within(values: list[int], share: float) -> None:
    ordered = sorted(values)
    assert ordered[0] <= quantile(ordered, share) <= ordered[-1]


def test_habits_count_what_was_before_today() -> None:
    pair = history([(30, Touch.OUT), (29, Touch.IN), (3, Touch.OUT), (2, Touch.IN)])
    habits = habits_of([history(regular(7, 300, 0)), pair], NOW)
    assert (habits.people_30, habits.people_365, habits.new_365) == (2, 2, 2)
    assert habits.usual_gap == 7.0
    assert (habits.known_days, habits.silent_days) == (294, 3)
    assert habits_of([], NOW) == Habits(day=TODAY)
    stranger = history([(ago, Touch.IN_ONE) for ago in range(1, 600, 2)])
    assert habits_of([history(regular(7, 300, 0)), pair, stranger], NOW) == habits


def test_the_order_of_people_does_not_matter_to_habits() -> None:
    assert habits_of(CIRCLE, NOW) == habits_of(reversed(CIRCLE), NOW)


def test_silences_that_lasted_and_that_ended_are_told_apart() -> None:
    """One pair came back after 40 days half a year ago, one has not come back for 200 days."""
    back = history([*regular(7, 500, 240), *regular(7, 200, 1)])
    gone = history(regular(7, 500, 200))
    habits = habits_of([back, gone], NOW)
    assert (habits.silences_lasted, habits.silences_ended) == (1, 1)

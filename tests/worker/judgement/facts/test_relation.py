"""Who is a relationship: two-way, on several occasions or met among few, and a person."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Touch
from tests.worker.pairs import HABITS, DaysAgo, history, regular
from worker.addresses.shared import numbered, shared
from worker.judgement.facts import (
    Absence,
    Day,
    absences_of,
    are_two_way,
    awake_days,
    conversations,
    is_two_way,
    joined,
    rhythm_of,
    why_no_relationship,
)
from worker.judgement.facts.relation import NOT_ANSWERED, NOT_WRITTEN, ONCE, ONE_ANSWER, ONE_REPLY

SEQUENCE = [(ago, Touch.IN_ONE) for ago in range(10, 100, 9)]


@pytest.mark.parametrize(
    ("past", "why"),
    [
        (SEQUENCE, NOT_WRITTEN),
        ([*SEQUENCE, (27, Touch.OUT_ONE)], ONE_REPLY),  # "no, thank you" makes no relationship of a cold sequence
        ([(ago, Touch.OUT_ONE) for ago in range(10, 100, 9)], NOT_ANSWERED),
        ([*((ago, Touch.OUT_ONE) for ago in range(10, 100, 9)), (36, Touch.IN_ONE)], ONE_ANSWER),
        ([(20, Touch.OUT_ONE), (19, Touch.IN_ONE), (18, Touch.OUT_ONE)], ONCE),
        ([(20, Touch.OUT_ONE), (19, Touch.IN_ONE), (60, Touch.IN_ONE), (59, Touch.OUT_ONE)], None),
        ([(20, Touch.MET_ONE)], None),  # a meeting of few that both said yes to
        ([(20, Touch.MET)], None),
        ([(20, Touch.EXPECTED)], NOT_ANSWERED),  # one's own invitation that a stranger never answered
        ([(20, Touch.MET_CROWD), (50, Touch.MET_CROWD), (60, Touch.IN_ONE)], NOT_WRITTEN),  # the host of a webinar
        ([(ago, Touch.SEEN) for ago in range(10, 300, 5)], NOT_WRITTEN),
    ],
)
def test_two_way_or_the_reason_why_not(past: DaysAgo, why: str | None) -> None:
    found = history(past)
    assert why_no_relationship(found, conversations(found.days)) == why
    kept = replace(found, kept=True)
    assert why_no_relationship(kept, conversations(kept.days)) is None


@given(st.lists(st.tuples(st.integers(0, 900), st.sampled_from(Touch)), max_size=80, unique=True))
def test_two_way_is_the_same_however_few_days_are_read(touched: list[tuple[int, Touch]]) -> None:
    days = [Day(day, touch, 1) for day, touch in sorted(touched)]
    assert are_two_way(days) is is_two_way(conversations(days))


def test_a_help_desk_is_none_unless_it_is_kept() -> None:
    desk = replace(history(regular(10, 300, 5)), machine="it is a help desk")
    assert why_no_relationship(desk, conversations(desk.days)) == "it is a help desk"
    assert why_no_relationship(replace(desk, kept=True), conversations(desk.days)) is None


@pytest.mark.parametrize(
    ("address", "name", "person"),
    [
        ("support+id88200@desk.example", "Priya", False),
        ("everyone@guild.example", "", False),
        ("design-team@firm.example", "", False),
        ("cohort12@school.example", "", False),
        ("priya@clouddesk.example", "Priya (CloudDesk Support)", False),
        ("r7@relay.example", "Anna Berg via Planner", False),
        ("chapter@architects.example", "", False),
        ("harbour@guild.example", "The harbour list", False),
        ("oncall@hospital-lists.example", "Oncall list", False),
        ("franz@list.example", "Franz List", True),
        ("anna.berg@north.example", "Anna Berg", True),
        ("all.rounder@sport.example", "Al L. Rounder", False),
        ("allan@sport.example", "Allan Smith", True),
        ("viola@stage.example", "Viola Parks", True),
    ],
)
def test_addresses_behind_which_nobody_stands_alone(address: str, name: str, person: bool) -> None:
    assert (shared(address, name) == "") is person


def test_most_emails_with_a_ticket_number_are_those_of_a_desk() -> None:
    assert numbered(["[Request #88200] Export", "Re: [Request #88237] Export", "Ticket 4711: done", "Hello"])
    assert numbered(["Case 00123456: login", "RE: Case 00123999: login", "(#12345) printer"])
    assert not numbered(["Budget 2026", "Draft [v2]", "Re: Room 101", "Invoice?"])
    assert not numbered(["[Request #88200] Export", "How are you?", "Lunch", None])
    assert not numbered([])


def test_a_rhythm_is_that_of_the_last_two_years_and_of_three_gaps_at_least() -> None:
    weekly_then_yearly = [*regular(7, 3000, 1500), *((ago, Touch.IN_ONE) for ago in (1100, 760, 400))]
    found = rhythm_of(conversations(history(weekly_then_yearly).days), HABITS)
    assert found.usual > 300
    assert rhythm_of([], HABITS).usual == HABITS.usual_gap


def test_an_absence_of_the_owner_is_nobodys_silence() -> None:
    busy = [day for day in range(1, 400) if day % 7 < 5]
    away = [day for day in busy if not 300 <= day < 330]
    assert [(one.first, one.last) for one in absences_of(away, 400)] == [(299, 329)]
    postcards = sorted([*away, 309, 318])  # a word now and then does not end a holiday
    [absence] = absences_of(postcards, 400)
    assert awake_days(290, 340, [absence]) < 24
    assert absences_of(busy, 400) == ()
    assert absences_of(away[:250], away[249] + 25)[-1].last == away[249] + 24  # it still lasts
    assert awake_days(10, 20, ()) == 10


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=12), st.integers(0, 200), st.integers(0, 200)
)
def test_joined_absences_cover_the_same_days_and_none_twice(
    spans: list[tuple[int, int]], begin: int, lasting: int
) -> None:
    absences = [Absence(first, first + more) for first, more in spans]
    away = {day for one in absences for day in range(one.first, one.last + 1)}
    found = joined(absences)
    assert {day for one in found for day in range(one.first, one.last + 1)} == away
    assert all(before.last + 1 < after.first for before, after in pairwise(found))
    end = begin + lasting + 1
    assert awake_days(begin, end, found) == end - begin - len(away & set(range(begin + 1, end)))

"""Judging a relationship: scenarios a person would recognise, and what must hold for every history."""

from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.enums import Stage, Touch, Warmth
from tests.worker.pairs import BOOK, HABITS, NOW, TODAY, history, regular
from worker.judgement.assess import Assessment, assess, depth_at, stage_at
from worker.judgement.facts import Day, day_of, habits_of, monday, weeks_of
from worker.judgement.rules import parse
from worker.judgement.rules.book import default_text


def judge(days: Sequence[tuple[int, Touch]], *, complete: bool = True, resting: bool = False) -> Assessment:
    return assess(history(days), HABITS, BOOK, NOW, complete=complete, resting=resting)


def test_an_address_one_was_copied_with_is_a_contact() -> None:
    found = judge([(ago, Touch.SEEN) for ago in range(5, 400, 3)])
    assert found.stage is Stage.CONTACT
    assert found.silent_days is None
    assert found.cold_probability is None


def test_steady_mail_that_stops_cools_and_then_is_cold() -> None:
    warm, cold = judge(regular(10, 700, 3)), judge(regular(10, 700, 170))
    assert (warm.warmth, cold.warmth) == (Warmth.WARM, Warmth.COLD)
    assert warm.cold_probability is not None
    assert cold.cold_probability is not None
    assert warm.cold_probability < 0.3
    assert cold.cold_probability > 0.7
    assert cold.reasons[:2] == (
        "you're usually in touch about every 10 days",
        "it's been 6 months",  # far beyond the usual: that it is the longest goes without saying
    )


def test_a_silence_within_the_usual_is_warm_and_one_well_beyond_it_is_cooling() -> None:
    """However likely a model of averages holds either to last."""
    slow, quick = judge(regular(60, 1400, 62)), judge(regular(10, 700, 30))
    assert slow.cold_probability is not None
    assert quick.cold_probability is not None
    assert slow.cold_probability > quick.cold_probability
    assert (slow.warmth, quick.warmth) == (Warmth.WARM, Warmth.COOLING)


def test_a_booked_meeting_silences_cold_and_says_so() -> None:
    days = regular(10, 700, 170)
    booked = assess(history(days, next_meeting_at=NOW + timedelta(days=9)), HABITS, BOOK, NOW)
    assert booked.warmth is Warmth.WARM
    assert any("27 November" in reason for reason in booked.reasons)
    assert booked.due_at <= NOW + timedelta(days=9)


def test_a_hole_in_the_data_is_unknown_never_cold() -> None:
    found = judge(regular(10, 700, 170), complete=False)
    assert found.warmth is Warmth.UNKNOWN
    assert found.cold_probability is None


def test_a_resting_relationship_is_resting() -> None:
    assert judge(regular(10, 700, 170), resting=True).warmth is Warmth.RESTING


def test_one_silent_month_does_not_make_an_old_friend_shallow() -> None:
    steady, paused = judge(regular(14, 2000, 2)), judge(regular(14, 2000, 31))
    assert steady.stage is paused.stage
    assert paused.depth > 0.8 * steady.depth


def test_a_meeting_outweighs_a_mail_and_two_alone_outweigh_a_crowd() -> None:
    def depth(touch: Touch) -> float:
        return judge([(20, touch), (50, touch), (90, touch)]).depth

    assert depth(Touch.MET_ONE) > depth(Touch.OUT_ONE) > depth(Touch.OUT) > depth(Touch.SEEN)


def test_a_burst_of_one_week_is_not_depth() -> None:
    burst = judge([(ago, touch) for ago in range(3, 10) for touch in (Touch.OUT_ONE, Touch.IN_ONE)])
    spread = judge(regular(20, 285, 5))
    assert burst.depth < spread.depth
    assert burst.stage <= Stage.GROWING


def test_the_depth_is_the_sum_of_its_contributions() -> None:
    found = judge([*regular(9, 500, 4), (33, Touch.MET_ONE)])
    assert abs(sum(part.points for part in found.contributions) - found.depth) < 0.1
    assert all(part.reason and part.evidence == ("e1", "e2") for part in found.contributions)


def test_a_rule_of_the_users_own_may_cap_boost_or_veto() -> None:
    def with_rule(lines: str) -> Assessment:
        rule = f'[[rule]]\nslug = "mine"\naxis = "warmth"\nreason = "my own rule"\n{lines}\n'
        return assess(history(regular(10, 700, 170)), HABITS, parse(default_text() + rule), NOW)

    plain = judge(regular(10, 700, 170)).cold_probability
    assert plain is not None
    boosted, capped, vetoed = with_rule("points = 5"), with_rule("at_most = 20"), with_rule("veto = true")
    assert boosted.cold_probability == min(1.0, round(plain + 0.05, 4))
    assert (capped.cold_probability, capped.warmth) == (0.2, Warmth.WARM)
    assert (vetoed.cold_probability, vetoed.warmth, vetoed.vetoed) == (plain, Warmth.WARM, True)
    for found in (boosted, capped, vetoed):
        assert "my own rule" in found.reasons
        assert [part.rule for part in found.adjustments] == ["mine"]
    assert with_rule('when = "depth > 99.0"\nveto = true').adjustments == ()


touches = st.lists(st.tuples(st.integers(0, 900), st.sampled_from(list(Touch))), max_size=40)


@given(touches)
def test_the_order_of_arrival_does_not_matter(days: list[tuple[int, Touch]]) -> None:
    assert judge(days) == judge(list(reversed(days)))


@given(touches)
def test_looking_back_finds_the_stage_a_weekly_replay_had_stored(days: list[tuple[int, Touch]]) -> None:
    person = history(days)
    if not person.days:
        return
    weeks = weeks_of(person.days)
    # the replay keeps one bit per border from Monday to Monday
    above = [False] * len(BOOK.borders)
    for week in range(monday(person.days[0].day), TODAY + 1, 7):
        depth = depth_at(weeks, BOOK, week, introduced=False)
        for i, border in enumerate(BOOK.borders):
            above[i] = depth >= border.enters or (above[i] and depth >= border.leaves)
    stored = ([Stage.CONTACT, *(b.stage for b, up in zip(BOOK.borders, above, strict=True) if up)])[-1]
    assert stage_at(weeks, BOOK, monday(TODAY), introduced=False) is stored


@given(touches)
def test_what_happens_later_does_not_change_what_was_known(days: list[tuple[int, Touch]]) -> None:
    past = NOW - timedelta(days=120)
    known = [Day(TODAY - ago, touch, 1) for ago, touch in days if ago >= 120]
    clock = monday(day_of(past))
    whole, cut = weeks_of(history(days).days), weeks_of(sorted(set(known)))
    assert depth_at(whole, BOOK, clock, introduced=False) == depth_at(cut, BOOK, clock, introduced=False)


def test_the_owners_habits_are_lent_to_young_pairs() -> None:
    weekly = [history(regular(7, 300, 1)) for _ in range(5)]
    habits = habits_of(weekly, NOW)
    assert habits.usual_gap == 7.0
    young = assess(history(regular(30, 60, 1)), habits, BOOK, NOW)
    assert young.usual_gap_days is not None
    assert 7.0 < young.usual_gap_days < 30.0

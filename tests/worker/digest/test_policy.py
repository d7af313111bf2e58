"""Who is named in a digest: scenarios a person would recognise."""

from dataclasses import replace
from datetime import timedelta
from itertools import accumulate

import pytest

from models.enums import Stage, Touch
from tests.worker.digest.choosing import SILENT, candidate, named, persons, why_not
from tests.worker.pairs import BOOK, CIRCLE, HABITS, NOW, TODAY, history, regular
from worker.digest.choose.choice import Candidate, Listing
from worker.digest.choose.occasions.silences import Bar, silence_line
from worker.digest.choose.policy import BUDGET, choose
from worker.digest.choose.suppression import Wishes
from worker.digest.choose.wanted import may_be_named
from worker.digest.digest import LineKind
from worker.judgement.assess import assess
from worker.judgement.facts import Day, at_day, day_of, habits_of


def test_a_silence_out_of_the_ordinary_is_named_with_its_reason_and_a_step() -> None:
    choice = named(candidate("anna", history(SILENT)), candidate("ben", history(regular(10, 700, 4))))
    [line] = choice.chosen
    assert (line.person, line.kind in {LineKind.COLD, LineKind.COOLING}) == ("anna", True)
    assert line.why == "You're usually in touch about every 10 days. It's been 6 weeks, the longest gap so far."
    assert line.step.endswith(".")
    assert line.last.wrote_at is not None
    assert line.evidence == ("e1", "e2")


def test_nobody_met_last_week_or_meeting_next_week_is_named() -> None:
    met = candidate("anna", history([*SILENT, (5, Touch.MET_ONE)]))
    booked = candidate("ben", history(SILENT, next_meeting_at=NOW + timedelta(days=6)))
    choice = named(met, booked)
    assert persons(choice) == []
    assert why_not(choice) == {"ben": "a meeting is booked for 24 November"}


def test_a_meeting_cancelled_without_a_new_date_is_no_hindrance_any_more() -> None:
    assert persons(named(candidate("ben", history(SILENT, next_meeting_at=NOW + timedelta(days=6))))) == []
    assert persons(named(candidate("ben", history(SILENT)))) == ["ben"]


def test_who_is_no_reason_by_themselves_is_neither_named_nor_left_out() -> None:
    """What `explain` says of them needs no look at anybody else."""
    shapes = [(every, since, silent) for every in (4, 30, 365) for since in (100, 1830) for silent in (3, 20, 60, 330)]
    people = [
        candidate(f"{every} {since} {silent}", history(regular(every, since, silent)))
        for every, since, silent in shapes
    ]
    choice = named(*people)
    spoken_of = set(persons(choice)) | set(why_not(choice))
    reasons = {one.person for one in people if may_be_named(one, NOW)}
    assert set() < spoken_of <= reasons < {one.person for one in people}


def test_a_hole_in_the_data_names_nobody() -> None:
    assert persons(named(candidate("anna", history(SILENT), complete=False))) == []


@pytest.mark.parametrize("why", ["muted", "snoozed until 2026-12-01"])
def test_who_is_quiet_is_left_out_with_the_reason(why: str) -> None:
    choice = named(candidate("anna", history(SILENT)), quiet={"anna": why})
    assert (persons(choice), why_not(choice)) == ([], {"anna": why})


def test_who_rests_is_left_out() -> None:
    assert persons(named(candidate("anna", history(SILENT), resting=True))) == []


def test_nobody_is_named_again_without_news() -> None:
    earlier = Listing("anna", LineKind.COLD, NOW - timedelta(days=14), at_day(TODAY - 45), 0.6)
    choice = named(candidate("anna", history(SILENT)), past=[earlier])
    assert persons(choice) == []
    assert "nothing new since" in why_not(choice)["anna"]


def test_a_word_of_thanks_in_between_is_no_news_of_the_silence() -> None:
    earlier = Listing("anna", LineKind.COLD, NOW - timedelta(days=21), at_day(TODAY - 45), 0.6)
    thanked = Listing("anna", LineKind.THANKS, NOW - timedelta(days=7), at_day(TODAY - 45))
    assert persons(named(candidate("anna", history(SILENT)), past=[earlier, thanked])) == []


def test_a_deep_tie_without_a_steady_rhythm_is_missed_once_it_is_overdue() -> None:
    uneven = [ago for start in range(40, 900, 45) for ago in (start, start + 6, start + 13, start + 19)]
    friend = history([(ago, Touch.MET_ONE if i % 3 else Touch.OUT_ONE) for i, ago in enumerate(uneven)])
    one = candidate("anna", friend)
    assert one.assessment.rhythm is not None
    assert not one.assessment.rhythm.steady
    assert persons(named(one)) == ["anna"]


def test_a_silence_within_the_usual_is_not_named() -> None:
    """However likely the model holds it to last: somebody heard of every two months is not late after two."""
    slow, late = (candidate("anna", history(regular(60, 1400, silent))) for silent in (62, 110))
    assert slow.assessment.cold_probability is not None
    assert slow.assessment.cold_probability > 0.5
    assert (persons(named(slow)), persons(named(late))) == ([], ["anna"])


@pytest.mark.parametrize(
    ("gaps", "silent", "expected"),
    [
        ((20, 30, 40, 80), 52, []),  # one gap in four is longer
        ((20, 30, 40, 80), 70, ["anna"]),
        ((28, 30, 35, 34), 52, ["anna"]),  # all about a month
    ],
)
def test_a_slow_pair_with_gaps_of_all_lengths_is_measured_by_its_long_ones(
    gaps: tuple[int, ...], silent: int, expected: list[str]
) -> None:
    talks = [
        (ago + day, touch)
        for ago in accumulate(gaps * 8, initial=silent)
        for day, touch in ((0, Touch.IN_ONE), (1, Touch.OUT_ONE))
    ]
    assert persons(named(candidate("anna", history(talks)))) == expected


def test_an_overdue_silence_that_will_surely_end_waits_a_little_longer() -> None:
    def line(beyond: float) -> bool:
        one = candidate("anna", history(regular(7, 700, 17)))
        rhythm = one.assessment.rhythm
        assert rhythm is not None
        silent = replace(one.assessment, awake_days=int(beyond * rhythm.overdue) + 1, cold_probability=0.15, depth=40.0)
        return silence_line(replace(one, assessment=silent), Bar(0.55)) is not None

    assert [line(beyond) for beyond in (0.9, 1.1, 1.3)] == [False, False, True]


def test_what_was_lost_long_before_keepwarm_came_is_no_news_unless_it_had_deep_roots() -> None:
    shallow = candidate("anna", history([(ago + 330, touch) for ago, touch in regular(25, 150, 0)]))
    friend = candidate("ben", history(regular(5, 1400, 200)))
    assert (shallow.assessment.stage, friend.assessment.stage) == (Stage.GROWING, Stage.ROOTED)
    came = choose([shallow, friend], [], HABITS, NOW, wishes=Wishes(listening_since=NOW - timedelta(days=7)))
    assert persons(came) == ["ben"]
    assert why_not(came) == {"anna": "silent since long before keepwarm came"}
    listened = choose([shallow, friend], [], HABITS, NOW, wishes=Wishes(listening_since=NOW - timedelta(days=600)))
    assert sorted(persons(listened)) == ["anna", "ben"]


def test_a_new_silence_is_news() -> None:
    earlier = Listing("anna", LineKind.COLD, NOW - timedelta(days=90), at_day(TODAY - 120), 0.6)
    assert persons(named(candidate("anna", history(SILENT)), past=[earlier])) == ["anna"]


def test_an_owner_on_holiday_is_not_told_of_silences() -> None:
    everybody = [history([(ago + 12, touch) for ago, touch in regular(every, 900, 1)]) for every in (1, 2, 3, 5)]
    silent = history(SILENT)
    habits = habits_of([*everybody, silent], NOW)
    one = Candidate("anna", silent, assess(silent, habits, BOOK, NOW))
    choice = choose([one], [], habits, NOW)
    assert persons(choice) == []
    assert why_not(choice) == {"anna": "you have been away for 14 days"}


@pytest.mark.parametrize(("away", "named"), [(3, ["anna"]), (5, ["anna"]), (6, []), (9, [])])
def test_the_first_week_of_a_holiday_of_somebody_busy_is_one_too(away: int, named: list[str]) -> None:
    everybody = [history([(ago + away, touch) for ago, touch in regular(every, 900, 0)]) for every in (1, 2, 3, 5)]
    habits = habits_of([*everybody, history(SILENT)], NOW)
    one = Candidate("anna", history(SILENT), assess(history(SILENT), habits, BOOK, NOW))
    assert persons(choose([one], [], habits, NOW)) == named


def test_who_said_to_be_away_is_waited_for() -> None:
    one = candidate("anna", history(SILENT))
    away = choose([one], [], HABITS, NOW, wishes=Wishes(absences={"anna": NOW + timedelta(days=3)}))
    back = choose([one], [], HABITS, NOW, wishes=Wishes(absences={"anna": NOW - timedelta(days=3)}))
    assert (persons(away), persons(back)) == ([], ["anna"])
    assert why_not(away) == {"anna": "they are away until 21 November"}


def test_few_are_named_the_rest_is_told_why_not() -> None:
    people = [candidate(f"p{i}", history(regular(4 + i, 700, 80 + i))) for i in range(9)]
    choice = named(*people)
    assert len(choice.chosen) == BUDGET
    assert set(why_not(choice).values()) == {"others come first this week"}
    assert len({*persons(choice), *why_not(choice)}) == 9


def test_the_order_in_which_people_are_given_does_not_matter() -> None:
    people = [candidate(f"p{i}", history(regular(4 + i, 700, 80 + i))) for i in range(9)]
    assert named(*people).chosen == named(*reversed(people)).chosen


def test_a_mere_contact_is_never_named() -> None:
    stranger = candidate("list", history([(ago, Touch.IN) for ago in range(40, 400, 30)]))
    assert persons(named(stranger)) == []


def test_a_young_relationship_is_worth_watering() -> None:
    young = candidate("cleo", history(regular(14, 120, 11)))
    assert young.assessment.stage is Stage.GROWING
    [line] = named(young).chosen
    assert line.kind is LineKind.GROWING
    one_exchange = [(ago, touch) for ago in (20, 19, 18, 14, 13, 12) for touch in (Touch.IN_ONE, Touch.OUT_ONE)]
    assert persons(named(candidate("cleo", history(one_exchange)))) == []
    again = Listing("cleo", LineKind.GROWING, NOW - timedelta(days=7), at_day(TODAY - 11))
    assert persons(named(young, past=[again])) == []


def test_habits_are_those_of_the_morning() -> None:
    today = history([(0, Touch.OUT_ONE), *regular(10, 300, 5)])
    assert habits_of([today, *CIRCLE], NOW) == habits_of([history(regular(10, 300, 5)), *CIRCLE], NOW)


def test_nobody_is_crowded_out_for_ever() -> None:
    """Sixty people fall silent within a year, more than there is room for at once: in the end each was named."""
    people = {f"p{i}": regular(8 + i % 5, 900, 0) for i in range(60)}
    earlier: list[Listing] = []
    for week in range(52):
        now = NOW + timedelta(days=7 * week)
        crowd = []
        for i, (person, touches) in enumerate(people.items()):
            days = [Day(TODAY - ago + 3 * i, touch, 1) for ago, touch in touches]
            found = replace(history(touches), days=sorted(day for day in days if day.day < day_of(now)))
            crowd.append(Candidate(person, found, assess(found, HABITS, BOOK, now)))
        lines = choose(crowd, earlier, HABITS, now).chosen
        assert len(lines) <= BUDGET
        earlier += [Listing(line.person, line.kind, now, None, line.cold_probability) for line in lines]
    silent_long = [f"p{i}" for i in range(60) if 3 * i < 7 * 52 - 60]
    assert set(silent_long) <= {line.person for line in earlier}

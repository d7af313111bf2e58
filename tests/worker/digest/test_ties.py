"""What a silence is of: a short tie, a season's, or somebody on leave is not lost as an old friend is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.worker.digest.choosing import SILENT, candidate, cold, named, persons, why_not
from tests.worker.pairs import BOOK, HABITS, NOW, TODAY, history, regular
from worker.digest.choose.choice import Candidate, Choice
from worker.digest.choose.occasions.leave import Leave, lately
from worker.digest.choose.occasions.season import may_be_yearly, season_of
from worker.digest.choose.policy import choose
from worker.digest.choose.suppression import Wishes
from worker.judgement.assess import assess
from worker.judgement.facts import Absence, Habits


def test_a_tax_adviser_of_ten_weeks_each_year_is_seasonal_and_one_season_may_become_yearly() -> None:
    def seasons(*years: int) -> list[int]:
        return [TODAY - 60 - ago for year in years for ago in range(365 * year + 70, 365 * year - 1, -5)]

    assert season_of(seasons(1, 0), TODAY) is not None
    assert season_of(seasons(0), TODAY) is None
    assert may_be_yearly(seasons(0), TODAY)
    assert not may_be_yearly(seasons(1), TODAY)
    assert not may_be_yearly(seasons(1, 0), TODAY)
    assert not may_be_yearly([], TODAY)


@pytest.mark.parametrize(
    ("known", "silent", "times"),
    [(150, 110, 1), (600, 110, 2), (210, 110, 1), (230, 110, 2)],  # silent for longer than half of the time known: once
)
def test_who_was_known_for_a_short_while_is_named_once(known: int, silent: int, times: int) -> None:
    one = history(regular(10, silent + known, silent))
    earlier = [cold(65, 45)]
    assert len(named(candidate("anna", one)).chosen) == 1
    assert len(named(candidate("anna", one), past=earlier).chosen) == times - 1
    kept = replace(one, kept=True)  # the user said that this is a relationship
    assert len(named(candidate("anna", kept), past=earlier).chosen) == 1


def test_a_leave_is_no_silence_and_after_it_they_have_the_time_that_is_usual() -> None:
    """Silent for 45 days, of which they were away for all but the last few."""
    one = candidate("anna", history(SILENT))

    def after(days: int) -> Choice:
        leave = Leave(NOW - timedelta(days=44), NOW - timedelta(days=days))
        wishes = Wishes(absences=lately({"anna": [leave]}, NOW), leaves={"anna": [leave]})
        return choose([one], [], HABITS, NOW, wishes=wishes)

    assert persons(after(5)) == []
    assert why_not(after(5)) == {"anna": "they were away until 12 November, and may still come back to you"}
    [line] = after(15).chosen
    assert line.step.startswith("They should be back from leave by now.")
    assert persons(after(40)) == ["anna"]


def test_days_on_which_the_owner_was_away_bring_nobody_past_the_gate() -> None:
    uneven = [(ago, touch) for i, (ago, touch) in enumerate(regular(20, 1200, 60)) if i % 6 not in (3, 4)]
    found = history(uneven)
    last = found.days[-1].day
    away = replace(HABITS, away=(Absence(last + 5, last + 45),))

    def of(habits: Habits) -> Candidate:
        return Candidate("anna", found, assess(found, habits, BOOK, NOW))

    rhythm = of(away).assessment.rhythm
    assert rhythm is not None
    assert of(away).assessment.awake_days < rhythm.gate < TODAY - last
    assert persons(choose([of(HABITS)], [], HABITS, NOW, threshold=0.0)) == ["anna"]
    assert persons(choose([of(away)], [], away, NOW, threshold=0.0)) == []

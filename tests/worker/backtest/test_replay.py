"""Replaying the past: warnings are held against what happened, and no week knows a later one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from models.enums import Touch
from tests.worker.pairs import BOOK, NOW, TODAY, history, regular
from worker.backtest import Backtest, backtest, plot
from worker.judgement.facts import DIRECT, Day, History, at_day, day_of, monday

#: silent for good since 150 days; silent for 60 days, a year ago; never silent
FADED = history(regular(9, 700, 150))
PAUSED = history([*regular(9, 700, 400), *regular(9, 341, 3)])
STEADY = history(regular(8, 700, 2))
WORLD = {"faded": FADED, "paused": PAUSED, "steady": STEADY} | {
    f"other {every}": history(regular(every, 700, 1)) for every in (5, 11, 20)
}


def cut(known: History, now: datetime) -> History:
    """What was known of a pair on the morning of a day."""
    days: list[Day] = [day for day in known.days if day.day < day_of(now)]
    direct = [at_day(day.day) for day in days if day.touch in DIRECT]
    return replace(
        known,
        days=days,
        last_at=max(direct, default=None),
        last_in_at=max((at_day(d.day) for d in days if d.touch is Touch.IN_ONE), default=None),
        last_out_at=max((at_day(d.day) for d in days if d.touch is Touch.OUT_ONE), default=None),
    )


def weeks(world: dict[str, History], until: datetime = NOW) -> Iterator[tuple[datetime, dict[str, History]]]:
    for day in range(monday(TODAY - 500), day_of(until) + 1, 7):
        now = at_day(day)
        yield now, {person: known for person, whole in world.items() if (known := cut(whole, now)).days}


@pytest.fixture(scope="module")
def replayed() -> Backtest:
    return backtest(weeks(WORLD), BOOK)


def test_a_silence_that_lasted_was_warned_of_in_time_and_counts_as_right(replayed: Backtest) -> None:
    [warning] = [one for one in replayed.warnings if one.person == "faded"]
    assert warning.lasted is True
    assert day_of(warning.silent_since) == TODAY - 150
    assert 14 <= warning.silent_days < 60
    assert replayed.in_force.caught >= 1
    assert replayed.in_force.median_ahead is not None
    assert replayed.in_force.median_ahead > 0


def test_who_was_never_silent_is_never_warned_of(replayed: Backtest) -> None:
    assert "steady" not in {one.person for one in replayed.warnings}


def test_a_lower_threshold_warns_at_least_as_often(replayed: Backtest) -> None:
    warnings = [one.warnings for one in replayed.outcomes]
    assert warnings == sorted(warnings, reverse=True)
    assert all(one.warnings == one.right + one.wrong + one.undecided for one in replayed.outcomes)


def test_no_week_knows_a_later_one(replayed: Backtest) -> None:
    """Data cut off in the middle: the same warnings up to there, whatever came after."""
    middle = NOW - timedelta(days=120)
    shorter = backtest(weeks(WORLD, until=middle), BOOK)
    as_told = [replace(one, lasted=None) for one in shorter.warnings]
    until_then = [replace(one, lasted=None) for one in replayed.warnings if one.at <= shorter.ends]
    assert as_told == until_then
    assert until_then


def test_the_plot_is_a_picture_of_every_threshold(replayed: Backtest) -> None:
    drawn = ET.fromstring(plot(replayed))
    shown = "".join(drawn.itertext())
    assert all(f"{one.threshold:.0%}" in shown for one in replayed.outcomes)


def test_without_a_week_there_is_nothing_to_replay() -> None:
    with pytest.raises(ValueError, match="no week"):
        backtest([], BOOK)

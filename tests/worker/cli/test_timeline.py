"""The picture of a relationship: exact months, bars in proportion, hostile text as text."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from models.base import seconds
from models.enums import Channel, Direction, Stage, Warmth
from tests.worker.digest.digests import HOSTILE
from worker.cli.people.timeline import Moment, Portrait, render, sparkline, ticks
from worker.views.people.months import by_month

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def printed(portrait: Portrait) -> str:
    out = io.StringIO()
    Console(file=out, width=100, color_system=None).print(render(portrait))
    return out.getvalue()


def test_months_are_those_of_the_readers_calendar() -> None:
    times = [
        datetime(2026, 10, 31, 22, 59, tzinfo=UTC),
        datetime(2026, 10, 31, 23, 0, tzinfo=UTC),
        datetime(2024, 11, 1, tzinfo=UTC),
    ]
    assert by_month(map(seconds, times), NOW, "Europe/Berlin", 3) == (0, 1, 1)
    assert by_month(map(seconds, times), NOW, "UTC", 3) == (0, 2, 0)


@given(st.lists(st.integers(0, 10_000), max_size=40))
def test_each_month_is_two_columns_and_only_empty_ones_are_dots(counts: list[int]) -> None:
    line = sparkline(counts).plain
    assert len(line) == 2 * len(counts)
    for place, count in enumerate(counts):
        assert (line[2 * place] == "·") == (count == 0)
    most = max(counts, default=0)
    if most:
        assert line[2 * counts.index(most)] == "█"


def test_years_stand_under_their_january() -> None:
    assert ticks(NOW, "UTC", 24).plain == "  2025" + " " * 20 + "2026"


def test_the_whole_picture() -> None:
    said = printed(
        Portrait(
            "Tomáš Dvořák", ("tomas@fernhill.example",), Stage.ROOTED, Warmth.COOLING, NOW, "Europe/Berlin",
            months=(1, 0, 4), moments=(Moment(NOW - timedelta(days=64), Channel.EMAIL, Direction.IN, "Your talk"), Moment(NOW - timedelta(days=80), Channel.MEETING, Direction.MUTUAL, None, 5)),
            next_meeting=Moment(datetime(2026, 11, 26, 10, tzinfo=UTC), Channel.MEETING, Direction.MUTUAL, "Coffee"),
            remarks=("You two usually write every two weeks.",),
        )
    )  # fmt: skip
    for words in (
        "Tomáš Dvořák",
        "well rooted · getting quieter",
        "▂▂· ██",
        "Next  Thursday, 26 November, 11:00  Coffee",
        "17 Sep  ←  they wrote  Your talk",
        "1 Sep   ●  you met     (5 people)",
        "every two weeks",
    ):
        assert words in said, words


@pytest.mark.parametrize("evil", HOSTILE)
def test_hostile_text_is_only_text(evil: str) -> None:
    moment = Moment(NOW, Channel.EMAIL, Direction.IN, evil)
    said = printed(Portrait(evil, (evil,), Stage.CONTACT, Warmth.UNKNOWN, NOW, evil, (1,), (moment,), moment, (evil,)))
    assert not set(said) & set("\x00\x07\x1b\u202e\u2066\u2028")

"""`backtest`: the past replayed, shown as a table, as JSON and as a picture."""

from pathlib import Path

import pytest

from models.records import Mailbox, Record
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, BEN, ME, live, mail, meeting, open_home

MINE = Mailbox(ME, "Me")


@pytest.fixture
def parted(tmp_path: Path) -> Keepwarm:
    """Ben fell silent 200 days ago; Anna writes as ever."""
    runtime = open_home(tmp_path / "home")
    records: list[Record] = [meeting(1, BEN, days=-9)]
    for number, days in enumerate(range(3, 700, 8)):
        for shift, friend in ((0, ANNA), *(((1000, BEN),) if days > 200 else ())):
            pair = (MINE, friend) if number % 2 else (friend, MINE)
            records.append(mail(number + shift, pair[0], pair[1], days=days))
    live(runtime, records)
    runtime.engine.dispose()
    return Keepwarm(tmp_path / "home")


def test_the_past_is_replayed_with_what_was_known_then(parted: Keepwarm, tmp_path: Path) -> None:
    plot = tmp_path / "plot.svg"
    found = parted("backtest", "--json", "--plot", plot)
    assert found.code == 0
    (warning,) = found.json["warnings"]
    assert (warning["person"], warning["lasted"]) == (BEN.address, True)
    assert warning["at"] < "2026-07-20"
    assert plot.read_text().startswith("<svg")
    said = parted("backtest").out
    assert "warnings" in said
    assert "1 of 1" in said


def test_a_meeting_booked_since_says_nothing_about_the_past(parted: Keepwarm) -> None:
    """Ben is to be met in nine days: nobody knew that in spring."""
    assert parted("backtest", "--json", "--to", "2026-08-01").json["warnings"]


def test_a_replay_cut_short_knows_nothing_later(parted: Keepwarm) -> None:
    cut = parted("backtest", "--json", "--from", "2025-08-01", "--to", "2026-06-26").json
    same = parted("backtest", "--json", "--from", "2025-08-01", now="2026-06-26T00:00:00Z").json
    assert cut == same


def test_an_odd_length_is_wrong_usage(keepwarm: Keepwarm) -> None:
    assert keepwarm("backtest", "--every", "often").code == 2


def test_too_little_history_is_said(empty: Keepwarm) -> None:
    empty("users", "add", ME)
    found = empty("backtest")
    assert (found.code, found.out) == (1, "")
    assert "isn't enough history" in found.err

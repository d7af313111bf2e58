"""The short form: some weeks of two lives through the real command line, and the judge that judges them."""

from datetime import timedelta
from typing import Any

import pytest

from tests.lives.mailbox import at
from tests.lives.table import table, verdict
from tests.lives.trades.founder import founder
from tests.lives.trades.fundraiser import fundraiser
from tests.lives.truth import Bond, Holidays, Kind
from tests.lives.verdict import Judge, Mark
from tests.lives.walk import Report, walk


def test_some_weeks_of_two_lives_bring_hardly_a_wrong_line() -> None:
    reports = [
        walk(founder(2), "founder", at("2025-05-05T07:00"), 9),
        walk(fundraiser(5), "fundraiser", at("2025-03-03T07:00"), 8),
    ]
    wrong = [
        f"{one.line['name']}: {one.line['why']} [{one.because}]"
        for report in reports
        for one in report.said
        if one.mark is Mark.WRONG
    ]
    assert wrong == []
    assert sum(report.count(Mark.RIGHT) for report in reports) >= 3
    assert all(lines <= 4 for report in reports for lines in report.letters)
    assert "founder" in table(reports)


NOW = at("2025-06-02T07:00")


def friend(silent: int, *, every: float = 10, ends: bool = True, kind: Kind = Kind.FRIEND) -> Bond:
    last = NOW - timedelta(days=silent)
    contacts = [last - timedelta(days=every * i) for i in range(12)]
    return Bond("Ada Berg", ["ada@berg.example"], kind, every, contacts[-1], last if ends else None, "berg", contacts)


def line(why: str = "It's been 5 weeks.", kind: str = "cooling", name: str = "Ada Berg") -> dict[str, Any]:
    return {"name": name, "address": "ada@berg.example", "kind": kind, "why": why, "step": "Write."}


@pytest.mark.parametrize(
    ("bond", "said", "mark"),
    [
        (friend(35), line(), Mark.RIGHT),
        (friend(35, ends=False), line(), Mark.DEBATABLE),  # it went on by itself
        (friend(8), line("It's been 8 days."), Mark.WRONG),
        (friend(35, kind=Kind.NOBODY), line(), Mark.WRONG),
        (friend(35, kind=Kind.YEARLY), line(), Mark.WRONG),
        (friend(35), line("It's been 9 weeks."), Mark.WRONG),
        (friend(70, every=30), line("You're usually in touch about every 3 days. It's been 10 weeks."), Mark.WRONG),
        (friend(70, every=30), line("You're usually in touch about every 4 weeks. It's been 10 weeks."), Mark.RIGHT),
        (friend(5), line(kind="thanks"), Mark.WRONG),
        (friend(5, kind=Kind.YEARLY), line(kind="seasonal"), Mark.RIGHT),
        (friend(90), line(kind="rest"), Mark.RIGHT),
        (friend(90, ends=False), line(kind="rest"), Mark.WRONG),  # still in touch
        (friend(90, kind=Kind.YEARLY), line(kind="rest"), Mark.WRONG),
        (friend(90), line(kind="rest") | {"others": [{"name": "Ben Berg", "address": "ben@berg.example"}]}, Mark.WRONG),
        (friend(20, every=30), line(kind="growing"), Mark.WRONG),  # known for a year
    ],
)  # fmt: skip
def test_the_judge_goes_by_the_truth(bond: Bond, said: dict[str, Any], mark: Mark) -> None:
    assert Judge([bond], Holidays([])).mark(said, NOW)[0] is mark


def test_the_same_silence_said_again_too_soon_is_wrong_and_so_is_a_holiday() -> None:
    judge = Judge([friend(35)], Holidays([]))
    assert judge.mark(line(), NOW)[0] is Mark.RIGHT
    assert judge.mark(line("It's been 6 weeks."), NOW + timedelta(days=7))[0] is Mark.WRONG
    away = Holidays([(NOW - timedelta(days=32), NOW)])
    assert Judge([friend(35)], away).mark(line(), NOW)[0] is Mark.WRONG


def test_of_an_ended_project_only_the_first_line_is_right() -> None:
    team = [friend(35, kind=Kind.PROJECT), friend(36, kind=Kind.PROJECT)]
    team[1].name, team[1].addresses = "Ben Berg", ["ben@berg.example"]
    judge = Judge(team, Holidays([]))
    other = line(name="Ben Berg") | {"address": "ben@berg.example"}
    assert [judge.mark(line(), NOW)[0], judge.mark(other, NOW)[0]] == [Mark.RIGHT, Mark.WRONG]


def test_too_few_right_lines_and_missed_lapses_are_not_good_enough() -> None:
    report = Report("one", letters=[0, 1], lapses=2, missed=["Ada Berg: never named"])
    assert verdict([report]) == ["1 of 2 lapses were not named in time"]

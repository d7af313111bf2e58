"""Asking for something: the verdict follows the roots, and says what is missing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from models.enums import Stage, Touch
from tests.worker.pairs import BOOK, HABITS, NOW, history, regular
from worker.judgement.ask import Advice, Verdict, advise
from worker.judgement.assess import assess


def asked(days: Sequence[tuple[int, Touch]], stage: Stage | None = None) -> Advice:
    """The advice on a history; where borders lie is for the rules to say, so a stage may be given."""
    known = history(days)
    judgement = assess(known, HABITS, BOOK, NOW)
    return advise(known, replace(judgement, stage=stage or judgement.stage), NOW)


MEETINGS = [(ago, Touch.MET_ONE) for ago in range(20, 700, 45)]


@pytest.mark.parametrize(
    ("days", "stage", "verdict"),
    [
        ([], None, Verdict.TOO_EARLY),
        ([(3, Touch.SEEN)], None, Verdict.TOO_EARLY),
        ([(4, Touch.IN_ONE), (3, Touch.OUT_ONE)], None, Verdict.TOO_EARLY),
        ([(ago, Touch.OUT_ONE) for ago in range(2, 400, 9)], Stage.GROWING, Verdict.TOO_EARLY),
        (regular(12, 40, 3), Stage.GROWING, Verdict.TOO_EARLY),  # four conversations in a month
        (regular(90, 1200, 300), Stage.CONTACT, Verdict.RENEW_FIRST),  # three years of quarterly dinners, then none
        (regular(8, 900, 90), Stage.ROOTED, Verdict.RENEW_FIRST),
        ([*regular(12, 700, 30), (20, Touch.OUT_ONE), (9, Touch.OUT_ONE)], Stage.ROOTED, Verdict.RENEW_FIRST),
        ([*regular(12, 2700, 1500), *regular(360, 1200, 30)], Stage.GROWING, Verdict.FINE),  # once a year by now
        (regular(12, 160, 3), Stage.GROWING, Verdict.FINE),
        (regular(8, 700, 3) + MEETINGS, None, Verdict.WELL_ROOTED),
    ],
)
def test_the_verdict_follows_the_roots(
    days: Sequence[tuple[int, Touch]], stage: Stage | None, verdict: Verdict
) -> None:
    advice = asked(days, stage)
    assert advice.verdict is verdict
    assert advice.evidence
    assert bool(advice.first) is (verdict in {Verdict.TOO_EARLY, Verdict.RENEW_FIRST})
    said = [*advice.evidence, *advice.first]
    assert len(said) == len(set(said))
    assert not any(word.isdigit() and int(word) > 24 for sentence in said for word in sentence.split())  # no tallies


def test_who_never_answered_is_not_asked_for_more() -> None:
    advice = asked([(ago, Touch.OUT_ONE) for ago in range(2, 40, 9)])
    assert "Your last emails haven't been answered yet." in advice.evidence
    assert advice.first[0] == "Wait for their answer: another email now would be too much."


def test_who_wrote_and_was_not_answered_comes_first() -> None:
    assert asked([(9, Touch.IN_ONE)]).first[0] == "Reply first: they wrote, and you haven't yet."


def test_after_a_long_silence_one_gets_in_touch_before_asking() -> None:
    advice = asked(regular(8, 900, 260) + [(ago, Touch.MET_ONE) for ago in range(270, 900, 45)])
    assert advice.verdict is Verdict.RENEW_FIRST
    assert advice.first == ("Get in touch first, without asking for anything: ask how they are.",)
    assert advice.evidence[0] == "You've been in touch for 2 years."

"""Asking for something: the verdict follows the roots, and says what is missing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

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
        (regular(12, 160, 3), Stage.CONTACT, Verdict.TOO_EARLY),
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
    assert bool(advice.first) is (verdict is not Verdict.WELL_ROOTED)


def test_who_never_answered_is_not_asked_for_more() -> None:
    advice = asked([(ago, Touch.OUT_ONE) for ago in range(2, 40, 9)])
    assert "Your last 5 mails had no answer yet." in advice.evidence
    assert advice.first[0] == "Let them answer first: another mail would weigh on them."


def test_who_wrote_and_was_not_answered_comes_first() -> None:
    assert asked([(9, Touch.IN_ONE)]).first[0] == "Answer them: they wrote, and you have not yet."


def test_after_a_long_silence_one_gets_in_touch_before_asking() -> None:
    advice = asked(regular(8, 900, 260) + [(ago, Touch.MET_ONE) for ago in range(270, 900, 45)])
    assert advice.verdict is not Verdict.WELL_ROOTED
    assert "Get in touch first, without a wish: ask how they are." in advice.first


def test_no_ratio_is_spoken_of() -> None:
    said = " ".join((*asked(regular(5, 300, 2)).evidence, *asked(regular(5, 300, 2)).first))
    assert "%" not in said
    assert "ratio" not in said


def test_the_moment_is_an_argument() -> None:
    known = history([(4, Touch.IN_ONE), (3, Touch.OUT_ONE)])
    assert advise(known, assess(known, HABITS, BOOK, NOW), datetime(2030, 1, 1, tzinfo=UTC)).evidence

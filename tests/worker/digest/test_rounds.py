"""Who left a board is news once: the others have met without them since."""

from collections.abc import Sequence
from datetime import timedelta

from models.enums import Touch
from tests.worker.digest.choosing import candidate, named, persons, why_not
from tests.worker.pairs import NOW, TODAY, history
from worker.digest.choose.choice import Candidate, Listing
from worker.digest.choose.together.rounds import left_round
from worker.digest.digest import LineKind
from worker.judgement.facts import at_day

MEETINGS = range(20, 700, 30)
LEFT = 140
TOLD = Listing("anna", LineKind.COLD, NOW - timedelta(days=80), at_day(TODAY - LEFT), 0.7)


def member(person: str, days: Sequence[int], *words: int) -> Candidate:
    talks = [(ago, touch) for ago in words for touch in (Touch.IN_ONE, Touch.OUT_ONE)]
    return candidate(person, history([*((ago, Touch.MET) for ago in days), *talks]))


def test_who_left_a_board_is_not_missed_again_and_again() -> None:
    anna = member("anna", [ago for ago in MEETINGS if ago >= LEFT], 320, 560)
    board = [member(f"b{i}", MEETINGS) for i in range(4)]
    assert "anna" in persons(named(anna, *board))
    again = named(anna, *board, past=[TOLD])
    assert "anna" not in persons(again)
    assert why_not(again)["anna"] == "the others have met without them since, and that was said"


def test_a_round_that_met_no_more_and_a_friend_met_elsewhere_are_another_matter() -> None:
    before = [ago for ago in MEETINGS if ago >= LEFT]
    anna = member("anna", before)
    assert left_round(anna, [anna, *(member(f"b{i}", MEETINGS) for i in range(4))])
    assert not left_round(anna, [anna, *(member(f"b{i}", MEETINGS) for i in range(2))])
    assert not left_round(anna, [anna, *(member(f"b{i}", before) for i in range(4))])
    friend = member("anna", before, *range(LEFT, 700, 9))
    assert not left_round(friend, [friend, *(member(f"b{i}", MEETINGS) for i in range(4))])

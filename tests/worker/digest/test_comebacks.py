"""What became of the silences of others whom the user had known for as short a time: a young pair is judged by it."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from models.enums import Touch
from tests.worker.digest.choosing import candidate, named, persons
from tests.worker.pairs import HABITS, history
from worker.digest.choose.choice import Candidate
from worker.digest.choose.comebacks import Comebacks, comebacks_of

#: known for three months, about every four weeks, and silent for more than six
YOUNG = (45, 75, 100, 130, 150)


def pair(person: str, ago: Sequence[int]) -> Candidate:
    return candidate(
        person, history([(day, touch) for one in ago for day, touch in ((one + 1, Touch.IN_ONE), (one, Touch.OUT_ONE))])
    )


def earlier(came_back: bool) -> list[Candidate]:
    """Ten people met more than a year ago, who fell silent for seven weeks in their first half year; or for good."""
    starts = range(400, 600, 20)
    before = [[first + 50 + 14 * i for i in range(6)] for first in starts]
    after = [list(range(first, 0, -14)) if came_back else [] for first in starts]
    return [pair(f"p{i}", [*past, *since]) for i, (past, since) in enumerate(zip(before, after, strict=True))]


def test_a_young_pair_is_not_missed_where_others_as_young_came_back_after_as_long() -> None:
    young = pair("anna", YOUNG)
    assert persons(named(young)) == ["anna"]
    assert "anna" not in persons(named(young, *earlier(came_back=True)))
    assert "anna" in persons(named(young, *earlier(came_back=False)))


def test_as_a_silence_goes_on_those_who_came_back_earlier_say_no_more_of_it() -> None:
    found = comebacks_of(earlier(came_back=True), HABITS)
    assert (len(found.ended), found.lasted) == (10, 0)
    young, longer = pair("anna", YOUNG), pair("anna", [ago + 90 for ago in YOUNG])
    assert found.reconsidered(young, 0.6) < 0.4
    assert found.reconsidered(longer, 0.6) == 0.6


def test_an_old_friend_is_measured_by_no_one_else() -> None:
    friend = pair("anna", [48 + 18 * i for i in range(40)])
    assert comebacks_of(earlier(came_back=True), HABITS).reconsidered(friend, 0.6) == 0.6


def test_nobody_is_missed_because_others_were_lost() -> None:
    lost = comebacks_of(earlier(came_back=False), HABITS)
    assert lost.lasted == 10
    assert lost.reconsidered(pair("anna", (40, 50, 62, 75)), 0.4) == 0.4
    assert lost.reconsidered(pair("anna", YOUNG), 0.4) == 0.4


@given(st.lists(st.floats(1.0, 50.0)).map(sorted), st.integers(0, 50), st.floats(0.0, 1.0))
def test_what_is_weighed_only_becomes_less_likely(ended: list[float], lasted: int, likely: float) -> None:
    assert 0.0 <= Comebacks(ended, lasted).reconsidered(pair("anna", YOUNG), likely) <= likely

"""Who breaks off each year at the same time, as a school does, is not lost; whoever stays away after it is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Touch
from tests.worker.pairs import BOOK, HABITS, NOW, TODAY, history
from worker.digest.choose.choice import Candidate
from worker.digest.choose.occasions.breaks import EARLIER, LATER, YEAR, yearly_break
from worker.digest.choose.policy import choose
from worker.judgement.assess import assess
from worker.judgement.facts import Absence


def term(silent: int, *, breaks: bool = True) -> list[int]:
    """Weekly for two years but for seven weeks that began a year ago to the day of the present silence; days ago."""
    begins = silent + YEAR
    return [ago for ago in range(silent, 730, 7) if not (breaks and begins - 49 < ago < begins)]


def weekly(silent: int, *, breaks: bool = True) -> Candidate:
    touches = [(ago, Touch.OUT_ONE if i % 2 else Touch.IN_ONE) for i, ago in enumerate(term(silent, breaks=breaks))]
    one = history(touches)
    return Candidate("anna", one, assess(one, HABITS, BOOK, NOW))


@pytest.mark.parametrize(
    ("silent", "breaks", "named"), [(35, True, False), (50, True, False), (65, True, True), (35, False, True)]
)
def test_the_break_of_last_year_is_waited_out_and_no_longer(silent: int, breaks: bool, named: bool) -> None:
    found = choose([weekly(silent, breaks=breaks)], [], HABITS, NOW)
    assert bool(found.chosen) is named
    if not named:
        [left] = found.suppressed
        assert left.why.startswith("they were quiet at this time last year too, until ")


def test_the_owners_own_absence_is_no_break_of_the_two() -> None:
    contacts = sorted(TODAY - ago for ago in term(35))
    assert yearly_break(contacts, TODAY, 7.0, ()) is not None
    away = Absence(TODAY - 35 - YEAR + 2, TODAY - YEAR + 12)
    assert yearly_break(contacts, TODAY, 7.0, (away,)) is None
    part = Absence(TODAY - 35 - YEAR + 12, TODAY - YEAR + 2)  # the school was closed for longer
    assert yearly_break(contacts, TODAY, 7.0, (part,)) is not None


def test_who_is_often_silent_for_as_long_has_no_break() -> None:
    season = [*range(0, 120, 10), *range(170, 365, 10)]  # quiet for two months from the hundred-tenth day on
    yearly = [year + day for year in (0, YEAR) for day in season if year + day <= YEAR + 110]
    assert yearly_break(yearly, YEAR + 140, 10.0, ()) == 170
    often = [day for day in yearly if not any(first < day % YEAR < first + 55 for first in (0, 60, 180, 240, 300))]
    assert yearly_break(often, YEAR + 140, 10.0, ()) is None


def test_a_long_break_is_believed_once_it_has_come_twice_and_most_of_a_year_never() -> None:
    summers = [year + day for year in (0, YEAR, 2 * YEAR) for day in range(0, 101, 7)]  # neighbors of a summer house
    assert yearly_break(summers, 2 * YEAR + 200, 7.0, ()) == 2 * YEAR
    assert yearly_break([day for day in summers if day >= YEAR], 2 * YEAR + 200, 7.0, ()) is None
    weeks = [year + day for year in (0, YEAR, 2 * YEAR) for day in range(0, 43, 7)]
    assert yearly_break(weeks, 2 * YEAR + 200, 7.0, ()) is None


@given(
    st.lists(st.integers(0, 1500), min_size=1, max_size=60, unique=True).map(sorted),
    st.integers(0, 400),
    st.floats(1.0, 120.0),
)
def test_a_break_explains_a_silence_only_near_its_dates(contacts: list[int], silent: int, usual: float) -> None:
    today = contacts[-1] + silent
    ends = yearly_break(contacts, today, usual, ())
    if ends is not None:
        assert ends in contacts
        assert today <= ends + YEAR + LATER
        before = contacts[contacts.index(ends) - 1]
        assert before + YEAR - EARLIER <= contacts[-1] < ends + YEAR
        assert ends - before >= max(21, 2.0 * usual)

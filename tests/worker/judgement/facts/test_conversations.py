"""Conversations: a table of what people would call one, and laws that hold of every history."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Touch
from worker.judgement.facts import Day, Span, contact_days, conversations, gaps_between
from worker.judgement.facts.conversations import LONGEST, PREPARED, THREAD

OUT, IN, MET, SEEN = Touch.OUT_ONE, Touch.IN_ONE, Touch.MET_ONE, Touch.SEEN


def days(*touches: tuple[int, Touch]) -> list[Day]:
    return [Day(day, touch, 1) for day, touch in sorted(touches)]


@pytest.mark.parametrize(
    ("touches", "threads", "begins"),
    [
        ([], [], []),
        ([(1, SEEN), (9, SEEN)], [], []),  # being on the same mail is being in sight
        ([(1, OUT), (1, IN), (2, IN), (5, OUT)], [], [1]),  # four emails over five days
        ([(1, OUT), (5, IN)], [], [1, 5]),
        ([(1, OUT), (5, IN)], [Span(1, 5)], [1]),  # an answer in the same thread
        ([(1, OUT), (12, IN)], [Span(1, 12)], [1, 12]),  # but not weeks later
        ([(1, OUT), (3, IN), (12, MET)], [], [1]),  # the emails found the date
        ([(1, OUT), (3, IN), (20, MET)], [], [1, 20]),
        ([(0, MET), (7, MET), (14, MET)], [], [0, 7, 14]),  # a weekly meeting prepares nothing
        ([(0, MET), (2, OUT), (9, MET)], [], [0, 9]),
        ([(0, OUT), (2, IN), (13, MET), (14, OUT), (16, IN)], [], [0]),  # a word of thanks is no new conversation
        ([(0, OUT), (2, IN), (13, MET), (17, OUT)], [], [0, 17]),
        ([(0, MET), (7, MET), (8, OUT), (14, MET)], [], [0, 7, 14]),
        ([(day, OUT) for day in range(30)], [], [0, 11, 22]),  # who writes daily has weekly conversations
    ],
)
def test_what_people_would_call_one_conversation(
    touches: list[tuple[int, Touch]], threads: list[Span], begins: list[int]
) -> None:
    assert [one.begins for one in conversations(days(*touches), threads)] == begins


TOUCHES = st.sampled_from([OUT, Touch.OUT, IN, Touch.IN, MET, Touch.MET, Touch.EXPECTED, SEEN, Touch.IN_COPY])
HISTORIES = st.sets(st.tuples(st.integers(0, 400), TOUCHES), max_size=60).map(lambda touches: days(*touches))
SPANS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 40)).map(lambda one: Span(one[0], one[0] + one[1])))


@given(HISTORIES, SPANS)
def test_they_part_the_contact_days_in_order_and_have_an_end(touches: list[Day], threads: list[Span]) -> None:
    found = conversations(touches, threads)
    contacts = contact_days(touches)
    assert all(one.ends - one.begins <= LONGEST + THREAD + PREPARED for one in found)
    assert all(after.begins > before.ends for before, after in pairwise(found))
    covered = [day for one in found for day in contacts if one.begins <= day <= one.ends]
    assert covered == contacts
    assert all(gap > 0 for gap in gaps_between(found))


def test_lunches_found_by_mail_and_followed_by_thanks_keep_their_rhythm() -> None:
    """Every six weeks a date is found a week and a half ahead, and the day after there is a word of thanks."""
    touches = days(
        *(
            (start + day, touch)
            for start in range(0, 400, 42)
            for day, touch in ((0, OUT), (2, IN), (12, MET), (13, IN))
        )
    )
    assert set(gaps_between(conversations(touches))) == {42}


@given(HISTORIES, SPANS, st.integers(0, 400))
def test_what_comes_later_changes_no_conversation_but_the_last(
    touches: list[Day], threads: list[Span], cut: int
) -> None:
    early, whole = conversations([day for day in touches if day.day < cut], threads), conversations(touches, threads)
    assert early[:-1] == whole[: max(0, len(early) - 1)]
    assert [one.begins for one in early] == [one.begins for one in whole][: len(early)]


@given(HISTORIES)
def test_whose_words_are_in_them_is_never_lost(touches: list[Day]) -> None:
    found = conversations(touches)
    assert any(one.outward for one in found) == any(
        day.touch in {OUT, Touch.OUT, MET, Touch.MET, Touch.EXPECTED} for day in touches
    )
    assert any(one.inward for one in found) == any(day.touch in {IN, Touch.IN, MET, Touch.MET} for day in touches)
    assert sum(one.met for one in found) <= sum(day.touch in {MET, Touch.MET, Touch.EXPECTED} for day in touches)

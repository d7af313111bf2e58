"""A silence in words: what is usual, what is different now, and remarks that are true."""

import pytest

from models.enums import Touch
from tests.worker.pairs import BOOK, HABITS, NOW, DaysAgo, history, regular
from worker.judgement.assess import assess
from worker.judgement.cooling import Features
from worker.judgement.cooling.words import _REMARKS, silence_in_words, still_silent_in_words
from worker.judgement.facts import Rhythm


def reasons(past: DaysAgo) -> tuple[str, ...]:
    return assess(history(past), HABITS, BOOK, NOW).reasons


def test_what_is_usual_and_how_long_it_has_been() -> None:
    assert reasons(regular(14, 700, 50))[:2] == (
        "you're usually in touch about every 2 weeks",
        "it's been 7 weeks, the longest gap so far",
    )


def test_a_gap_as_long_as_an_earlier_one_is_said_to_be_so() -> None:
    past = [*regular(7, 700, 400), *regular(7, 341, 45)]
    assert reasons(past)[1:3] == ("it's been 6 weeks", "you've had gaps as long before and picked up again")


def test_a_silence_within_the_usual_is_only_told() -> None:
    assert reasons(regular(60, 700, 20))[1] == "it's been 3 weeks"


def test_who_has_hardly_talked_has_no_usual_gap() -> None:
    assert reasons([(90, Touch.IN_ONE), (40, Touch.OUT_ONE)]) == ("it's been 6 weeks",)


def test_who_talks_all_the_time_does_so_several_times_a_week() -> None:
    assert reasons([(ago, Touch.IN_ONE) for ago in range(20, 300)])[0] == "you're usually in touch several times a week"


def test_who_exchanges_a_few_words_every_five_days_does_so_several_times_a_week() -> None:
    often = [(ago, Touch.IN_ONE) for start in range(20, 400, 5) for ago in (start, start + 2)]
    assert reasons(often)[0] == "you're usually in touch several times a week"
    weekly = [(ago, Touch.IN_ONE) for start in range(20, 400, 8) for ago in (start, start + 1)]
    assert reasons(weekly)[0] == "you're usually in touch about every 8 days"


def test_contact_that_had_thinned_out_is_named() -> None:
    assert "contact had been thinning out before" in reasons([*regular(12, 420, 150), (50, Touch.IN)])


def test_a_shared_mail_since_is_named() -> None:
    past = [*regular(9, 500, 40), *((ago, Touch.SEEN) for ago in range(2, 400, 5))]
    assert "you've been on the same emails since" in reasons(past)


def test_remarks_speak_of_features_that_exist() -> None:
    assert all(set(remark.features) <= set(Features._fields) for remark in _REMARKS)


@pytest.mark.parametrize(
    ("rhythm", "silent", "said"),
    [
        (Rhythm(10, 20, 30, 5), 60, "still quiet: it's been 9 weeks, where about every 10 days was usual"),
        (
            Rhythm(7, 9, 30, 5, busy=True),
            60,
            "still quiet: it's been 9 weeks, where several times a week was usual",
        ),
        (Rhythm(10, 20, 30, 1), 60, "still quiet: it's been 9 weeks now"),
    ],
)
def test_a_silence_told_again_is_told_in_other_words(rhythm: Rhythm, silent: int, said: str) -> None:
    assert still_silent_in_words(rhythm, silent) == said


@pytest.mark.parametrize(
    ("rhythm", "silent", "said"),
    [
        (Rhythm(30, 50, 60, 8), 70, "it's been 10 weeks, a little longer than ever before"),
        (Rhythm(30, 40, 50, 8), 90, "it's been 3 months, the longest gap so far"),
        (Rhythm(7, 12, 20, 8), 90, "it's been 3 months"),  # thirteen times the usual one
    ],
)
def test_the_longest_gap_is_told_of_where_it_says_more(rhythm: Rhythm, silent: int, said: str) -> None:
    assert silence_in_words(rhythm, silent)[1] == said

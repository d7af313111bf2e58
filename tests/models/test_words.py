"""Words that are stored as letters are read as words again, also those that have no letter, or look like one."""

from hypothesis import given
from hypothesis import strategies as st

from models.words import LETTERS, WORDS, decoded, stored


@given(st.text() | st.sampled_from([*LETTERS, *WORDS, "=", "==", "=h"]))
def test_every_word_is_read_as_it_was_written(word: str) -> None:
    assert decoded(stored(word)) == word


def test_no_letter_stands_for_two_words() -> None:
    assert len(WORDS) == len(LETTERS)
    assert {len(letter) for letter in WORDS} == {1}

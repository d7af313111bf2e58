"""The short form of `python -m tests.introductions`: a world nothing was fitted to, subjects on and off."""

import pytest

from tests.introductions.digests import year
from tests.introductions.scored import brought_in, score
from tests.introductions.worlds import ENGLISH, FRENCH, GERMAN, build, small


@pytest.mark.parametrize("keep_subjects", [True, False], ids=["subjects", "no subjects"])
@pytest.mark.parametrize(("language", "words"), [("de", GERMAN), ("fr", FRENCH)], ids=["German", "French"])
def test_introductions_are_found_and_no_others(language: str, words: dict[str, list[str]], keep_subjects: bool) -> None:
    found = score(build(language, words, 97, 12, (2, 2)), keep_subjects=keep_subjects)
    assert found.true >= 20
    assert found.precision >= 0.95
    assert found.recall >= 0.8


def test_the_owners_own_introductions_are_found_too() -> None:
    found = brought_in(build("en", ENGLISH, 53, 14, (3, 3)))
    assert found.true >= 4
    assert found.precision >= 0.95
    assert found.recall >= 0.8


def test_thanks_and_offers_come_when_they_are_due_once_and_for_nobody_else() -> None:
    thanks, offers = year(lambda: small("fr", FRENCH, 61), keep_subjects=True)
    assert (thanks.true, offers.true) == (6, 3)
    assert thanks.precision == offers.precision == 1.0
    assert thanks.recall >= 0.8
    assert offers.recall >= 0.6

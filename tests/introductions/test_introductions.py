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


@pytest.mark.parametrize(("keep_subjects", "least"), [(True, 0.6), (False, 0.2)], ids=["subjects", "no subjects"])
def test_thanks_and_offers_come_when_they_are_due_once_and_for_nobody_else(keep_subjects: bool, least: float) -> None:
    """With subjects off nothing tells what two people have in common, but by whom they came is known: fewer offers."""
    thanks, offers, unthanked = year(lambda: small("fr", FRENCH, 61), keep_subjects=keep_subjects)
    assert (thanks.true, offers.true) == (6, 4)
    assert unthanked == frozenset()  # nobody is to rest whom the reader was to thank, and has not
    assert thanks.precision == offers.precision == 1.0
    assert thanks.recall >= 0.8
    assert offers.recall >= least

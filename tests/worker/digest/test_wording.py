"""Sentences for people: exact about days, bounded, one line, and never a reproach."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.enums import Direction
from tests.worker.digest.digests import EMPTY, FIRST, HOSTILE, NOW, USUAL, line
from worker.digest.digest import Digest, Last, LineKind
from worker.digest.render import wording


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (
            Last(NOW - timedelta(days=93), NOW - timedelta(days=52), Direction.IN),
            "The last email was on 29 September.",
        ),
        (Last(wrote_at=NOW - timedelta(days=1), wrote=Direction.OUT), "The last email was yesterday."),
        (Last(met_at=NOW - timedelta(days=1)), "You last met yesterday."),
        (Last(), ""),
    ],
)
def test_last_words(last: Last, said: str) -> None:
    assert wording.last_words(last, NOW, "Europe/Berlin") == said


def test_a_letter_of_one_note_says_what_it_is_about() -> None:
    note = ("Jonas Ek seems to write from jonas@new.example now.",)
    moved = replace(EMPTY, notes=note, moved=("jonas@new.example",))
    assert wording.headline(moved) == "About people you know"
    assert wording.opening(moved) == "No one needs you this week. One thing about people you know:"
    assert wording.subject(moved) == "keepwarm: about people you know"
    assert wording.headline(replace(EMPTY, notes=("Your account failed.",))) == "About your accounts"


def test_subjects() -> None:
    assert wording.subject(USUAL) == "Keeping warm: Anna Park, Grace Achterberg, Hiroshi Tanabe and two more"
    assert wording.subject(FIRST) == "keepwarm: your network at a glance"


@pytest.mark.parametrize("evil", HOSTILE)
def test_a_subject_is_one_line_whatever_a_name_holds(evil: str) -> None:
    digest = Digest("R", NOW, "UTC", "p", (line("x", address="x@y.example"),))
    said = wording.subject(Digest("R", NOW, "UTC", "p", (line(evil or " ", address="x@y.example"), *digest.lines)))
    assert said.isprintable()
    assert len(said) < 200


def test_no_letter_reproaches_or_keeps_score() -> None:
    said = " ".join([*wording.LABELS.values(), *wording.STAGES.values(), wording.HINT, wording.PROMISE, wording.STOP])
    said += " ".join(f"{wording.opening(one)} {wording.headline(one)}" for one in (USUAL, FIRST, EMPTY))
    for word in ("neglect", "should have", "overdue", "owe", "ratio", "score", "failed", "forgot"):
        assert word not in said.lower()


@pytest.mark.parametrize("kind", LineKind)
def test_every_kind_has_a_label(kind: LineKind) -> None:
    assert wording.label(line("Anna", kind))
    assert wording.label(line("Anna", kind, silent=None))

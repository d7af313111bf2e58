"""Sentences for people: exact about days, bounded, one line, and never a reproach."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Direction
from tests.worker.digest.digests import EMPTY, FIRST, HOSTILE, NOW, USUAL, line
from worker.digest.digest import Digest, Last, LineKind
from worker.digest.render import wording


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "0 days"),
        (1, "1 day"),
        (13, "13 days"),
        (14, "2 weeks"),
        (52, "7 weeks"),
        (69, "10 weeks"),
        (70, "2 months"),
        (215, "7 months"),
        (699, "23 months"),
        (720, "2 years"),
    ],
)
def test_spans(days: int, said: str) -> None:
    assert wording.span(days) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "today"),
        (NOW - timedelta(hours=9), "yesterday"),  # 23:30 in Berlin
        (NOW - timedelta(days=3), "on Tuesday"),
        (NOW - timedelta(days=7), "on 13 November"),
        (datetime(2025, 12, 21, 12, tzinfo=UTC), "on 21 December 2025"),
    ],
)
def test_days_are_the_readers_days(at: datetime, said: str) -> None:
    assert wording.day(at, NOW, "Europe/Berlin") == said


def test_an_unknown_zone_is_utc() -> None:
    assert wording.day(NOW, NOW, "Mars/Olympus") == "today"
    assert wording.day(NOW, NOW, "../../etc/passwd") == "today"


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (
            Last(NOW - timedelta(days=93), NOW - timedelta(days=52), Direction.IN),
            "You last met on 19 August; they wrote last, on 29 September.",
        ),
        (Last(wrote_at=NOW - timedelta(days=1), wrote=Direction.OUT), "You wrote last, yesterday."),
        (Last(met_at=NOW - timedelta(days=1)), "You last met yesterday."),
        (Last(), ""),
    ],
)
def test_last_words(last: Last, said: str) -> None:
    assert wording.last_words(last, NOW, "Europe/Berlin") == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
        (list("ABCDE"), "A, B, C and two more"),
    ],
)
def test_names_in_a_row(names: list[str], said: str) -> None:
    assert wording.listed(names) == said


def test_subjects() -> None:
    assert wording.subject(USUAL) == "Keeping warm: Anna Park, Grace Achterberg, Hiroshi Tanabe and two more"
    assert wording.subject(FIRST) == "keepwarm: who has been around you"


@pytest.mark.parametrize("evil", HOSTILE)
def test_a_subject_is_one_line_whatever_a_name_holds(evil: str) -> None:
    digest = Digest("R", NOW, "UTC", "p", (line("x", address="x@y.example"),))
    said = wording.subject(Digest("R", NOW, "UTC", "p", (line(evil or " ", address="x@y.example"), *digest.lines)))
    assert said.isprintable()
    assert len(said) < 200


@given(st.text(st.characters(), max_size=400))
def test_cleaned_text_is_one_printable_line(text: str) -> None:
    said = wording.clean(text, 80)
    assert len(said) <= 80
    assert not set(said) & set("\r\n\t\x00\x1b\u202e\u2066\u2028\u200b")
    said.encode()


def test_ordinary_text_is_left_alone() -> None:
    for name in ("Édith Marchetti-Blau", "محمد الراشد", "天野 雪", "O'Brien", "\u0646\u06cc\u0645\u200c\u0641"):
        assert wording.clean(name) == name


def test_no_letter_reproaches_or_keeps_score() -> None:
    said = " ".join([*wording.LABELS.values(), *wording.STAGES.values(), wording.HINT, wording.PROMISE, wording.STOP])
    said += " ".join(f"{wording.opening(one)} {wording.headline(one)}" for one in (USUAL, FIRST, EMPTY))
    for word in ("neglect", "should have", "overdue", "owe", "ratio", "score", "failed", "forgot"):
        assert word not in said.lower()


@pytest.mark.parametrize("kind", LineKind)
def test_every_kind_has_a_label(kind: LineKind) -> None:
    assert wording.label(line("Anna", kind))
    assert wording.label(line("Anna", kind, silent=None))


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Anna Park", "AP"), ("Cher", "C"), ("天野 雪", "天雪"), ("<b>", "·"), ("", "·"), ("anna.park@x.example", "AE")],
)
def test_initials(name: str, mark: str) -> None:
    assert wording.initials(name) == mark

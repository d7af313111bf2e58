"""One way to write a length of time, a date, a count, a list and a text from outside."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.wording import dates, lists, spans, text

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("days", "said", "how_often"),
    [
        (0, "1 day", "about every day"),
        (1, "1 day", "about every day"),
        (1.4, "1 day", "about every day"),
        (3, "3 days", "about every 3 days"),
        (7, "7 days", "about every week"),
        (10, "10 days", "about every 10 days"),
        (13.4, "13 days", "about every 13 days"),
        (13.5, "2 weeks", "about every 2 weeks"),
        (14, "2 weeks", "about every 2 weeks"),
        (52, "7 weeks", "about every 7 weeks"),
        (83, "12 weeks", "about every 12 weeks"),
        (84, "3 months", "about every 3 months"),
        (215, "7 months", "about every 7 months"),
        (365, "12 months", "about every 12 months"),
        (699, "23 months", "about every 23 months"),
        (700, "2 years", "about every 2 years"),
        (3653, "10 years", "about every 10 years"),
    ],
)
def test_lengths_of_time(days: float, said: str, how_often: str) -> None:
    assert spans.span(days) == said
    assert spans.every(days) == how_often


@given(st.floats(0, 40_000))
def test_a_longer_time_is_never_written_as_a_shorter_one(days: float) -> None:
    def back(said: str) -> float:
        number, unit = said.split()
        return int(number) * {"day": 1, "week": 7, "month": 30.44, "year": 365.25}[unit.removesuffix("s")]

    assert back(spans.span(days)) == pytest.approx(days, rel=0.26, abs=1)
    assert back(spans.span(days + 1)) >= back(spans.span(days))


@pytest.mark.parametrize(
    ("days", "said"), [(0, "since this week"), (6, "since this week"), (7, "for 7 days"), (2600, "for 7 years")]
)
def test_how_long_two_have_known_each_other(days: float, said: str) -> None:
    assert spans.since(days) == said


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=119), "just now"),
        (timedelta(minutes=2), "2 minutes ago"),
        (timedelta(minutes=60), "1 hour ago"),
        (timedelta(hours=47, minutes=59), "47 hours ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=50), "7 weeks ago"),
    ],
)
def test_how_long_ago(gone: timedelta, said: str) -> None:
    assert spans.ago(gone) == said


@pytest.mark.parametrize(
    ("at", "day", "date", "short", "moment"),
    [
        (NOW, "today", "20 November", "20 Nov", "today, 08:30"),
        (NOW - timedelta(hours=9), "yesterday", "19 November", "19 Nov", "19 November, 23:30"),  # in Berlin
        (NOW - timedelta(days=3), "on Tuesday", "17 November", "17 Nov", "17 November, 08:30"),
        (NOW - timedelta(days=7), "on 13 November", "13 November", "13 Nov", "13 November, 08:30"),
        (NOW + timedelta(days=2), "on 22 November", "22 November", "22 Nov", "22 November, 08:30"),
        (
            datetime(2025, 12, 21, 12, tzinfo=UTC),
            "on 21 December 2025",
            "21 December 2025",
            "21 Dec 2025",
            "21 December 2025, 13:00",
        ),
    ],
)
def test_dates_are_the_readers_dates(at: datetime, day: str, date: str, short: str, moment: str) -> None:
    zone = "Europe/Berlin"
    assert dates.day(at, NOW, zone) == day
    assert dates.date(at, NOW, zone) == date
    assert dates.short_date(at, NOW, zone) == short
    assert dates.moment(at, NOW, zone) == moment


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "x" * 5000, ""])
def test_an_unknown_zone_is_utc(zone: str) -> None:
    assert dates.moment(NOW, NOW, zone) == "today, 07:30"


@pytest.mark.parametrize(
    ("number", "words", "digits"),
    [
        (0, "no people", "0 people"),
        (1, "one person", "1 person"),
        (12, "twelve people", "12 people"),
        (13, "13 people", "13 people"),
        (1204, "1,204 people", "1,204 people"),
    ],
)
def test_counts(number: int, words: str, digits: str) -> None:
    assert lists.counted(number, "person", "people") == words
    assert lists.numbered(number, "person", "people") == digits


def test_a_plain_plural_needs_no_second_word() -> None:
    assert lists.counted(2, "email") == "two emails"
    assert lists.numbered(1, "email") == "1 email"


@pytest.mark.parametrize(("number", "said"), [(1, "once"), (2, "twice"), (3, "three times"), (40, "40 times")])
def test_how_many_times(number: int, said: str) -> None:
    assert lists.times(number) == said


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
    assert lists.listed(names) == said


@given(st.text(st.characters(), max_size=400))
def test_cleaned_text_is_one_printable_line(dirty: str) -> None:
    said = text.clean(dirty, 80)
    assert len(said) <= 80
    assert not set(said) & set("\r\n\t\x00\x1b\u202e\u2066\u2028\u200b")
    said.encode()


@pytest.mark.parametrize(
    "name", ["Édith Marchetti-Blau", "محمد الراشد", "天野 雪", "O'Brien", "\u0646\u06cc\u0645\u200c\u0641"]
)
def test_ordinary_text_is_left_alone(name: str) -> None:
    assert text.clean(name) == name


@pytest.mark.parametrize(
    ("name", "mark"),
    [("Anna Park", "AP"), ("Cher", "C"), ("天野 雪", "天雪"), ("<b>", "·"), ("", "·"), ("anna.park@x.example", "AE")],
)
def test_initials(name: str, mark: str) -> None:
    assert text.initials(name) == mark

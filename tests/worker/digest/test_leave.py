"""A dated leave is read from the subject of an automatic reply, in whatever language; a silly date is none."""

from datetime import UTC, datetime

import pytest

from worker.digest.choose.occasions.leave import away_until

AT = datetime(2026, 12, 18, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("subject", "until"),
    [
        ("Automatic reply: on leave until 11 January", (2027, 1, 12)),
        ("Out of office until January 11th, 2027", (2027, 1, 12)),
        ("Abwesend bis 11.01.2027", (2027, 1, 12)),
        ("Abwesenheit: im Urlaub bis zum 11. Januar", (2027, 1, 12)),
        ("Zurück am 4.1.", (2027, 1, 5)),
        ("Absent jusqu'au 3 janvier", (2027, 1, 4)),
        ("Fuera de la oficina hasta el 7 de enero", (2027, 1, 8)),
        ("Parental leave, back on 2027-06-01", (2027, 6, 2)),
    ],
)
def test_a_day_that_is_named(subject: str, until: tuple[int, int, int]) -> None:
    assert away_until(subject, AT) == datetime(*until, tzinfo=UTC)


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Pricing",
        "until 31 February",
        "until 45.99.2027",
        "until 1 January 2099",
        "on leave until Monday",
        "through 3 projects",
        "until 5 beers",
        "bis " + "9" * 300,
        "back on 0 May",
    ],
)
def test_what_names_none(subject: str) -> None:
    assert away_until(subject, AT) is None

"""Both databases keep the same: text in the order of its bytes, moments as whole UTC seconds."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import StatementError

from models.accounts import User
from models.base import moment, seconds

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
NAMES = [
    "Z",
    "a",
    "B",
    "b",
    "ä",
    "Ä",
    "á",
    "z",
    "ﬀ",
    "\U0001f600",
    "",
    " ",
    "a b",
    "a-b",
    "ab",
    "A",
    "É",
    "\x7f",
    "_",
    "%",
]


def test_text_sorts_by_its_bytes(engine: Engine) -> None:
    rows = [
        {"address": name, "name": "", "zone": "UTC", "digest_weekday": 0, "digest_hour": 7, "created_at": START}
        for name in NAMES
    ]
    with engine.begin() as connection:
        connection.execute(insert(User), rows)
        stored = connection.scalars(select(User.address).order_by(User.address)).all()
    assert stored == sorted(NAMES, key=str.encode)


def test_moments_come_back_in_utc_as_whole_seconds(engine: Engine) -> None:
    local = datetime(2026, 3, 29, 3, 30, 15, 999_999, tzinfo=timezone(timedelta(hours=2)))
    with engine.begin() as connection:
        connection.execute(
            insert(User).values(
                address="a", name="", zone="UTC", digest_weekday=0, digest_hour=7, created_at=local
            )
        )  # fmt: skip
        stored = connection.scalar(select(User.created_at))
    assert stored == datetime(2026, 3, 29, 1, 30, 15, tzinfo=UTC)
    assert stored is not None
    assert stored.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(StatementError, match="no time zone"):
        connection.execute(select(User.id).where(User.created_at < datetime(2026, 1, 1)))


@given(st.integers(min_value=-62_135_596_800, max_value=253_402_300_799))
def test_seconds_and_moments_are_inverse(at: int) -> None:
    assert seconds(moment(at)) == at


@given(st.datetimes(timezones=st.timezones()))
def test_seconds_are_rounded_down(at: datetime) -> None:
    assert seconds(at) <= at.timestamp() < seconds(at) + 1

"""When a digest is due, over the days the clocks change."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import insert, select
from sqlalchemy.engine import Engine

from models.accounts import Account, SendingConsent
from tests.worker.ingest.home import Home
from worker.app.settings import Settings
from worker.digest.deliver.readiness import with_a_way
from worker.digest.deliver.timing import occasion
from worker.storage.transactions import writing

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Nowhere/At_All",
]


@pytest.mark.parametrize(
    ("now", "zone", "weekday", "hour", "period", "due"),
    [
        ("2026-11-23T06:00+00:00", "Europe/Berlin", 0, 7, "2026-W48", "2026-11-23T06:00+00:00"),
        ("2026-11-23T05:59+00:00", "Europe/Berlin", 0, 7, "2026-W47", "2026-11-16T06:00+00:00"),
        # in summer the same hour is an hour earlier
        ("2026-07-06T05:00+00:00", "Europe/Berlin", 0, 7, "2026-W28", "2026-07-06T05:00+00:00"),
        # a Sunday evening belongs to the week that began on Monday
        ("2026-11-22T18:00+00:00", "UTC", 6, 18, "2026-W47", "2026-11-22T18:00+00:00"),
        # 02:00 on 29 March 2026 does not exist in Berlin: it is due when it would have been
        ("2026-03-29T01:00+00:00", "Europe/Berlin", 6, 2, "2026-W13", "2026-03-29T01:00+00:00"),
        ("2026-03-29T00:59+00:00", "Europe/Berlin", 6, 2, "2026-W12", "2026-03-22T01:00+00:00"),
        # 02:00 on 25 October 2026 comes twice there: the first one counts
        ("2026-10-25T00:00+00:00", "Europe/Berlin", 6, 2, "2026-W43", "2026-10-25T00:00+00:00"),
        ("2026-10-25T01:30+00:00", "Europe/Berlin", 6, 2, "2026-W43", "2026-10-25T00:00+00:00"),
        # it is Monday on Samoa while it is Sunday in Greenwich
        ("2026-11-22T18:00+00:00", "Pacific/Apia", 0, 7, "2026-W48", "2026-11-22T18:00+00:00"),
    ],
)
def test_an_occasion(now: str, zone: str, weekday: int, hour: int, period: str, due: str) -> None:
    found = occasion(datetime.fromisoformat(now), zone, weekday, hour)
    assert found is not None
    assert (found.period, found.due_at) == (period, datetime.fromisoformat(due))


def test_a_weekday_that_is_none_means_never() -> None:
    assert occasion(datetime(2026, 11, 22, tzinfo=UTC), "UTC", 7, 7) is None


@given(
    start=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
)
def test_one_occasion_a_week_whatever_the_clocks_do(start: datetime, zone: str, weekday: int, hour: int) -> None:
    now = start.replace(tzinfo=UTC)
    seen: dict[str, datetime] = {}
    for step in range(24 * 21):
        found = occasion(now + timedelta(hours=step), zone, weekday, hour)
        assert found is not None
        assert seen.setdefault(found.period, found.due_at) == found.due_at <= now + timedelta(hours=step)
    times = sorted(seen.values())
    assert len(times) >= 3
    assert all(abs(later - earlier - timedelta(days=7)) <= timedelta(hours=1) for earlier, later in pairwise(times))
    if zone != "Nowhere/At_All":
        here = [due.astimezone(ZoneInfo(zone)) for due in seen.values()]
        assert all(due.weekday() == weekday for due in here)
        assert sum(due.hour != hour for due in here) <= 1  # only where the clocks skip it


def test_a_consent_is_a_way_without_any_mail_server(engine: Engine) -> None:
    one, other = Home(engine), Home(engine)
    one.stream()
    with writing(engine) as connection:
        account = connection.scalars(select(Account.id).where(Account.user_id == one.user)).one()
        allowed = {"user_id": one.user, "account_id": account, "granted_at": one.now}
        connection.execute(insert(SendingConsent).values(**allowed))
        assert with_a_way(connection, Settings()) == {one.user}
        smtp = Settings(smtp_url=SecretStr("smtp://127.0.0.1:25"))
        assert with_a_way(connection, smtp) == {one.user, other.user}

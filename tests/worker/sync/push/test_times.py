"""When a hint has something read, and when a promise is renewed: pure, for whatever times there may be."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from tests.worker.sync.push.house import HOST, NOW, PATH, TOPIC
from worker.app.settings import Settings
from worker.sync.push import RENEW, SPACING, earlier_due_at, place_of, renewal

MOMENTS = st.datetimes(NOW.replace(tzinfo=None) - timedelta(days=9), NOW.replace(tzinfo=None) + timedelta(days=9)).map(
    lambda at: at.replace(tzinfo=NOW.tzinfo)
)


@given(st.none() | MOMENTS, st.none() | MOMENTS, st.integers(0, 3))
def test_a_hint_never_makes_anything_later_and_never_too_soon(
    synced_at: datetime | None, due_at: datetime | None, failures: int
) -> None:
    earlier = earlier_due_at(synced_at, due_at, failures, NOW)
    if earlier is None:
        return
    assert not failures
    assert due_at is not None
    assert NOW <= earlier < due_at
    assert synced_at is None or earlier >= synced_at + SPACING


@pytest.mark.parametrize(
    ("synced", "due", "failures", "expected"),
    [
        (-3600, 900, 0, 0),
        (-5, 900, 0, SPACING.total_seconds() - 5),
        (-5, 10, 0, None),
        (None, 900, 0, 0),
        (-3600, -1, 0, None),
        (-3600, 900, 1, None),
        (-3600, None, 0, None),
    ],
)
def test_what_a_hint_does(synced: int | None, due: int | None, failures: int, expected: float | None) -> None:
    def at(seconds: float | None) -> datetime | None:
        return None if seconds is None else NOW + timedelta(seconds=seconds)

    assert earlier_due_at(at(synced), at(due), failures, NOW) == at(expected)


@given(MOMENTS)
def test_a_promise_is_renewed_before_it_ends_and_never_without_a_pause(until: datetime) -> None:
    at = renewal(NOW, until)
    assert timedelta(minutes=1) <= at - NOW <= RENEW
    assert at < until or until < NOW + timedelta(minutes=2)


@pytest.mark.parametrize(
    "url",
    ["http://keepwarm.example/b7Qd02mXk91LzTf3AvRs", "https://keepwarm.example/short", "https://keepwarm.example"],
)
def test_an_address_that_anybody_could_find_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="20 random letters"):
        Settings(push_url=SecretStr(url))


def test_where_hints_go() -> None:
    settings = Settings(push_url=SecretStr(f"{HOST}{PATH}/"), google_pubsub_topic=TOPIC)
    assert place_of(settings, "outlook") == f"{HOST}{PATH}/microsoft"
    assert place_of(settings, "gmail") == TOPIC
    assert place_of(settings, "archive") == ""
    assert place_of(Settings(google_pubsub_topic=TOPIC), "gmail") == ""

"""The limits: never more than allowed in any sixty seconds as Google counts them, and hardly ever less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import QuotaSpent
from connectors.gmail.rate_limit import RateLimiter
from tests.connectors.gmail.accounts import Clock


@given(st.lists(st.tuples(st.integers(1, 2000), st.floats(0, 5)), min_size=1, max_size=150))
def test_no_minute_holds_more_than_allowed(calls: list[tuple[int, float]]) -> None:
    clock = Clock()
    limiter = RateLimiter(6000, clock=clock, sleep=clock.sleep)
    counted: list[tuple[float, int]] = []
    for units, takes in calls:
        with limiter.acquire(units):
            counted.append((clock.now + takes / 2, units))  # Google counts somewhere between asking and hearing
            clock.now += takes
    for at, _ in counted:
        assert sum(units for then, units in counted if at - 60 < then <= at) <= 6000


def test_while_there_is_work_nearly_all_of_it_is_used() -> None:
    clock = Clock()
    limiter = RateLimiter(6000, clock=clock, sleep=clock.sleep)
    spent = 0
    while clock.now < 3600:
        with limiter.acquire(1000):
            clock.now += 0.4
            spent += 1000
    assert spent >= 0.95 * 60 * 6000


def test_a_pause_is_kept_by_everybody_and_the_longer_one_wins() -> None:
    clock = Clock()
    limiter = RateLimiter(6000, clock=clock, sleep=clock.sleep)
    limiter.pause(30)
    limiter.pause(5)
    with limiter.acquire(1):
        assert clock.now == 30


def test_one_call_dearer_than_a_minute_is_made_alone() -> None:
    clock = Clock()
    limiter = RateLimiter(100, clock=clock, sleep=clock.sleep)
    for _ in range(2):
        with limiter.acquire(250):
            pass
    assert 60 <= clock.now <= 61


@given(st.lists(st.tuples(st.integers(1, 2000), st.floats(0, 5), st.booleans()), min_size=1, max_size=150))
def test_who_takes_over_knows_what_was_spent(calls: list[tuple[int, float, bool]]) -> None:
    clock = Clock()
    pacers = [RateLimiter(6000, clock=clock, sleep=clock.sleep) for _ in range(2)]
    counted: list[tuple[float, int]] = []
    last = pacers[0]
    for units, takes, other in calls:
        limiter = pacers[other]
        limiter.restore(last.usage())
        with limiter.acquire(units):
            counted.append((clock.now + takes / 2, units))
            clock.now += takes
        last = limiter
    for at, _ in counted:
        assert sum(units for then, units in counted if at - 60 < then <= at) <= 6000


@given(st.lists(st.integers(1, 3000), min_size=3, max_size=30), st.integers(1, 9000))
def test_a_page_that_cannot_be_paid_is_put_off_just_as_long_as_it_takes(spent: list[int], page: int) -> None:
    clock = Clock()
    limiter = RateLimiter(6000, max_wait=0, clock=clock, sleep=clock.sleep)
    for units in spent:
        with limiter.acquire(units):
            clock.now += 0.5
    slept = len(clock.slept)
    try:
        limiter.require(page)
    except QuotaSpent as error:
        clock.now += error.retry_after / 2
        with pytest.raises(QuotaSpent):
            limiter.require(page)
        clock.now += error.retry_after / 2 + 0.01
        limiter.require(page)
    with limiter.acquire(min(page, 6000)):
        assert len(clock.slept) == slept

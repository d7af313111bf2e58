"""When a stream that fails is tried again, and when it is begun anew."""

from datetime import UTC, datetime, timedelta

import pytest

from worker.sync.trouble import LONGEST, PAUSE, STUCK, is_given_up, pause_after

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_the_pauses_grow_to_an_hour_and_fill_a_day_until_it_is_given_up() -> None:
    pauses = [pause_after(failures) for failures in range(STUCK)]
    assert pauses[0] == PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST
    assert timedelta(hours=18) < sum(pauses, timedelta()) < timedelta(hours=36)


@pytest.mark.parametrize(
    ("failures", "read_beside", "given_up"),
    [
        (1, timedelta(), False),
        (STUCK - 1, timedelta(), False),
        (STUCK, timedelta(minutes=5), True),
        (STUCK + 1, timedelta(), False),
        (2 * STUCK, timedelta(hours=23), True),
        (STUCK, timedelta(hours=25), False),  # an outage, or a laptop in a bag: nothing else was read either
        (STUCK, None, False),
    ],
)
def test_what_fails_for_a_day_beside_others_that_are_read_is_begun_anew(
    failures: int, read_beside: timedelta | None, given_up: bool
) -> None:
    assert is_given_up(failures, None if read_beside is None else NOW - read_beside, NOW) is given_up

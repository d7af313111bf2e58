"""A short form of `make chaos`: a dozen blows in each place."""

from pathlib import Path

import pytest

from tests.chaos.storm import storm


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.parametrize("place", ["sqlite", "redis", "rabbitmq"])
def test_whatever_is_killed_the_history_is_exact(place: str, tmp_path: Path) -> None:
    report = storm(place, kills=5, seed=11, folder=tmp_path, mails=300)
    print(report)
    assert report.kills.total() == 5
    assert report.interactions > 100
    assert report.digests == 1
    assert not report.differing, report

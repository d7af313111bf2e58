"""A short form of `make chaos`: a dozen blows in each place."""

import os
from pathlib import Path

import pytest

from tests.chaos.storm import storm


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.parametrize("place", ["sqlite", "redis", "rabbitmq"])
def test_whatever_is_killed_the_history_is_exact(place: str, tmp_path: Path) -> None:
    report = storm(place, kills=7, seed=11, folder=tmp_path, mails=300)
    print(report)
    if report.lacks and os.environ.get("KEEPWARM_REQUIRE_SERVICES") == "1":
        pytest.fail(f"KEEPWARM_REQUIRE_SERVICES=1, but {', '.join(report.lacks)}")
    assert report.kills.total() == 8  # and once who hands the digest over
    assert report.troubles.get("clocks set") or report.lacks
    assert report.troubles.get("disk filled") or report.lacks
    assert report.troubles.get("messages come twice") or place == "sqlite"
    assert report.interactions > 100
    assert report.digests == 1
    assert not report.differing, report

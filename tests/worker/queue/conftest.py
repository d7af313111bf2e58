from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import rabbitmq, redis
from tests.worker.queue.processes import Installation


@pytest.fixture(params=["redis", "rabbitmq"])
def broker_url(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "redis":
        with redis() as server:
            yield server.url
    else:
        with rabbitmq() as url:
            yield url


@pytest.fixture
def scaled(postgresql: str, broker_url: str, tmp_path: Path) -> Iterator[Installation]:
    """PostgreSQL and a broker of the test's own."""
    home = tmp_path / "home"
    home.mkdir()
    with Installation(home, postgresql, broker_url) as installation:
        yield installation

from collections.abc import Iterator

import pytest

from tests.connectors.ical.feeds import Published, Subscribed
from tests.sandbox.http import Server


@pytest.fixture
def subscribed() -> Iterator[Subscribed]:
    published = Published()
    with Server(published.answer) as server:
        yield Subscribed(published, server)

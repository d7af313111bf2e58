"""A home for each test, empty or with a friendship in it."""

from pathlib import Path

import pytest

from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import friendship, live, open_home


@pytest.fixture
def empty(tmp_path: Path) -> Keepwarm:
    """Keepwarm on its first day."""
    return Keepwarm(tmp_path / "home")


@pytest.fixture
def keepwarm(tmp_path: Path) -> Keepwarm:
    """Keepwarm that knows Anna well and Ben a little."""
    runtime = open_home(tmp_path / "home")
    live(runtime, friendship())
    runtime.engine.dispose()
    return Keepwarm(tmp_path / "home")

"""A home on its first day."""

from pathlib import Path

import pytest

from tests.worker.cli.keepwarm import Keepwarm


@pytest.fixture
def empty(tmp_path: Path) -> Keepwarm:
    """Keepwarm on its first day."""
    return Keepwarm(tmp_path / "home")

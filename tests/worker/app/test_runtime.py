"""What opening an installation costs the process that does it again and again."""

import gc
from pathlib import Path

from tests.worker.homes import open_home


def test_only_the_first_opening_keeps_what_it_finds_for_good(tmp_path: Path) -> None:
    open_home(tmp_path / "first")
    kept = gc.get_freeze_count()
    open_home(tmp_path / "second")
    assert 0 < gc.get_freeze_count() <= kept

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.connectors.installation import Installation, installed


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    with installed(tmp_path, monkeypatch) as made:
        yield made

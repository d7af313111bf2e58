"""`keepwarm retry` as a person runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from models.accounts import StreamState
from models.failures import Failure
from tests.chaos.clocks import INHERITED
from tests.worker.homes import NOW, friendship, live, open_home
from worker.storage.transactions import reading, writing

ROOT = Path(__file__).parents[3]


def keepwarm(home: Path, *arguments: str) -> tuple[str, str]:
    environment = {**INHERITED, "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KEEPWARM_HOME": str(home)}
    line = [sys.executable, "-m", "worker", *arguments]
    done = subprocess.run(line, env=environment, cwd=home, capture_output=True, text=True, check=True)
    return done.stdout, done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    runtime = open_home(tmp_path)
    user = live(runtime, friendship())
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(failures=3, due_at=NOW))
        connection.execute(
            insert(Failure).values(
                actor="keepwarm.recompute", subject=f"[{user}]", user_id=user, error="KeyError at worker/sync/recompute.py:1 in settle",
                times=2, first_at=NOW, last_at=NOW, again_at=NOW,
            )
        )  # fmt: skip
    runtime.engine.dispose()
    return tmp_path


def test_what_failed_is_listed_and_asked_again(home: Path) -> None:
    assert "KeyError at worker/sync/recompute.py:1" in keepwarm(home, "retry", "--list")[0]
    (digest,) = json.loads(keepwarm(home, "retry", "--json")[0])
    assert (digest["actor"], digest["times"]) == ("keepwarm.recompute", 2)
    runtime = open_home(home)
    with reading(runtime.engine) as connection:
        assert connection.scalars(select(Failure.actor)).all() == []
        assert connection.scalars(select(StreamState.due_at)).all() == [None]
    runtime.engine.dispose()
    assert "Nothing has failed." in keepwarm(home, "retry", "--list")[1]

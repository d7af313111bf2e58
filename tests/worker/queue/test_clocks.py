"""Machines whose clocks differ by minutes share a database: its clock decides, so leases and turns hold."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, select
from sqlalchemy.pool import NullPool

from models.accounts import StreamState
from tests.chaos.clocks import OwnClock, suppression_reason
from tests.services import missing
from tests.worker.homes import live
from tests.worker.queue.processes import Installation
from worker.queue.due import take_lock
from worker.queue.leases import LEASE, take
from worker.service.schedule import HELD_FOR
from worker.storage.clock import DatabaseClock
from worker.storage.transactions import reading, writing

#: What another machine says: its own clock, the time it works by, and whether it gets a stream and the scheduler's turn.
OTHER = """
import json, time, worker.queue.due as d, worker.queue.leases as l, worker.app.runtime as w, worker.service.schedule as c, worker.app.settings as s
from worker.storage.transactions import writing
runtime = w.open_runtime(s.Settings())
with writing(runtime.engine) as connection:
    lease = l.take(connection, 1, "elsewhere:2:b:1", runtime.clock())
    turn = d.take_lock(connection, "schedule", "elsewhere:2:b:1", runtime.clock(), c.HELD_FOR)
print(json.dumps([time.time(), runtime.clock().timestamp(), lease is not None, turn]))
"""


@pytest.fixture
def installation(postgresql: str, tmp_path: Path) -> Iterator[Installation]:
    if suppression_reason():
        missing(suppression_reason())
    home = tmp_path / "home"
    home.mkdir()
    with Installation(home, postgresql) as installation:
        yield installation


def elsewhere(installation: Installation, clock: OwnClock) -> Any:
    """Ask a process whose clock is its own."""
    environment = {**installation.environment, **clock.environment}
    return json.loads(
        subprocess.run([sys.executable, "-c", OTHER], env=environment, check=True, capture_output=True).stdout
    )


@pytest.mark.parametrize("minutes", [10, -10])
def test_a_clock_that_is_wrong_takes_nothing_that_lives(
    installation: Installation, tmp_path: Path, minutes: int
) -> None:
    clock = OwnClock(tmp_path, "other")
    clock.set(60 * minutes)
    runtime = installation.open()
    live(runtime, [])
    with writing(runtime.engine) as connection:
        assert take(connection, 1, "here:1:a:1", runtime.clock())
        assert take_lock(connection, "schedule", "here:1:a:1", runtime.clock(), HELD_FOR)
    for _ in range(2):
        theirs, agreed, lease, turn = elsewhere(installation, clock)
        right = datetime.now(UTC).timestamp()
        assert abs(theirs - right - 60 * minutes) < 60  # it is wrong indeed
        assert abs(agreed - right) < 60
        assert (lease, turn) == (False, False)
    runtime.engine.dispose()


@pytest.mark.parametrize("minutes", [10, -10])
def test_what_a_clock_that_is_wrong_holds_is_held_as_long_as_by_any_other(
    installation: Installation, tmp_path: Path, minutes: int
) -> None:
    clock = OwnClock(tmp_path, "other")
    clock.set(60 * minutes)
    runtime = installation.open()
    live(runtime, [])
    assert elsewhere(installation, clock)[2:] == [True, True]
    with reading(runtime.engine) as connection:
        until = connection.scalars(select(StreamState.leased_until)).one()
    assert until is not None
    assert abs(until - runtime.clock() - LEASE) < timedelta(minutes=1)
    runtime.engine.dispose()


def test_a_database_that_is_away_for_a_while_leaves_its_time_behind(postgresql: str) -> None:
    away: list[str] = []

    def connect() -> psycopg.Connection:
        if away:
            raise psycopg.OperationalError(away[0])
        return psycopg.connect(make_url(postgresql).set(drivername="postgresql").render_as_string(hide_password=False))

    clock = DatabaseClock(create_engine(postgresql, creator=connect, poolclass=NullPool), every=0)
    before = clock()
    away.append("connection refused")
    assert before <= clock() < before + timedelta(minutes=1)
    away.clear()
    assert before <= clock()

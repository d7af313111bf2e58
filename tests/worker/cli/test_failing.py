"""What goes wrong while reading is seen: in the exit code, in status, doctor, metrics and the next digest."""

import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import open_home
from worker.digest.compose import compose
from worker.queue.broker import open_broker
from worker.service.actors import register
from worker.web.database_metrics import DatabaseMetrics

ME = "me@mine.example"


def mails(count: int, first: int = 1) -> str:
    return "".join(
        f"From x\nFrom: Ben <ben@south.example>\nTo: {ME}\nSubject: s\nDate: Fri, 13 Nov 2026 09:{n:02}:00 +0000\n"
        f"Message-ID: <{n}@south.example>\n\n\n"
        for n in range(first, first + count)
    )


@pytest.fixture
def reading(empty: Keepwarm, tmp_path: Path) -> tuple[Keepwarm, Path]:
    """A home that has read a mailbox to its end, and the mailbox with more in it."""
    box = tmp_path / "mails" / "one.mbox"
    box.parent.mkdir()
    box.write_text(mails(5))
    assert empty("connect", "archive", box.parent, "--me", ME).code == 0
    with box.open("a") as file:
        file.write(mails(5, 10))
    return empty, box


def sabotage(home: Path, table: str) -> None:
    """Have every new row of a table be an error that nobody foresees."""
    with sqlite3.connect(home / "keepwarm.db") as connection:
        connection.execute(
            f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'secret@south.example'); END"
        )
    connection.close()


def repaired(home: Path) -> None:
    with sqlite3.connect(home / "keepwarm.db") as connection:
        connection.execute("DROP TRIGGER broken")
    connection.close()


def test_an_error_nobody_foresaw_is_seen_everywhere_and_passes(reading: tuple[Keepwarm, Path]) -> None:
    keepwarm, _ = reading
    sabotage(keepwarm.home, "sightings")
    said = keepwarm("sync")
    assert said.code == 1
    assert "one.mbox: Reading this failed in a way keepwarm didn't expect" in said.err
    assert "secret@" not in said.err
    assert "didn't expect" in " ".join(keepwarm("status").out.split())
    doctor = keepwarm("doctor")
    assert doctor.code == 1
    assert "one.mbox: Reading this failed" in " ".join(doctor.out.split())
    runtime = open_home(keepwarm.home)
    broker = open_broker("memory://")
    register(broker, runtime)
    registry = CollectorRegistry()
    registry.register(DatabaseMetrics(runtime, broker))
    assert b'keepwarm_streams_failing{account="1",provider="archive"} 1.0' in generate_latest(registry)
    (note,) = [note for note in compose(runtime, 1, runtime.clock()).notes if "one.mbox" in note]
    assert "nothing was lost" in note
    runtime.engine.dispose()
    repaired(keepwarm.home)
    assert keepwarm("sync").code == 0
    assert "10 interactions" in keepwarm("sync").err
    assert "didn't expect" not in keepwarm("status").out


def test_an_error_after_the_reading_is_an_error(reading: tuple[Keepwarm, Path]) -> None:
    keepwarm, _ = reading
    sabotage(keepwarm.home, "people")
    with sqlite3.connect(keepwarm.home / "keepwarm.db") as connection:
        connection.execute("DELETE FROM people")
        connection.execute("UPDATE addresses SET person = NULL, touched = 1")
    connection.close()
    said = keepwarm("sync")
    assert said.code == 1
    assert "keepwarm: " in said.err


@pytest.mark.parametrize("what", ["folder", "file", "unreadable"])
def test_what_vanished_is_said_within_seconds(reading: tuple[Keepwarm, Path], what: str) -> None:
    keepwarm, box = reading
    match what:
        case "folder":
            shutil.rmtree(box.parent)
        case "file":
            box.unlink()
        case _:
            box.unlink()
            box.mkdir()
            (box / "not.mbox").symlink_to("/nowhere")
    begun = time.monotonic()
    said = keepwarm.process("sync")
    assert time.monotonic() - begun < 30
    if what == "folder":
        assert said.code == 1
        assert "No such file or directory" in said.err
        assert str(box.parent.name) in said.err
    assert "Traceback" not in said.err

"""From outside, with real files and real processes: nothing doubled, nothing read twice, nothing lost to a kill."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.archive.connector import ArchiveConnector
from connectors.base import Cursor
from models.base import moment
from tests.chaos.clocks import INHERITED
from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write, write_mbox
from tests.sandbox.world import World

ROOT = Path(__file__).parents[2]
END = datetime(2026, 11, 20, 18, tzinfo=UTC)
KILLS = 10


class Keepwarm:
    """The command, with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {
            **INHERITED,
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "KEEPWARM_HOME": str(home),
            "HOME": str(home),
        }

    def start(self, *arguments: str | Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "worker", "--now", END.isoformat(), *map(str, arguments)]
        return subprocess.Popen(
            command, env=self.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def __call__(self, *arguments: str | Path) -> bytes:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=240)
        assert process.returncode == 0, output.decode()
        return output

    def export(self, form: str = "jsonl", what: str = "interactions") -> bytes:
        path = self.home / f"{what}.{form}"
        self("export", what, "--format", form, "-o", path)
        return path.read_bytes()

    def ask(self, query: str) -> int:
        """A number from the database, 0 while that is not there."""
        try:
            with closing(
                sqlite3.connect(f"file:{self.home / 'keepwarm.db'}?mode=ro", uri=True, timeout=30)
            ) as database:
                found: int = database.execute(query).fetchone()[0]
        except sqlite3.OperationalError:
            return 0
        return found


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, until=END, mails=600)


@pytest.fixture
def keepwarm(tmp_path: Path) -> Keepwarm:
    (tmp_path / "home").mkdir()
    return Keepwarm(tmp_path / "home")


@pytest.fixture
def me(world: World) -> list[str]:
    return ["--me", world.owner.address]


def test_the_same_archive_again_adds_nothing(world: World, keepwarm: Keepwarm, me: list[str], tmp_path: Path) -> None:
    files = write(world, tmp_path / "box")
    keepwarm("connect", "archive", *files, *me)
    before = keepwarm.export(), keepwarm.export("csv"), keepwarm.ask("SELECT count(*) FROM sightings")
    assert before[0].count(b"\n") > 300
    keepwarm("connect", "archive", *files, *me)
    keepwarm("sync", "--full")
    assert (keepwarm.export(), keepwarm.export("csv"), keepwarm.ask("SELECT count(*) FROM sightings")) == before


def test_a_grown_archive_is_read_from_where_it_ended(keepwarm: Keepwarm, me: list[str], tmp_path: Path) -> None:
    path = tmp_path / "box.mbox"
    mails = list(bulk(5, 4000))
    write_mbox(mails[:-10], path)
    keepwarm("connect", "archive", path, *me)
    with closing(sqlite3.connect(keepwarm.home / "keepwarm.db")) as database:
        cursor = database.execute("SELECT cursor FROM streams").fetchone()[0]
    seen = keepwarm.ask("SELECT count(*) FROM sightings")
    write_mbox(mails[-10:], path, append=True)

    # given the cursor that is stored, only the end of the file is read
    connector = ArchiveConnector([path], now=END)
    [stream] = connector.streams()
    before = characters_read()
    pages = list(connector.changes(stream, Cursor(cursor), since=moment(0)))
    assert characters_read() - before < path.stat().st_size / 50
    assert sum(len(page.records) for page in pages) == 10

    keepwarm("sync")
    assert keepwarm.ask("SELECT count(*) FROM sightings") == seen + 10
    assert keepwarm.ask("SELECT round FROM streams") == 1, "the file was not listed again"
    whole = Keepwarm(tmp_path / "whole")
    whole.home.mkdir()
    whole("connect", "archive", path, *me)
    assert keepwarm.export() == whole.export()


def test_a_rewritten_archive_is_read_again_in_the_same_sync(keepwarm: Keepwarm, me: list[str], tmp_path: Path) -> None:
    path = tmp_path / "box.mbox"
    mails = list(bulk(5, 900))
    write_mbox(mails, path)
    keepwarm("connect", "archive", path, *me)
    before = keepwarm.export()
    write_mbox(mails[100:], path)  # a mail program has deleted some and written the others anew
    keepwarm("sync")
    assert keepwarm.ask("SELECT round FROM streams") == 2
    assert keepwarm.ask("SELECT count(*) FROM streams WHERE unfinished OR failures > 0") == 0
    assert keepwarm.ask("SELECT count(*) FROM sightings WHERE gone_at IS NULL") == 800
    assert keepwarm.export() == before, "a delete does not undo contact"


def characters_read() -> int:
    """How much this process has read so far, in bytes."""
    return int(Path("/proc/self/io").read_text().split("rchar: ")[1].split()[0])


@pytest.mark.timeout(600)
def test_killed_at_random_points_it_ends_as_if_undisturbed(
    world: World, keepwarm: Keepwarm, me: list[str], tmp_path: Path
) -> None:
    files = write(world, tmp_path / "box")
    write_mbox(bulk(5, 6000), tmp_path / "box" / "all.mbox")
    files.append(tmp_path / "box" / "all.mbox")
    calm = Keepwarm(tmp_path / "calm")
    calm.home.mkdir()
    calm("connect", "archive", *files, *me)
    done = "SELECT (SELECT count(*) FROM sightings) + (SELECT count(*) FROM assessments)"
    total = calm.ask(done)

    rng = random.Random(11)
    points = sorted(rng.uniform(0, total * 0.98) for _ in range(KILLS))
    command: tuple[str | Path, ...] = ("connect", "archive", *files, *me)
    kills = 0
    for point in points:
        process = keepwarm.start(*command)
        while process.poll() is None and keepwarm.ask(done) < point:
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += process.returncode == -signal.SIGKILL
        if keepwarm.ask("SELECT count(*) FROM streams") == len(files):
            command = ("sync",)
    assert kills >= KILLS - 2, "nearly every kill met a running import"
    keepwarm(*command)
    assert keepwarm.ask(done) == total
    for what in ("interactions", "people", "relationships"):
        for form in ("jsonl", "csv"):
            assert keepwarm.export(form, what) == calm.export(form, what), (what, form)


def test_an_export_connected_elsewhere_is_the_same_history(
    world: World, keepwarm: Keepwarm, me: list[str], tmp_path: Path
) -> None:
    keepwarm("connect", "archive", *write(world, tmp_path / "box"), *me)
    one, other = (person.address for person in world.people[:2])
    keepwarm("merge", one, other)
    first = keepwarm.export()
    for mark in (b'"channel":"meeting"', b'"role":"bcc"', b'"response":"declined"', b'"recurrence_at":"20'):
        assert mark in first
    again = Keepwarm(tmp_path / "again")
    again.home.mkdir()
    again("connect", "archive", keepwarm.home / "interactions.jsonl")
    assert again.export() == first
    assert again.export("csv") == keepwarm.export("csv")
    third = Keepwarm(tmp_path / "third")
    third.home.mkdir()
    third("connect", "archive", again.home / "interactions.jsonl")
    for what in ("interactions", "people", "relationships"):
        assert third.export("jsonl", what) == again.export("jsonl", what)

"""A disk that is full: everything says so, nothing is lost, and all goes on by itself when there is room."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import OperationalError

from models.accounts import Lock, StreamState, User
from models.history import Sighting
from tests.chaos.disks import Disk, small_disk, suppression_reason
from tests.sandbox.mailbox import write
from tests.sandbox.world import World
from tests.services import free_port, missing
from tests.worker.homes import live
from tests.worker.queue.processes import EMBEDDED, Installation, kill, until
from worker.accounts.connect_archive import connect_archive
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.queue.due import due_users
from worker.queue.leases import LEASE, give_back, take
from worker.service.one_shot import sync
from worker.storage.clock import wall_clock
from worker.storage.engine import open_database
from worker.storage.migrations import upgrade
from worker.storage.outages import at_last
from worker.storage.transactions import reading, writing

END = datetime(2026, 11, 20, 18, tzinfo=UTC)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if suppression_reason():
        missing(suppression_reason())
    folder = tmp_path / "disk"
    folder.mkdir()
    with small_disk(folder, 32) as disk:
        yield disk


@pytest.fixture(scope="module")
def world() -> World:
    return World(5, until=END, mails=500)


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> str:
    home = tmp_path_factory.mktemp("undisturbed")
    with Installation(home) as calm:
        runtime = calm.open()
        sync(runtime, connect_archive(runtime, write(world, home / "box"), me=[world.owner.address]).user_id)
        runtime.engine.dispose()
        return exported(calm)


def exported(installation: Installation) -> str:
    return installation.keepwarm("--now", END.isoformat(), "export", "interactions", "--format", "jsonl")


def sightings(runtime: Runtime) -> int:
    with reading(runtime.engine) as connection:
        return connection.scalar(select(func.count()).select_from(Sighting)) or 0


def settled(runtime: Runtime) -> bool:
    with reading(runtime.engine) as connection:
        known = connection.execute(select(StreamState.unfinished, StreamState.leased_by)).all()
        turns = connection.scalars(select(Lock.name).where(Lock.name != "schedule")).all()
        done = all(not row.unfinished and row.leased_by is None for row in known)
        return bool(known) and done and not turns and not due_users(connection, runtime.clock())


def health(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as sick:
        with sick:
            return str(sick.read().decode())
    except OSError:
        return "nobody"


def metric(port: int, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        scraped = answer.read().decode()
    return next((float(line.rpartition(" ")[2]) for line in scraped.splitlines() if line.startswith(name)), 0.0)


def test_in_the_middle_of_a_reading(disk: Disk, tmp_path: Path, world: World, undisturbed: str) -> None:
    port = free_port()
    with Installation(disk.folder, settings={"metrics": f"127.0.0.1:{port}"}) as installation:
        runtime = installation.open()
        connect_archive(runtime, write(world, tmp_path / "box"), me=[world.owner.address])
        process = installation.start(*EMBEDDED)
        until(lambda: sightings(runtime))
        disk.fill()
        until(lambda: health(port) == "the disk is full\n")
        assert metric(port, 'keepwarm_ticks_total{outcome="the disk is full"}') > 0
        assert metric(port, "keepwarm_home_free_bytes") < 1e6
        refused = subprocess.run(
            [sys.executable, "-m", "worker", "status"],
            env=dict(installation.environment), capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert "Only 0.0 MB are left on the disk of" in refused.stderr
        assert '"reason": "the disk is full"' in Path(installation.log.name).read_text()
        kill(process)  # who is restarted on a full disk waits for room like everybody
        process = installation.start(*EMBEDDED)
        until(lambda: health(port) == "the disk is full\n")
        disk.free()
        until(lambda: health(port) == "well\n")
        until(lambda: settled(runtime))
        assert process.poll() is None
        assert exported(installation) == undisturbed
        runtime.engine.dispose()


def test_a_command_says_so_and_leaves_what_was_there(disk: Disk, tmp_path: Path, world: World) -> None:
    with Installation(disk.folder) as installation:
        runtime = installation.open()
        connected = connect_archive(runtime, write(world, tmp_path / "box"), me=[world.owner.address])
        sync(runtime, connected.user_id)
        before = disk.folder / "export.jsonl"
        before.write_text("of yesterday")
        disk.fill()
        for line in (["export", "interactions", "-o", str(before)], ["mute", "Anna Park"]):
            done = subprocess.run(
                [sys.executable, "-m", "worker", *line],
                env=dict(installation.environment), capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 1
            assert "disk is full" in done.stderr or "No space left on device" in done.stderr
        assert before.read_text() == "of yesterday"
        assert [path.name for path in disk.folder.iterdir() if "export" in path.name] == [before.name]
        disk.free()
        assert exported(installation)
        runtime.engine.dispose()


def test_a_lease_is_given_back_as_soon_as_there_is_room(disk: Disk) -> None:
    engine = open_database(f"sqlite:///{disk.folder / 'keepwarm.db'}")
    upgrade(engine)
    live(Runtime(Settings(), engine), [])

    def holder() -> str | None:
        with reading(engine) as connection:
            return connection.scalars(select(StreamState.leased_by)).one()

    with writing(engine) as connection:
        lease = take(connection, 1, "elsewhere:1:a:1", wall_clock())
        stale = lease.fence - 1
    disk.fill()
    with pytest.raises(OperationalError), writing(engine) as connection:
        connection.execute(insert(User).values(address="x" * 10_000_000, created_at=END))
    for fence in (stale, lease.fence):
        at_last(engine, partial(give_back, stream_id=1, fence=fence), LEASE)
    at_last(engine, partial(give_back, stream_id=1, fence=lease.fence), -LEASE)  # nobody waits for it
    assert holder() == "elsewhere:1:a:1"
    disk.free()
    until(lambda: holder() is None)
    engine.dispose()

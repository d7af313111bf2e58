"""PostgreSQL with Redis and with RabbitMQ, as real processes that are killed: the history stays exact."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from models.accounts import StreamState
from models.history import Interaction, Sighting
from models.people import Address
from tests.sandbox.mailbox import write
from tests.sandbox.world import World
from tests.services import redis
from tests.worker.queue.processes import FLEET, SCHEDULER, Installation, kill, until
from worker.accounts.connect_archive import connect_archive
from worker.app.runtime import Runtime
from worker.queue.due import due_users
from worker.service.one_shot import sync
from worker.storage.transactions import reading

END = datetime(2026, 11, 20, 18, tzinfo=UTC)
EXPORTS = [("interactions", "jsonl"), ("relationships", "csv")]


@pytest.fixture(scope="module")
def world() -> World:
    return World(5, until=END, mails=500)


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is exported after a run in one process that nothing happened to."""
    home = tmp_path_factory.mktemp("undisturbed")
    with Installation(home) as calm:
        runtime = calm.open()
        sync(runtime, connect_archive(runtime, write(world, home / "box"), me=[world.owner.address]).user_id)
        runtime.engine.dispose()
        return exports(calm)


def exports(installation: Installation) -> list[str]:
    return [installation.keepwarm("--now", END.isoformat(), "export", what, "--format", form) for what, form in EXPORTS]


def connect(installation: Installation, world: World) -> Runtime:
    runtime = installation.open()
    connect_archive(runtime, write(world, installation.home / "box"), me=[world.owner.address])
    return runtime


def count(runtime: Runtime, table: type[Sighting | Interaction]) -> int:
    with reading(runtime.engine) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def came(runtime: Runtime, wanted: int) -> bool:
    return count(runtime, Sighting) >= wanted


def settled(runtime: Runtime) -> bool:
    with reading(runtime.engine) as connection:
        known = connection.scalars(select(StreamState.unfinished)).all()
        return bool(
            known
            and not any(known)
            and not connection.scalar(select(func.count()).where(Address.touched))
            and not due_users(connection, runtime.clock())
        )


def test_a_worker_killed_in_the_middle(scaled: Installation, world: World, undisturbed: list[str]) -> None:
    runtime = connect(scaled, world)
    scheduler = scaled.start(*SCHEDULER)
    for wanted in (1, 200):  # during the first pages, and once more later
        worker = scaled.start(*FLEET)
        until(partial(came, runtime, wanted))
        kill(worker)
    kill(scheduler)
    scaled.start(*SCHEDULER)
    last = scaled.start(*FLEET)
    until(lambda: settled(runtime))
    assert exports(scaled) == undisturbed
    last.terminate()  # a worker that is asked to leave does so, and holds nothing
    assert last.wait(30) == 0
    with reading(runtime.engine) as connection:
        assert connection.scalars(select(StreamState.leased_by)).all() == [None] * 3
    runtime.engine.dispose()


def test_a_broker_that_lost_everything(postgresql: str, tmp_path: Path, world: World, undisturbed: list[str]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with redis() as server, Installation(home, postgresql, server.url) as scaled:
        runtime = connect(scaled, world)
        scaled.start(*SCHEDULER)
        until(lambda: server_knows(server.url))
        server.kill()  # before any worker is there: every message is lost
        server.start()
        scaled.start(*FLEET)
        until(lambda: count(runtime, Sighting) >= 1)
        server.kill()  # while they work
        server.start()
        until(lambda: settled(runtime))
        assert exports(scaled) == undisturbed
        runtime.engine.dispose()


def server_knows(url: str) -> bool:
    from redis import Redis as Client

    with Client.from_url(url) as client:
        return bool(client.keys("keepwarm:*"))

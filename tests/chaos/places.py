"""Three ways to run keepwarm, each on a small disk where one can be had."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from tests.chaos import disks
from tests.chaos.blows import Place
from tests.chaos.disks import Disk, small_disk
from tests.chaos.queues import RabbitQueues, RedisQueues
from tests.services import drop_database, postgres, rabbitmq, redis
from tests.worker.queue.processes import Installation

#: Megabytes of the disk that is filled: far more than a storm writes.
ROOM = 256


@contextmanager
def embedded(home: Path, settings: Mapping[str, object]) -> Iterator[Place]:
    """One process over SQLite, on a small disk."""
    with nullcontext() if disks.suppression_reason() else small_disk(home, ROOM) as disk:  # noqa: SIM117 - in this order
        with Installation(home, settings=settings) as installation:
            yield Place(installation, disk)


@contextmanager
def with_redis(home: Path, settings: Mapping[str, object]) -> Iterator[Place]:
    """PostgreSQL and Redis, which loses everything when it is killed."""
    with (
        small_database() as (url, disk),
        redis() as server,
        Installation(home, url, server.url, settings) as installation,
    ):
        yield Place(installation, disk, RedisQueues(server), url)


@contextmanager
def with_rabbitmq(home: Path, settings: Mapping[str, object]) -> Iterator[Place]:
    """PostgreSQL and RabbitMQ, whose queues are deleted."""
    with small_database() as (url, disk), rabbitmq() as queue, Installation(home, url, queue, settings) as installation:
        yield Place(installation, disk, RabbitQueues(queue), url)


@contextmanager
def database() -> Iterator[str]:
    """An empty PostgreSQL database of its own."""
    with small_database(room=0) as (url, _):
        yield url


@contextmanager
def small_database(room: int = ROOM) -> Iterator[tuple[str, Disk | None]]:
    """The same, on a disk of so many megabytes, if the server can see ours."""
    name = f"keepwarm_{uuid4().hex[:16]}"
    with postgres() as server, ExitStack() as stack:
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        stack.callback(engine.dispose)
        connection = stack.enter_context(engine.connect())
        owner = _owner(connection)
        disk, there = None, ""
        if room and owner is not None and not disks.suppression_reason():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="keepwarm-disk-")))
            folder.chmod(0o755)  # the server has to get there
            (folder / "disk").mkdir()
            disk = stack.enter_context(small_disk(folder / "disk", room))
            (folder / "disk" / "tables").mkdir()
            for path in (folder / "disk", folder / "disk" / "tables"):
                os.chown(path, owner, -1)
            connection.exec_driver_sql(f"CREATE TABLESPACE {name} LOCATION '{folder / 'disk' / 'tables'}'")
            stack.callback(connection.exec_driver_sql, f"DROP TABLESPACE {name}")
            there = f"TABLESPACE {name}"
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' {there}")
        stack.callback(drop_database, connection, name)
        if disk:
            stack.callback(disk.free)
        yield sa.make_url(server).set(database=name).render_as_string(hide_password=False), disk


def _owner(connection: sa.Connection) -> int | None:
    """Whose files the server's are; None if it is on another machine."""
    data = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
    return data.stat().st_uid if data.exists() else None


PLACES = {"sqlite": embedded, "redis": with_redis, "rabbitmq": with_rabbitmq}

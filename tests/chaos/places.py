"""Three ways to run keepwarm, each with what can be killed in it."""

import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pika
import sqlalchemy as sa

from tests.services import postgres, rabbitmq, redis
from tests.worker.queue.processes import EMBEDDED, FLEET, SCHEDULER, Installation, kill

#: What to do to whom.
Blows = Mapping[str, Callable[[], None]]


class Restarted:
    """A process that is there again as soon as it was killed."""

    def __init__(self, installation: Installation, line: tuple[str, ...]) -> None:
        self.installation = installation
        self.line = line
        self.process: subprocess.Popen[bytes] = installation.start(*line)

    def killed(self) -> None:
        kill(self.process)
        self.installation.processes.remove(self.process)
        self.process = self.installation.start(*self.line)


@contextmanager
def embedded(home: Path, settings: Mapping[str, object]) -> Iterator[tuple[Installation, Callable[[], Blows]]]:
    """One process over SQLite."""
    with Installation(home, settings=settings) as installation:

        def begin() -> Blows:
            return {"everything": Restarted(installation, EMBEDDED).killed}

        yield installation, begin


@contextmanager
def with_redis(home: Path, settings: Mapping[str, object]) -> Iterator[tuple[Installation, Callable[[], Blows]]]:
    """PostgreSQL and Redis, which loses everything when it is killed."""
    with database() as url, redis() as server, Installation(home, url, server.url, settings) as installation:

        def lose_the_queue() -> None:
            server.kill()
            server.start()

        yield installation, lambda: _scaled(installation, url, lose_the_queue)


@contextmanager
def with_rabbitmq(home: Path, settings: Mapping[str, object]) -> Iterator[tuple[Installation, Callable[[], Blows]]]:
    """PostgreSQL and RabbitMQ, whose queues are deleted."""
    with database() as url, rabbitmq() as queue, Installation(home, url, queue, settings) as installation:

        def lose_the_queue() -> None:
            with pika.BlockingConnection(pika.URLParameters(queue)) as connection:
                channel = connection.channel()
                for name in ("fetch", "fetch.DQ", "assess", "assess.DQ", "send", "send.DQ"):
                    channel.queue_delete(name)

        yield installation, lambda: _scaled(installation, url, lose_the_queue)


def _scaled(installation: Installation, url: str, lose_the_queue: Callable[[], None]) -> Blows:
    workers = [Restarted(installation, FLEET) for _ in range(2)]
    scheduler = Restarted(installation, SCHEDULER)

    def cut_the_lines() -> None:
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            connection.exec_driver_sql(ended)
        engine.dispose()

    return {
        "worker 1": workers[0].killed,
        "worker 2": workers[1].killed,
        "scheduler": scheduler.killed,
        "queue": lose_the_queue,
        "connections": cut_the_lines,
    }


@contextmanager
def database() -> Iterator[str]:
    """An empty PostgreSQL database of its own."""
    with postgres() as server:
        name = f"keepwarm_{uuid4().hex[:16]}"
        engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        engine.dispose()


PLACES = {"sqlite": embedded, "redis": with_redis, "rabbitmq": with_rabbitmq}

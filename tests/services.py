"""The servers some tests need: PostgreSQL, ours to start if only its programs are there."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

import pytest
import sqlalchemy as sa

#: A server that is there already, with trust for the loopback interface.
STANDING = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
#: The unprivileged user a server is started as where the tests run as root.
NOBODY = "nobody"


def leave_out() -> None:
    """Skip where a run leaves services out on purpose: their clocks are not its own (tests/ahead.py)."""
    if os.environ.get("KEEPWARM_WITHOUT_SERVICES") == "1":
        pytest.skip("this run leaves services out")


def missing(what: str) -> NoReturn:
    """Skip for want of a server, or fail where the checks promise that it is there."""
    if os.environ.get("KEEPWARM_REQUIRE_SERVICES") == "1":
        pytest.fail(f"KEEPWARM_REQUIRE_SERVICES=1, but {what}")
    pytest.skip(what)


def drop_database(connection: sa.Connection, name: str, tries: int = 5) -> None:
    """Drop a database of PostgreSQL's; whoever still uses it is thrown out, and gets a moment to go."""
    while True:
        tries -= 1
        try:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        except sa.exc.DBAPIError:
            if not tries:
                raise
            time.sleep(2)
        else:
            return


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server: KEEPWARM_TEST_POSTGRES, the one on port 5432, or one of our own."""
    leave_out()
    for url in filter(None, (os.environ.get("KEEPWARM_TEST_POSTGRES"), STANDING)):
        if _answers(url):
            yield url
            return
    programs = _programs()
    if programs is None:
        missing("no PostgreSQL answers on 127.0.0.1:5432 and its programs initdb and pg_ctl are not installed")
        return
    with tempfile.TemporaryDirectory(prefix="keepwarm-pg-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        cluster = place / "cluster"
        cluster.mkdir()
        port = free_port()
        if os.geteuid() == 0:
            shutil.chown(cluster, NOBODY)
        _run(programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off"
        _run(programs / "pg_ctl", "-D", cluster, "-o", options, "-l", cluster / "log", "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            _run(programs / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")


class Redis:
    """A Redis server of our own, which may be killed and started again; what it held is then lost."""

    def __init__(self) -> None:
        leave_out()
        program = shutil.which("redis-server")
        if program is None:
            missing("redis-server is not installed")
        self.command = [
            str(program),
            "--port",
            str(free_port()),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self.url = f"redis://127.0.0.1:{self.command[2]}/0"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", int(self.command[2])), timeout=1):
                return
            time.sleep(0.02)
        raise AssertionError("redis-server does not start")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def redis() -> Iterator[Redis]:
    """A Redis server of the test's own."""
    server = Redis()
    try:
        yield server
    finally:
        server.kill()


@contextmanager
def rabbitmq() -> Iterator[str]:
    """The URL of an empty virtual host of the RabbitMQ on port 5672, whose control program must be usable."""
    leave_out()
    control = shutil.which("rabbitmqctl")
    if control is None or not _listens(5672):
        missing("no RabbitMQ answers on 127.0.0.1:5672, or rabbitmqctl is not installed")
    name = f"keepwarm_{uuid4().hex[:12]}"
    made = subprocess.run([str(control), "add_vhost", name], cwd="/", capture_output=True, check=False)
    if made.returncode:
        missing("rabbitmqctl may not add a virtual host")
    try:
        allowed = [str(control), "set_permissions", "-p", name, "guest", ".*", ".*", ".*"]
        subprocess.run(allowed, cwd="/", check=True, stdout=subprocess.DEVNULL)
        yield f"amqp://guest:guest@127.0.0.1:5672/{name}"
    finally:
        subprocess.run([str(control), "delete_vhost", name], cwd="/", check=True, stdout=subprocess.DEVNULL)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _answers(url: str) -> bool:
    engine = sa.create_engine(url, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return True
    except sa.exc.OperationalError:
        return False
    finally:
        engine.dispose()


def _programs() -> Path | None:
    found = shutil.which("pg_ctl")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def _run(*command: str | Path) -> None:
    user = NOBODY if os.geteuid() == 0 else None
    subprocess.run([str(part) for part in command], check=True, user=user, cwd="/", stdout=subprocess.DEVNULL)

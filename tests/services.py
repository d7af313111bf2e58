"""The servers some tests need: PostgreSQL, ours to start if only its programs are there."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

#: A server that is there already, with trust for the loopback interface.
STANDING = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
#: The unprivileged user a server is started as where the tests run as root.
NOBODY = "nobody"


def missing(what: str) -> None:
    """Skip for want of a server, or fail where the checks promise that it is there."""
    if os.environ.get("KEEPWARM_REQUIRE_SERVICES") == "1":
        pytest.fail(f"KEEPWARM_REQUIRE_SERVICES=1, but {what}")
    pytest.skip(what)


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server: KEEPWARM_TEST_POSTGRES, the one on port 5432, or one of our own."""
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
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(cluster, NOBODY)
        _run(programs / "initdb", "-D", cluster, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-h 127.0.0.1 -p {port} -c unix_socket_directories='' -c fsync=off"
        _run(programs / "pg_ctl", "-D", cluster, "-o", options, "-l", cluster / "log", "-w", "start")
        try:
            yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
        finally:
            _run(programs / "pg_ctl", "-D", cluster, "-m", "immediate", "-w", "stop")


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

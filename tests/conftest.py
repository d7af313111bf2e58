"""What all tests share.

engine     an empty, migrated database: the test runs once on SQLite (a file) and once on PostgreSQL
sqlite     the same on SQLite only, for tests that say nothing about databases
postgresql the URL of an empty PostgreSQL database of the test's own

Hypothesis profiles: `dev` (default) is quick, `ci` looks harder: HYPOTHESIS_PROFILE=ci. Where CI is set, the examples are
the same in every run, as Hypothesis does by itself: what a change breaks is told from what chance finds.
"""

import ctypes
import gc
import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import Engine

from tests.reused import ReusedDatabase
from tests.services import drop_database, postgres
from worker.storage.engine import open_database
from worker.storage.migrations import upgrade

for profile, examples in (("dev", 25), ("ci", 150)):
    settings.register_profile(
        profile,
        max_examples=examples,
        deadline=None,
        derandomize=bool(os.environ.get("CI")),
        suppress_health_check=[HealthCheck.too_slow],
    )
SHARED = 0o022  # what a login shell of Debian has

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """A command run in this process keeps its files to itself from then on; other tests share theirs.

    Fixtures of a module or session are set up inside the first test that wants them, so they start from here, too.
    """
    os.umask(SHARED)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup() -> Generator[None, object, object]:
    """What one fixture closed for itself is open again for the next."""
    try:
        return (yield)
    finally:
        os.umask(SHARED)


@pytest.fixture(scope="module", autouse=True)
def _memory_is_given_back() -> Iterator[None]:
    """After each module, return what its mailboxes took: a worker that keeps every peak grows past a gigabyte."""
    yield
    gc.collect()
    with suppress(OSError, AttributeError):  # glibc alone has it
        ctypes.CDLL(None).malloc_trim(0)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres() as url:
        yield url


@pytest.fixture
def postgresql(postgres_server: str) -> Iterator[str]:
    name = f"keepwarm_{uuid4().hex[:16]}"
    server = sa.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    yield sa.make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        drop_database(connection, name)
    server.dispose()


@pytest.fixture(scope="session")
def reused(postgres_server: str) -> Iterator[ReusedDatabase]:
    database = ReusedDatabase(postgres_server)
    yield database
    database.drop()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    yield from _migrated(f"sqlite:///{tmp_path / 'keepwarm.db'}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind: without tables, or with all of them for a test that wants the `engine`, too."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'keepwarm.db'}"
    if "engine" in request.fixturenames:
        reused: ReusedDatabase = request.getfixturevalue("reused")
        return reused.empty()
    url: str = request.getfixturevalue("postgresql")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    yield from _migrated(database_url)


def _migrated(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    if engine.dialect.name == "sqlite":  # PostgreSQL's comes with its tables
        upgrade(engine)
    yield engine
    engine.dispose()

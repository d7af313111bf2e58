"""What SQLite knows of its rows after it was told to look: how many a user has, not how many it looked at."""

from typing import Any

import pytest
from sqlalchemy import event, insert, select
from sqlalchemy.engine import Engine

from models.people import Address
from tests.worker.ingest.home import Home
from worker.network.introductions.keep import AFFECTED
from worker.storage.engine import LOOKED_AT, tune
from worker.storage.transactions import writing


@pytest.fixture
def home(sqlite: Engine) -> Home:
    """Somebody with many more addresses than are looked at."""
    home = Home(sqlite)
    rows = [
        {"user_id": home.user, "number": n, "address": f"a{n}@far.example", "kind": "person"}
        for n in range(1, 10 * LOOKED_AT)
    ]
    with writing(sqlite) as connection:
        connection.execute(insert(Address), rows)
        tune(connection)
    return home


def plan(engine: Engine, statement: Any, parameters: dict[str, Any]) -> list[str]:
    """How a statement is answered."""
    asked: list[tuple[str, Any]] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, text, given, *_: asked.append((text, given)))
    with engine.connect() as connection:
        connection.execute(statement, parameters).all()
        text, given = asked[-1]
        return [step.detail for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given)]


def test_hundreds_of_many_addresses_are_looked_up_one_by_one(home: Home, sqlite: Engine) -> None:
    hundreds = [f"a{n}@far.example" for n in range(1, 2 * LOOKED_AT)]
    named = select(Address.kind).where(Address.user_id == home.user, Address.address.in_(hundreds))
    assert all("address=?" in step for step in plan(sqlite, named, {}))


def test_whom_an_introduction_may_affect_is_found_without_a_walk(home: Home, sqlite: Engine) -> None:
    hundreds = [f"a{n}@far.example" for n in range(1, 2 * LOOKED_AT)]
    steps = plan(sqlite, AFFECTED, {"user": home.user, "addresses": hundreds})
    assert [step for step in steps if "addresses" in step and step.endswith("(user_id=?)")] == []


@pytest.mark.usefixtures("home")
def test_looking_twice_gives_the_same(sqlite: Engine) -> None:
    statistics = "SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx"
    with writing(sqlite) as connection:
        first = connection.exec_driver_sql(statistics).all()
        tune(connection)
        assert connection.exec_driver_sql(statistics).all() == first

"""Every door tried: no GET changes a row, and no user sees or changes anything of another's, on both databases."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from models.tables import Base
from tests.worker.homes import ANNA, BEN, NOW, friendship, live, mail
from tests.worker.web.console.visitor import Visitor
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.web.console.app import doors
from worker.web.console.gate import Who

OTHER = "other@theirs.example"
#: What a form or an address may name, all of it of the first user.
NAMES: dict[str, Any] = {
    "who": ANNA.address, "person": ANNA.address, "address": ANNA.address, "other": BEN.address, "search": "Anna",
    "account": "archive:me@mine.example", "provider": "gmail", "what": "snooze", "kind": "snooze", "sure": "yes",
    "history": "erase", "subject": ANNA.address, "id": "1", "credential": "1", "change": "remove", "state": "x",
    "word": "x", "before": "2099-W01", "form": "jsonl", "day": "0", "hour": "7", "zone": "UTC", "budget": "5",
    "by": BEN.address, "quarter": "2026-Q3",
}  # fmt: skip


def rows(engine: Engine, user: int | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, or those of one user."""
    found = {}
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            column = table.c.id if table.name == "users" else table.c.get("user_id")
            if user is not None and column is None:
                continue
            wanted = sa.select(table)
            if column is not None and user is not None:
                wanted = wanted.where(column == user)
            found[table.name] = sorted(map(tuple, connection.execute(wanted)), key=repr)
    return found


@pytest.fixture
def runtime(engine: Engine, tmp_path: Any) -> Runtime:
    settings = Settings(home=tmp_path, _env_file=None)  # type: ignore[call-arg]  # pydantic's own
    return Runtime(settings, engine, lambda: NOW)


def asked(path: str) -> str:
    return f"{path}?" + "&".join(f"{name}={value}" for name, value in NAMES.items() if name != "state")


def test_no_get_changes_anything(runtime: Runtime) -> None:
    visitor = Visitor(runtime).sign_in(live(runtime, friendship()))
    before = rows(runtime.engine)
    paths = [door.path for door in doors() if door.method == "GET"]
    assert len(paths) >= 15
    for path in paths:
        for _ in range(2):
            assert visitor.get(asked(path)).status_code < 500, path
        assert visitor.client.head(path).status_code < 500, path
    assert rows(runtime.engine) == before


def test_every_door_says_who_may_pass_it(runtime: Runtime) -> None:
    live(runtime, friendship())
    stranger = Visitor(runtime)
    for door in doors():
        answer = stranger.get(asked(door.path)) if door.method == "GET" else stranger.post(door.path, csrf="", **NAMES)
        if door.who is not Who.ANYBODY:
            assert answer.status_code == (303 if door.method == "GET" else 401), door.path
        assert ANNA.name not in answer.text


def test_nobody_sees_or_changes_what_is_anothers(runtime: Runtime) -> None:
    first = live(runtime, friendship())
    second = live(runtime, [mail(5000, BEN, BEN, days=3)], me=OTHER)
    visitor = Visitor(runtime).sign_in(second)
    before = rows(runtime.engine, first)
    for door in doors():
        if door.path == "/leave":
            continue
        answer = visitor.get(asked(door.path)) if door.method == "GET" else visitor.post(door.path, **NAMES)
        assert answer.status_code < 500, door.path
        assert ANNA.name not in answer.text, door.path
        assert "Plans" not in answer.text, door.path
        if door.who is Who.ADMIN:
            assert answer.status_code == 403, door.path
    assert rows(runtime.engine, first) == before


def test_an_admin_sees_health_and_no_names(runtime: Runtime) -> None:
    visitor = Visitor(runtime).sign_in(live(runtime, friendship()))
    live(runtime, [mail(5000, BEN, BEN, days=3)], me=OTHER)
    page = visitor.get("/admin").text
    assert OTHER in page
    assert ANNA.name not in page
    assert ANNA.address not in page

"""From one kind of database to the other and back: every row, and the next one finds its number."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Engine

from models.enums import Provider
from models.tables import Base
from tests.worker.homes import NOW, friendship, live
from worker.accounts.store import ensure_account, keep_secret
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.storage.copying import PASSING, NotEmpty, copy
from worker.storage.engine import open_database
from worker.storage.migrations import upgrade
from worker.storage.transactions import reading, writing


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
            if table.name not in PASSING
        }


@pytest.mark.parametrize("way", ["sqlite to postgresql", "postgresql to sqlite"])
def test_everything_arrives_and_goes_on(way: str, postgresql: str, tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / 'old.db'}", postgresql]
    old, new = (open_database(url) for url in (urls if way.startswith("sqlite") else urls[::-1]))
    runtime = Runtime(Settings(home=tmp_path), old, lambda: NOW)
    upgrade(old)
    user = live(runtime, friendship())
    with writing(old) as connection:
        account = ensure_account(connection, user, Provider.GMAIL, "me@mine.example", runtime)
    keep_secret(runtime, account, "a token")
    counts = copy(old, new)
    assert rows(new) == rows(old)
    assert counts["interactions"] == len(friendship())
    with writing(new) as connection:
        assert add_user(connection, "second@mine.example", NOW) > user
    with pytest.raises(NotEmpty, match="not_empty"):
        copy(old, new)
    old.dispose()
    new.dispose()

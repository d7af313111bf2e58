"""What has come to its end goes, with the clock alone; the history, and what keeps a digest from repeating, stays."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Engine

from models.accounts import Account, Lock, StreamState
from models.base import Base
from models.history import Interaction
from models.judgement import DigestLine, StoredDigest
from models.tables import Failure
from tests.worker.clock import Clock
from tests.worker.digest.postbox import Postbox, serving
from tests.worker.homes import NOW, friendship, live
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.digest.compose import compose
from worker.digest.deliver.send import Sent, send, send_due
from worker.digest.history import note
from worker.queue.dead_letters import failed, task
from worker.queue.dead_letters import note as mark_deleted
from worker.service.maintenance import Maintenance
from worker.storage.retention import ENDING, STAYING
from worker.storage.transactions import reading, writing

DAY = timedelta(days=1)
MONDAY = datetime.fromisoformat("2026-11-23T07:00+00:00")
RUN_BOOK = (Path(__file__).parents[3] / "deploy" / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def runtime(engine: Engine, clock: Clock, box: Postbox, tmp_path: Path) -> Iterator[Runtime]:
    with serving(box) as port:
        yield Runtime(Settings(home=tmp_path, smtp_url=SecretStr(f"smtp://127.0.0.1:{port}")), engine, clock)


def rows(runtime: Runtime, table: type[Base]) -> int:
    with reading(runtime.engine) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_every_table_has_an_end_or_a_reason_to_stay() -> None:
    assert ENDING.keys() | STAYING.keys() == {table.name for table in Base.metadata.sorted_tables}
    assert not ENDING.keys() & STAYING.keys()


def test_the_run_book_says_the_same() -> None:
    documented = re.findall(r"^\| (.+) \| (\d+) \| (.+) \|$", RUN_BOOK, re.MULTILINE)
    assert documented == [(kept.what, str(kept.span.days), kept.why) for kept in ENDING.values()]


def test_the_text_of_a_digest_goes_and_it_is_still_sent_only_once(runtime: Runtime, clock: Clock, box: Postbox) -> None:
    user = live(runtime, friendship())
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(synced_at=MONDAY + DAY))
        connection.execute(update(Account).values(connected_at=NOW - 7 * DAY))
    clock.now = MONDAY
    assert send_due(runtime, user, compose, note) is Sent.SENT
    named, history = rows(runtime, DigestLine), rows(runtime, Interaction)
    upkeep = Maintenance(runtime)

    clock.now = MONDAY + ENDING["digests"].span
    upkeep.step()
    with reading(runtime.engine) as connection:
        assert connection.scalar(select(StoredDigest.document))
    clock.now += DAY
    upkeep.step()

    with reading(runtime.engine) as connection:
        digest = connection.execute(
            select(StoredDigest.period, StoredDigest.document, StoredDigest.sent_at, StoredDigest.message_id)
        ).one()
    assert (digest.document, digest.sent_at, digest.message_id) == (None, MONDAY, box.mails[0]["Message-ID"])
    assert send(runtime, user, digest.period, compose, note) is Sent.ALREADY
    assert len(box.mails) == 1
    assert (rows(runtime, DigestLine), rows(runtime, Interaction)) == (named, history)
    assert history == len(friendship())


def test_a_digest_that_could_not_be_sent_stays_until_it_can(runtime: Runtime, clock: Clock) -> None:
    user = live(runtime, friendship())
    with writing(runtime.engine) as connection:
        connection.execute(
            insert(StoredDigest).values(user_id=user, period="2026-W40", made_at=NOW, document=b"a mail")
        )
    clock.now = NOW + 10 * ENDING["digests"].span
    Maintenance(runtime).step()
    with reading(runtime.engine) as connection:
        assert connection.scalar(select(StoredDigest.document)) == b"a mail"


def test_dead_letters_go_when_nothing_asks_for_them_any_more(runtime: Runtime, clock: Clock) -> None:
    user = live(runtime, friendship())
    upkeep = Maintenance(runtime)

    def fails(actor: str) -> None:
        with writing(runtime.engine) as connection:
            mark_deleted(connection, task(actor, user), "ValueError", clock.now)

    fails("keepwarm.read")
    fails("keepwarm.recompute")
    for _ in range(31):
        clock.now += DAY
        fails("keepwarm.recompute")
        upkeep.step()
    with reading(runtime.engine) as connection:
        assert [one.actor for one in failed(connection, user)] == ["keepwarm.recompute"]
    assert rows(runtime, Failure) == 1


def test_turns_that_ran_out_go(runtime: Runtime, clock: Clock) -> None:
    with writing(runtime.engine) as connection:
        for name, until in (("settle:1", NOW), ("settle:2", NOW + DAY)):
            connection.execute(insert(Lock).values(name=name, held_by="elsewhere:1:x:1", until=until))
    clock.now = NOW + DAY + timedelta(hours=1)
    Maintenance(runtime).step()
    with reading(runtime.engine) as connection:
        assert connection.scalars(select(Lock.name)).all() == ["settle:2"]

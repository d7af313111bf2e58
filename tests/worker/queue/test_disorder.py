"""The queue of one process gives every message twice, late and in any order: the history comes out the same."""

import io
import random
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from dramatiq import Message, Worker
from dramatiq.brokers.stub import StubBroker
from sqlalchemy import func, select

from models.accounts import StreamState
from tests.sandbox.mailbox import write as write_mailbox
from tests.sandbox.world import World
from tests.worker.queue.processes import until
from worker.accounts.connect_archive import connect_archive
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.export.formats.text import Format, write
from worker.export.rows import interactions, relationships
from worker.export.rows.scope import Scope
from worker.judgement.keep.basis import RulesSource
from worker.queue.broker import middleware
from worker.queue.due import due_users
from worker.service.actors import register
from worker.service.one_shot import sync
from worker.service.schedule import tick
from worker.storage.engine import open_database
from worker.storage.migrations import upgrade
from worker.storage.transactions import reading

END = datetime(2026, 11, 20, 18, tzinfo=UTC)
#: Messages that are held back at any time.
HELD = 6


class Disorderly(StubBroker):
    """Hands on two of each message, in any order, and the last few only when others have come."""

    def __init__(self, seed: int) -> None:
        super().__init__(middleware=middleware())
        self.chance = random.Random(seed)
        self.delayed: list[tuple[Message[Any], int | None]] = []
        self.lock = Lock()
        self.handed_on = self.out_of_turn = 0

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        with self.lock:
            self.delayed += [(message, delay), (message, delay)]
            while len(self.delayed) > HELD:
                place = self.chance.randrange(len(self.delayed))
                self.out_of_turn += place > 0
                self.handed_on += 1
                late, after = self.delayed.pop(place)
                super().enqueue(late, delay=after)
        return message


def exported(runtime: Runtime, user: int) -> bytes:
    out = io.BytesIO()
    with reading(runtime.engine) as connection:
        write(interactions.interactions(connection, Scope(user, END)), interactions.COLUMNS, Format.JSONL, out)
        judged = relationships.relationships(connection, Scope(user, END), RulesSource(runtime.settings.rules))
        write(judged, relationships.COLUMNS, Format.JSONL, out)
    return out.getvalue()


def home(place: Path, name: str, box: list[Path]) -> tuple[Runtime, int]:
    (place / name).mkdir()
    engine = open_database(f"sqlite:///{place / name / 'keepwarm.db'}")
    upgrade(engine)
    runtime = Runtime(Settings(home=place / name, _env_file=None), engine)  # type: ignore[call-arg]  # pydantic's own
    return runtime, connect_archive(runtime, box, me=["mira@halvorsen-advisory.example"]).user_id


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_messages_twice_and_in_any_order(tmp_path: Path, seed: int) -> None:
    world = World(5, until=END, mails=300)
    box = write_mailbox(world, tmp_path / "box")
    calm, same = home(tmp_path, "calm", box)
    sync(calm, same)
    runtime, user = home(tmp_path, "disorder", box)
    broker = Disorderly(seed)
    actors = register(broker, runtime)
    worker = Worker(broker, worker_timeout=20, worker_threads=4)
    worker.start()

    def in_order() -> bool:
        tick(runtime, broker, actors, "one")
        with reading(runtime.engine) as connection:
            known, read = connection.execute(
                select(func.count(), func.count(StreamState.synced_at)).where(~StreamState.unfinished)
            ).one()
            return bool(known == 3 == read and not due_users(connection, runtime.clock()))

    until(in_order)
    worker.stop()
    assert broker.handed_on > HELD
    assert broker.out_of_turn
    assert exported(runtime, user) == exported(calm, same)
    calm.engine.dispose()
    runtime.engine.dispose()

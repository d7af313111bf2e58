"""No account starves behind a large backfill: it is read in turns, and what is new elsewhere goes first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import pytest
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker
from sqlalchemy import select, update

from models.accounts import Account, StreamState
from models.enums import Provider
from tests.connectors.gmail.accounts import granted
from tests.sandbox.bulk import bulk
from tests.sandbox.google.fill import happen
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.http import Request, Response
from tests.sandbox.people import OWNER
from tests.worker.homes import NOW
from worker.accounts.store import ensure_account, keep_secret
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.queue.broker import ASSESS, BACKFILL, FETCH, middleware
from worker.service.actors import SPAN, Actors, register
from worker.service.schedule import tick
from worker.storage.transactions import reading, writing

LARGE, SMALL = 1500, 30


class Overheard(GoogleSandbox):
    """Remembers whose mail was asked for, in order."""

    def __init__(self, mailboxes: Sequence[GoogleMailbox]) -> None:
        super().__init__(mailboxes, checked=False)
        self.quota.limits = dict.fromkeys(self.quota.limits, 10**9)
        self.heard: list[str] = []

    def answer(self, request: Request) -> Response:
        if not request.path.startswith(("/token", "/calendar")):
            self.heard.append(self.authorization.allowed(request).address)
        return super().answer(request)


@pytest.fixture
def google() -> Iterator[Overheard]:
    boxes = [GoogleMailbox(f"{name}@load.example", seed=n) for n, name in enumerate(("large", "one", "two", "three"))]
    for n, box in enumerate(boxes):
        happen(box, bulk(n, SMALL if n else LARGE, until=NOW), [], own={OWNER.address})
    with Overheard(boxes) as sandbox:
        yield sandbox


@pytest.fixture
def runtime(google: Overheard, tmp_path: Path) -> Iterator[Runtime]:
    named = {"home": tmp_path, "google_units_per_minute": 10**9, **google.settings()}
    runtime = open_runtime(Settings.model_validate(named), lambda: NOW)
    with writing(runtime.engine) as connection:
        accounts = {
            address: ensure_account(connection, add_user(connection, address, NOW), Provider.GMAIL, address, runtime)
            for address in google.mailboxes
        }
    for address, account in accounts.items():
        keep_secret(runtime, account, granted(google, address))
    yield runtime
    runtime.engine.dispose()


@contextmanager
def one_thread(runtime: Runtime, span: float = SPAN) -> Iterator[tuple[StubBroker, Actors]]:
    broker = StubBroker(middleware=middleware())
    actors = register(broker, runtime, span)
    worker = Worker(broker, worker_threads=1, worker_timeout=50)
    worker.start()
    try:
        yield broker, actors
    finally:
        worker.stop()
        broker.close()


def work_off(broker: StubBroker) -> None:
    while any(broker.queues[queue].unfinished_tasks for queue in (FETCH, BACKFILL, ASSESS)):
        for queue in (FETCH, BACKFILL, ASSESS):
            broker.join(queue)


def test_the_first_readings_of_small_accounts_are_over_long_before_that_of_a_large_one(
    runtime: Runtime, google: Overheard
) -> None:
    with one_thread(runtime, span=0) as (broker, actors):  # a page a turn: the rule without its seconds
        tick(runtime, broker, actors, "scheduler")
        work_off(broker)
    turns = [name for name, _ in groupby(google.heard)]
    everybody = list(google.mailboxes)
    assert turns[:8] == everybody * 2  # nobody waits for more than one turn of another
    assert set(turns[8:]) == {"large@load.example"}
    assert google.heard[::-1].index("three@load.example") >= 4  # pages that nobody waited for


def test_what_is_new_goes_before_what_takes_long(runtime: Runtime, google: Overheard) -> None:
    with one_thread(runtime) as (broker, actors):
        tick(runtime, broker, actors, "scheduler")
        work_off(broker)
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(due_at=NOW - timedelta(seconds=1), asked_at=None))
        large = select(Account.id).where(Account.address == "large@load.example").scalar_subquery()
        afresh = {"cursor": None, "unfinished": True, "due_at": NOW - timedelta(hours=1)}  # it has waited longest
        connection.execute(update(StreamState).where(StreamState.account_id == large).values(**afresh))
    google.heard.clear()
    broker = StubBroker(middleware=middleware())
    actors = register(broker, runtime)
    tick(runtime, broker, actors, "scheduler")  # everything waits before anybody works
    worker = Worker(broker, worker_threads=1, worker_timeout=50)
    worker.start()
    work_off(broker)
    worker.stop()
    broker.close()
    with reading(runtime.engine) as connection:
        assert not connection.scalars(select(StreamState.id).where(StreamState.unfinished)).all()
    first = google.heard.index("large@load.example")
    assert {*google.heard[:first]} == google.mailboxes.keys() - {"large@load.example"}
    assert {*google.heard[first:]} == {"large@load.example"}

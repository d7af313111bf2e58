"""What is due, asked of the database: two schedulers, stale leases, messages that come twice, and dead letters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import Retries
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Engine

from models.accounts import Account, Lock, StreamState, User
from models.enums import Provider
from models.failures import Failure
from models.people import Person
from tests.worker.clock import Clock
from tests.worker.homes import ME, NOW, friendship, live
from worker.accounts.connect_archive import connect_archive
from worker.accounts.store import ensure_account
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.queue.broker import ASSESS, BACKFILL, FETCH, QUEUES, Leaving, waiting
from worker.queue.dead_letters import failed, note, recently_failed, replay, task
from worker.queue.due import accept, ask_again, ask_on, ask_streams
from worker.queue.leases import AT_ONCE, LEASE, release_dead, take
from worker.queue.worker_id import BORN, is_gone, worker_id
from worker.service.actors import Actors, register
from worker.service.schedule import HELD_FOR, tick
from worker.storage.transactions import reading, writing

LETTER = (
    "From x\nFrom: Ben <ben@south.example>\nTo: me@mine.example\nDate: Fri, 13 Nov 2026 09:00:00 +0000\n"
    "Message-ID: <1@south.example>\nSubject: Hello\n\n"
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runtime(engine: Engine, clock: Clock, tmp_path: Path) -> Runtime:
    return Runtime(Settings(home=tmp_path, _env_file=None), engine, clock)  # type: ignore[call-arg]  # pydantic's own


@pytest.fixture
def queue(runtime: Runtime) -> tuple[StubBroker, Actors]:
    broker = StubBroker(middleware=[Leaving(), Retries(max_retries=1, min_backoff=1)])
    return broker, register(broker, runtime)


def to_read(broker: StubBroker) -> int:
    return waiting(broker, FETCH) + waiting(broker, BACKFILL)


def work_off(broker: StubBroker) -> None:
    """Wait until nothing is queued; what failed for good is left to the test."""
    while any(broker.queues[queue].unfinished_tasks for queue in QUEUES):
        for queue in QUEUES:
            broker.join(queue, fail_fast=False)


@contextmanager
def working(broker: StubBroker) -> Iterator[None]:
    worker = Worker(broker, worker_timeout=20, worker_threads=2)
    worker.start()
    yield
    worker.stop()


def streams(runtime: Runtime, count: int, kind: str = "file") -> list[int]:
    """A user whose one archive has so many streams that were never read."""
    user = live(runtime, [])
    values = {
        "kind": kind,
        "round": 0,
        "sweeping": False,
        "unfinished": True,
        "failures": 0,
        "retired": False,
        "fence": 0,
        "interval": 120,
    }
    with writing(runtime.engine) as connection:
        account = ensure_account(connection, user, Provider.MEMORY, ME, runtime)
        rows = [
            {**values, "user_id": user, "account_id": account, "name": str(n), "title": str(n)} for n in range(count)
        ]
        return list(connection.scalars(insert(StreamState).returning(StreamState.id), rows))


def test_one_scheduler_at_a_time(runtime: Runtime, queue: tuple[StubBroker, Actors], clock: Clock) -> None:
    broker, actors = queue
    streams(runtime, 2)
    assert tick(runtime, broker, actors, "one") is not None
    assert tick(runtime, broker, actors, "two") is None
    clock.now += HELD_FOR - timedelta(seconds=1)
    assert tick(runtime, broker, actors, "one") is not None  # who is alive keeps the turn
    clock.now += HELD_FOR
    assert tick(runtime, broker, actors, "two") is not None  # who is not heard of loses it
    assert tick(runtime, broker, actors, "one") is None


def test_a_scheduler_that_died_here_is_not_waited_for(runtime: Runtime, queue: tuple[StubBroker, Actors]) -> None:
    broker, actors = queue
    former = worker_id().replace(BORN, "former00")
    assert tick(runtime, broker, actors, former) is not None
    assert tick(runtime, broker, actors, worker_id()) is not None
    with reading(runtime.engine) as connection:
        assert connection.scalars(select(Lock.held_by)).all() == [worker_id()]


def test_only_the_dead_of_this_machine_are_known_to_be_dead() -> None:
    host, pid, _, thread = worker_id().split(":")
    assert is_gone(f"{host}:{pid}:other:{thread}")  # this number was another process before
    assert is_gone(f"{host}:{2**22 + 5}:x:1")
    assert not is_gone(worker_id())
    assert not is_gone(f"{host}:1:x:1")
    assert not is_gone("elsewhere:4194309:x:1")
    assert not is_gone("nonsense")


def test_everything_due_is_found_again_within_one_tick_when_the_queue_was_lost(
    runtime: Runtime, queue: tuple[StubBroker, Actors], clock: Clock
) -> None:
    broker, actors = queue
    streams(runtime, 5)
    tick(runtime, broker, actors, "one")
    found = to_read(broker)
    assert found >= 5
    clock.now += timedelta(seconds=15)
    tick(runtime, broker, actors, "one")
    assert to_read(broker) - found <= 2  # what waits is not asked for again (accounts are)
    broker.flush_all()
    clock.now += timedelta(seconds=15)
    tick(runtime, broker, actors, "one")
    assert to_read(broker) == found


def test_what_a_clock_asked_in_a_future_that_did_not_come_is_asked_again(
    runtime: Runtime, queue: tuple[StubBroker, Actors], clock: Clock
) -> None:
    broker, actors = queue
    streams(runtime, 5)
    clock.now += timedelta(minutes=15)
    tick(runtime, broker, actors, "one")
    found = to_read(broker)
    broker.flush_all()
    clock.now -= timedelta(minutes=15)  # it was set right
    tick(runtime, broker, actors, "one")
    assert to_read(broker) == found


def test_what_a_clock_noted_that_was_a_year_ahead_is_forgotten(
    runtime: Runtime, queue: tuple[StubBroker, Actors], clock: Clock, tmp_path: Path
) -> None:
    broker, actors = queue
    box = tmp_path / "one.mbox"
    box.write_text(LETTER)
    connect_archive(runtime, [box], me=[ME])
    right = clock.now

    def works() -> datetime | None:
        with working(broker):
            tick(runtime, broker, actors, "one")
            work_off(broker)
        with reading(runtime.engine) as connection:
            return connection.scalars(select(StreamState.synced_at)).one()

    clock.now += timedelta(days=365)
    assert works() == clock.now
    clock.now = right
    assert works() == right  # read again at once, not in a year
    with reading(runtime.engine) as connection:
        dues = connection.scalars(select(Person.due_at)).all()
        assert dues
        assert all(due is not None and due - right < timedelta(days=32) for due in dues)
        known = connection.execute(
            select(StreamState.due_at, StreamState.began_at, Account.discovered_at).join(Account)
        )
        assert all(at is None or at <= right + timedelta(hours=1) for row in known for at in row)


def test_who_still_waits_to_be_settled_is_not_asked_for_again(
    runtime: Runtime, queue: tuple[StubBroker, Actors], clock: Clock
) -> None:
    broker, actors = queue
    live(runtime, friendship())
    clock.now += timedelta(days=400)  # everybody is due
    for _ in range(3):
        tick(runtime, broker, actors, "one")
        assert waiting(broker, ASSESS) == 1
    broker.flush_all()
    tick(runtime, broker, actors, "one")
    assert waiting(broker, ASSESS) == 1


def test_messages_that_come_twice_do_not_breed(runtime: Runtime) -> None:
    (stream,) = streams(runtime, 1)
    with writing(runtime.engine) as connection:
        assert accept(connection, stream, 0, NOW) is None  # nobody asked
        first = ask_streams(connection, NOW)
        assert ask_streams(connection, NOW, lost=True) == first
        assert accept(connection, stream, first[0].generation, NOW)
        assert accept(connection, stream, first[0].generation, NOW) is None  # the twin
        following = ask_on(connection, stream, NOW)
        assert following is not None
        assert accept(connection, stream, first[0].generation, NOW) is None  # a late one, while the next is asked for
        assert accept(connection, stream, following, NOW)
        ask_again(connection, stream, following, NOW)  # it went wrong
        assert accept(connection, stream, following, NOW)


def test_what_is_not_due_is_not_read(runtime: Runtime) -> None:
    (stream,) = streams(runtime, 1)
    with writing(runtime.engine) as connection:
        turn = ask_on(connection, stream, NOW)
        assert turn is not None
        connection.execute(update(StreamState).values(due_at=NOW + timedelta(seconds=1)))
        assert accept(connection, stream, turn, NOW) is None
        assert accept(connection, stream, turn, NOW + timedelta(seconds=1))


def test_a_lease_runs_out_and_its_former_holder_is_fenced_off(runtime: Runtime) -> None:
    (stream,) = streams(runtime, 1)
    with writing(runtime.engine) as connection:
        first = take(connection, stream, "elsewhere:1:a:1", NOW)
        assert take(connection, stream, "elsewhere:2:b:1", NOW + LEASE - timedelta(seconds=1)) is None
        second = take(connection, stream, "elsewhere:2:b:1", NOW + LEASE)
        assert second.fence > first.fence


def test_the_lease_of_a_worker_that_died_here_ends_with_it(runtime: Runtime) -> None:
    (stream,) = streams(runtime, 1)
    with writing(runtime.engine) as connection:
        first = take(connection, stream, worker_id().replace(BORN, "former00"), NOW)
        release_dead(connection, NOW)
        second = take(connection, stream, worker_id(), NOW)
        assert second.fence > first.fence
        release_dead(connection, NOW)
        assert take(connection, stream, "elsewhere:2:b:1", NOW) is None  # the living keep theirs


def test_no_account_is_read_by_more_than_its_provider_likes(runtime: Runtime) -> None:
    found = streams(runtime, AT_ONCE + 1)
    with writing(runtime.engine) as connection:
        assert all(take(connection, stream, f"w:{n}:x:1", NOW) for n, stream in enumerate(found[:AT_ONCE]))
        assert take(connection, found[-1], "w:9:x:1", NOW) is None


def test_what_fails_for_good_is_listed_held_back_and_replayed(
    runtime: Runtime, queue: tuple[StubBroker, Actors], clock: Clock
) -> None:
    broker, actors = queue
    (stream,) = streams(runtime, 1, kind="no such kind")
    with working(broker):
        tick(runtime, broker, actors, "one")
        work_off(broker)
        with reading(runtime.engine) as connection:
            digest = next(one for one in failed(connection) if one.actor == "keepwarm.backfill")
            assert task(digest.actor, stream, 1) in recently_failed(connection, clock.now)
            assert failed(connection, 1) == failed(connection)
            assert failed(connection, 2) == []
        # the kind of error and its place in our code, not its text: that may quote what a mail says
        assert digest.error.startswith("ValueError at worker/sync/stream.py")
        assert "no such kind" not in digest.error
        assert digest.times == 1
        tick(runtime, broker, actors, "one")  # held back: nothing happens
        work_off(broker)
        clock.now = digest.again_at
        tick(runtime, broker, actors, "one")
        work_off(broker)
        with writing(runtime.engine) as connection:
            again = next(one for one in failed(connection) if one.actor == "keepwarm.backfill")
            assert (again.times, again.first_at) == (2, digest.first_at)
            assert again.again_at - clock.now == 2 * (digest.again_at - NOW)
            assert replay(connection, 2) == 0
            assert replay(connection, 1) >= 1
            assert recently_failed(connection, clock.now) == set()


def test_what_succeeds_at_last_is_struck_off(runtime: Runtime, queue: tuple[StubBroker, Actors]) -> None:
    broker, actors = queue
    user = live(runtime, friendship())
    with writing(runtime.engine) as connection:
        connection.execute(
            insert(Failure).values(
                actor="keepwarm.recompute", subject=f"[{user}]", user_id=user, error="ValueError", times=3,
                first_at=NOW, last_at=NOW, again_at=NOW,
            )
        )  # fmt: skip
    with working(broker):
        actors.recompute.send(user)
        broker.join("assess")
    with reading(runtime.engine) as connection:
        assert failed(connection) == []


def test_the_turn_at_an_archive_is_done_once_and_settled(
    runtime: Runtime, queue: tuple[StubBroker, Actors], tmp_path: Path
) -> None:
    broker, actors = queue
    box = tmp_path / "one.mbox"
    box.write_text(LETTER)
    connected = connect_archive(runtime, [box], me=[ME])
    with working(broker):
        tick(runtime, broker, actors, "one")
        work_off(broker)
    with reading(runtime.engine) as connection:
        row = connection.execute(select(StreamState.unfinished, StreamState.leased_by, StreamState.asked_at)).one()
        assert tuple(row) == (False, None, None)
        assert connection.scalars(select(Lock.name)).all() == ["schedule"]
    assert connected.streams == 1


def test_a_failure_belongs_to_the_user_it_was_for(runtime: Runtime, queue: tuple[StubBroker, Actors]) -> None:
    _, actors = queue
    with writing(runtime.engine) as connection:
        add_user(connection, "first@mine.example", NOW)
    (stream,) = streams(runtime, 1)
    with writing(runtime.engine) as connection:
        account, user = connection.execute(
            select(StreamState.account_id, StreamState.user_id).where(StreamState.id == stream)
        ).one()
        ids = {
            "discover": account,
            "read": stream,
            "backfill": stream,
            "audit": stream,
            "recompute": user,
            "digest": user,
            "tell": user,
        }
        ids["subscribe"] = account
        of_nobody = {"organization"}  # it is an installation's, not a person's
        assert {
            field.name for field in fields(actors)
        } == ids.keys() | of_nobody  # whoever adds an actor says whose its work is
        for name, first in ids.items():
            note(connection, task(f"keepwarm.{name}", first), "ValueError", NOW)
        assert len(failed(connection, user)) == len(ids)
        connection.execute(delete(User).where(User.id == user))
        assert failed(connection) == []
        note(connection, task("keepwarm.recompute", user), "ValueError", NOW)  # it was at work when the user went
        assert failed(connection, user) == []

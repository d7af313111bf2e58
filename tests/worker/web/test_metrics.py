"""What an operator sees: counts that agree with the database, a health that turns, and no address anywhere."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from dramatiq import Worker
from dramatiq.brokers.stub import StubBroker
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, update
from sqlalchemy.engine import Engine

from connectors.gmail.rate_limit import RateLimits, Units
from models.accounts import Account, StreamState
from models.failures import Failure
from models.judgement import StoredDigest
from tests.services import free_port
from tests.worker.homes import ME, NOW, friendship, live
from worker.accounts.connect_archive import connect_archive
from worker.accounts.open_connectors import OpenConnectors
from worker.app.metrics import MESSAGES, PAGES, RECORDS
from worker.app.runtime import Runtime
from worker.app.settings import Settings
from worker.queue.broker import QUEUES, middleware
from worker.service.actors import register
from worker.service.run import Pulse
from worker.storage.engine import open_database
from worker.storage.transactions import writing
from worker.web.database_metrics import DatabaseMetrics
from worker.web.quota_metrics import Spending
from worker.web.server import EndpointBusy, served

Scraped = dict[str, dict[tuple[str, ...], float]]


@pytest.fixture
def broker() -> StubBroker:
    return StubBroker(middleware=middleware())


@pytest.fixture
def runtime(engine: Engine, tmp_path: Path) -> Runtime:
    return Runtime(Settings(home=tmp_path), engine, lambda: NOW + timedelta(hours=1))


@pytest.fixture
def address(runtime: Runtime, broker: StubBroker) -> Iterator[str]:
    register(broker, runtime)
    registry = CollectorRegistry()
    registry.register(DatabaseMetrics(runtime, broker))
    with served(f"127.0.0.1:{free_port()}", registry, lambda: "") as port:
        yield f"http://127.0.0.1:{port}"


def get(address: str) -> str:
    with urllib.request.urlopen(address, timeout=10) as page:
        return str(page.read().decode())


def scraped(address: str) -> Scraped:
    return {
        family.name: {
            tuple(text for _, text in sorted(one.labels.items())): one.value
            for one in family.samples
            if not one.name.endswith("_created")
        }
        for family in text_string_to_metric_families(get(f"{address}/metrics"))
    }


def test_the_database_is_counted_without_naming_anybody(runtime: Runtime, address: str) -> None:
    user = live(runtime, friendship())
    with writing(runtime.engine) as connection:
        connection.execute(update(StreamState).values(synced_at=NOW, failures=7))
        connection.execute(update(Account).values(state="needs_person"))
        connection.execute(
            insert(Failure).values(
                actor="keepwarm.read", subject="[1, 1]", user_id=user, error="ValueError", times=4,
                first_at=NOW, last_at=NOW, again_at=NOW,
            )
        )  # fmt: skip
        connection.execute(
            insert(StoredDigest).values(
                user_id=user, period="a", made_at=NOW, document=b"x", sent_at=NOW, uncertain_deliveries=2
            )
        )
        connection.execute(insert(StoredDigest).values(user_id=user, period="b", made_at=NOW, document=b"x"))
        connection.execute(insert(StoredDigest).values(user_id=user, period="c", made_at=NOW, document=b""))
    found = scraped(address)
    assert found["keepwarm_lag_seconds"] == {("1", "archive"): 3600}
    assert found["keepwarm_streams_stuck"] == {("1", "archive"): 1}
    assert found["keepwarm_account_needs_person"] == {("1", "archive"): 1}
    assert found["keepwarm_records"] == {("held", "archive", ""): len(friendship())}
    assert found["keepwarm_dead_letters"] == {("keepwarm.read",): 1}
    assert found["keepwarm_digests"] == {("sent",): 1, ("waiting",): 1, ("nothing to say",): 1}
    assert found["keepwarm_digest_doubts"] == {(): 2}
    assert found["keepwarm_database_up"] == {(): 1}
    assert found["keepwarm_queue_up"] == {(): 1}
    assert set(found["keepwarm_queue_waiting"]) == {(queue,) for queue in QUEUES}
    page = get(f"{address}/metrics")
    assert "@" not in page
    assert ME not in page


def test_a_database_that_is_away_does_not_hide_the_house(tmp_path: Path) -> None:
    engine = open_database(f"postgresql+psycopg://nobody@127.0.0.1:{free_port()}/none")
    lonely, broker = Runtime(Settings(home=tmp_path), engine, lambda: NOW), StubBroker(middleware=middleware())
    register(broker, lonely)
    registry = CollectorRegistry()
    registry.register(DatabaseMetrics(lonely, broker))
    with served("127.0.0.1:0", registry, lambda: "") as port:
        found = scraped(f"http://127.0.0.1:{port}")
    assert found["keepwarm_database_up"] == {(): 0}
    assert found["keepwarm_queue_up"] == {(): 1}
    assert found["keepwarm_home_free_bytes"][()] > 0  # it may be the disk that is full
    engine.dispose()


def test_a_process_tells_what_it_spends(runtime: Runtime) -> None:
    limits = runtime.shared(OpenConnectors).limits_of(7, lambda: RateLimits.of(Units(per_minute=1000)))
    with limits.mail.acquire(20, 20):
        pass
    registry = CollectorRegistry()
    registry.register(Spending(runtime))
    with served("127.0.0.1:0", registry, lambda: "") as port:
        found = scraped(f"http://127.0.0.1:{port}")
    assert found == {"keepwarm_quota_units_spent": {("7",): 40}, "keepwarm_quota_units_allowed": {("7",): 990}}


def test_work_is_counted_where_it_is_done(runtime: Runtime, broker: StubBroker, tmp_path: Path) -> None:
    actors = register(broker, runtime)
    box = tmp_path / "one.mbox"
    box.write_text("From x\nFrom: ben@south.example\nTo: me@mine.example\nDate: Fri, 13 Nov 2026 09:00:00 +0000\n\n")
    connected = connect_archive(runtime, [box], me=[ME])
    done = MESSAGES.labels("keepwarm.backfill", "done")
    before = PAGES.labels("archive")._value.get(), RECORDS.labels("archive")._value.get(), done._value.get()
    worker = Worker(broker, worker_timeout=20, worker_threads=1)
    worker.start()
    actors.discover.send(connected.account_id)
    for queue in QUEUES:
        broker.join(queue)
    worker.stop()
    assert PAGES.labels("archive")._value.get() >= before[0] + 1
    assert RECORDS.labels("archive")._value.get() == before[1] + 1
    assert done._value.get() == before[2] + 1


def test_health_turns_with_the_pulse() -> None:
    pulse = Pulse(0.1)
    with served("127.0.0.1:0", CollectorRegistry(), pulse.trouble) as port:
        assert get(f"http://127.0.0.1:{port}/healthz") == "well\n"
        pulse.last -= 100
        with pytest.raises(urllib.error.HTTPError, match="503") as sick:
            get(f"http://127.0.0.1:{port}/healthz")
        assert "nothing was scheduled for 100 seconds" in sick.value.read().decode()
        sick.value.close()
        pulse.beat("the disk is full")
        with pytest.raises(urllib.error.HTTPError, match="503") as full:
            get(f"http://127.0.0.1:{port}/healthz")
        assert full.value.read().decode() == "the disk is full\n"
        full.value.close()
        pulse.beat("")
        assert get(f"http://127.0.0.1:{port}/healthz") == "well\n"
        with pytest.raises(urllib.error.HTTPError, match="404") as none:
            get(f"http://127.0.0.1:{port}/")
        none.value.close()


@pytest.mark.parametrize("address", ["nonsense", "127.0.0.1:nine", "127.0.0.1:99999"])
def test_an_address_that_is_none_is_explained(address: str) -> None:
    with pytest.raises(EndpointBusy, match=r"app\.address_busy"), served(address, CollectorRegistry(), lambda: ""):
        pass


def test_an_address_that_is_taken_is_explained() -> None:
    with (
        served("127.0.0.1:0", CollectorRegistry(), lambda: "") as port,
        pytest.raises(EndpointBusy, match=r"why='Address already in use'"),
        served(f"127.0.0.1:{port}", CollectorRegistry(), lambda: ""),
    ):
        pass

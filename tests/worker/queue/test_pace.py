"""One account read by several worker processes: they stay within what its provider allows, together."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from models.accounts import Account, StreamState
from models.enums import Provider
from models.history import Sighting
from models.records import Mailbox
from tests.connectors.gmail.accounts import ADA, granted
from tests.connectors.outlook.account import browse
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.services import redis
from tests.worker.clock import Clock
from tests.worker.queue.processes import FLEET, SCHEDULER, Installation, until
from worker.accounts.connect import connect_account, discover
from worker.accounts.providers import SignIn
from worker.accounts.rate_limits import AccountPause
from worker.accounts.store import ensure_account, keep_secret
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.app.users import add_user
from worker.queue.due import ask_on
from worker.storage.transactions import reading, writing
from worker.sync.stream import read_stream
from worker.sync.trouble import Outcome

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ANNA = Mailbox("anna@north.example", "Anna Berg")
MAILS = 700


class OneClock(Clock):
    """One time for all processes and the provider."""

    def seconds(self) -> float:
        return self.now.timestamp()


@pytest.fixture
def clock() -> OneClock:
    return OneClock()


@pytest.fixture
def microsoft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MicrosoftSandbox]:
    with MicrosoftSandbox(tmp_path) as sandbox:
        monkeypatch.setenv("SSL_CERT_FILE", str(sandbox.certificates.ca_file))
        for n in range(240):
            sandbox.mailbox.mail.deliver(ANNA, [sandbox.mailbox.me], at=NOW - timedelta(hours=n))
        yield sandbox


def ours(microsoft: MicrosoftSandbox) -> dict[str, object]:
    return {
        "microsoft_client_id": PUBLIC_CLIENT,
        "microsoft_authority": microsoft.authority,
        "graph_root": microsoft.graph_root,
    }


def two(url: str, home: Path, clock: OneClock, settings: dict[str, object]) -> list[Runtime]:
    """Two processes of a fleet, as far as they know of each other: only through the database."""
    named = {"home": home, "database_url": url, "broker_url": "amqp://elsewhere", **settings}
    runtimes = [open_runtime(Settings.model_validate(named), clock) for _ in range(2)]
    assert runtimes[0].engine is not runtimes[1].engine
    return runtimes


def test_two_processes_share_the_units_of_one_gmail_account(postgresql: str, tmp_path: Path, clock: OneClock) -> None:
    box = GoogleMailbox(ADA)
    for n in range(MAILS):
        box.deliver(plain_mail("anna@north.example", [ADA], NOW - timedelta(hours=n), f"{n}@north.example"), NOW)
    with GoogleSandbox([box], quota_clock=clock.seconds) as google:
        workers = two(postgresql, tmp_path, clock, google.settings())
        with writing(workers[0].engine) as connection:
            user = add_user(connection, ADA, NOW)
            account = ensure_account(connection, user, Provider.GMAIL, ADA, workers[0])
        keep_secret(workers[0], account, granted(google))
        discover(workers[0], account)
        with reading(workers[0].engine) as connection:
            mail = connection.scalars(select(StreamState.id).where(StreamState.name == "mail")).one()
        outcome, turns, waits = Outcome.MORE, 0, 0
        while outcome is not Outcome.FINISHED:
            turns += 1
            outcome = read_stream(workers[turns % 2], mail, f"host:{turns % 2}:x:1", lambda: True)
            if outcome is Outcome.LATER:  # nobody waits for units with other accounts to read
                waits += 1
                with reading(workers[0].engine) as connection:
                    due, paused = connection.execute(
                        select(StreamState.due_at, Account.paused_until).join(Account).where(StreamState.id == mail)
                    ).one()
                assert paused is None  # the calendars go on
                assert due is not None
                assert clock.now < due <= clock.now + timedelta(seconds=62)
                clock.now = due
            else:
                clock.now += timedelta(seconds=1)
        with reading(workers[0].engine) as connection:
            assert connection.scalar(select(func.count()).select_from(Sighting)) == MAILS
        assert google.quota.refused == 0
        assert turns > waits > 0
        # three minutes' worth of units, and hardly a moment more: 5,940 of them in each
        assert google.quota.spent["gmail"] / 5940 - 1 < (clock.now - NOW) / timedelta(minutes=1) < 3
        for worker in workers:
            worker.engine.dispose()


def test_a_pause_that_one_process_was_asked_for_is_kept_by_the_other(
    postgresql: str, microsoft: MicrosoftSandbox, tmp_path: Path, clock: OneClock
) -> None:
    faults = microsoft.mailbox.faults
    faults.clock, faults.retry_after = clock.seconds, 30
    one, other = two(postgresql, tmp_path, clock, ours(microsoft))
    connect_account(one, Provider.OUTLOOK, SignIn(browse))
    with writing(one.engine) as connection:
        streams = list(connection.scalars(select(StreamState.id).order_by(StreamState.id)))
        ask_on(connection, streams[1], clock.now)
    clock.now += timedelta(seconds=0.7)  # not at the beginning of a second
    faults.script.append("429")
    assert read_stream(one, streams[0], "host:1:x:1", lambda: True) is Outcome.LATER
    asked = faults.requests
    pause = AccountPause(other, 1)
    assert 30 <= pause.left() <= 31  # times are kept in whole seconds: never a part of one too few
    pause.extend(3)
    assert pause.left() >= 30  # the longer one stays
    for seconds in (0, 25):
        clock.now += timedelta(seconds=seconds)
        assert read_stream(other, streams[1], "host:2:x:1", lambda: True) is Outcome.LATER
    assert faults.requests == asked
    with writing(one.engine) as connection:
        connection.execute(update(StreamState).values(due_at=None))
    clock.now += timedelta(seconds=6)
    for worker, stream in ((other, streams[1]), (one, streams[0])):
        assert read_stream(worker, stream, "host:3:x:1", lambda: True) in {Outcome.MORE, Outcome.FINISHED}
    assert faults.requests > asked
    assert faults.early == 0
    for worker in (one, other):
        worker.engine.dispose()


def test_two_worker_processes_never_crowd_a_mailbox(
    postgresql: str, microsoft: MicrosoftSandbox, tmp_path: Path
) -> None:
    faults = microsoft.mailbox.faults
    faults.delay = 0.03
    home = tmp_path / "home"
    home.mkdir()
    with redis() as server, Installation(home, postgresql, server.url, ours(microsoft)) as fleet:
        runtime = fleet.open()
        connect_account(runtime, Provider.OUTLOOK, SignIn(browse))
        for line in (SCHEDULER, FLEET, FLEET):
            fleet.start(*line)
        until(lambda: read(runtime))
        runtime.engine.dispose()
    assert faults.crowded == 0
    assert 1 < faults.most_in_flight <= 4


def read(runtime: Runtime) -> bool:
    with reading(runtime.engine) as connection:
        return not connection.scalar(select(func.count()).where(StreamState.unfinished))

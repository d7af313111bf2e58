"""Many accounts on PostgreSQL and RabbitMQ: what a second worker process adds, what a mail costs, who waits how long.

    python -m tests.bench.fleet [--accounts N] [--mails N] [--latency SECONDS]

Every account belongs to a user of its own and holds 0.4 to 4 times the mean number of mails. Each answer of the provider
takes `latency` longer. CPU is what the system charged keepwarm's processes once they had started.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import BigInteger, func, select, type_coerce

from models.accounts import Account, StreamState
from models.enums import Provider
from models.history import Sighting
from tests.chaos.places import database
from tests.connectors.gmail.accounts import granted
from tests.sandbox.bulk import bulk
from tests.sandbox.google.fill import happen
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.http import Request, Response
from tests.sandbox.people import OWNER
from tests.services import rabbitmq
from tests.worker.queue.processes import EMBEDDED, FLEET, SCHEDULER, Installation
from worker.accounts import ensure_account, keep_secret
from worker.db import reading, writing
from worker.runtime import Runtime
from worker.users import add_user

UNITS = 10_000_000
#: Seconds after which every process has loaded what it needs, and waits.
READY = 8.0
TICKS = os.sysconf("SC_CLK_TCK")


class SlowGoogle(GoogleSandbox):
    """Google, far away."""

    latency = 0.0

    def answer(self, request: Request) -> Response:
        time.sleep(self.latency)
        return super().answer(request)


class Cost(NamedTuple):
    """How a run went."""

    workers: int
    mails: int
    seconds: float
    cpu: float
    median: float
    slowest: float


@contextmanager
def google(accounts: int, mails: int, latency: float) -> Iterator[SlowGoogle]:
    """A provider with so many accounts; sizes are mixed, a few are ten times as large as the smallest."""
    boxes = []
    for number in range(accounts):
        box = GoogleMailbox(f"user{number}@load.example", seed=number)
        size = int(mails * (0.4, 0.4, 0.5, 0.7, 4.0)[number % 5] / 1.2)
        happen(box, bulk(number, size, until=datetime.now(UTC) - timedelta(days=1)), [], own={OWNER.address})
        boxes.append(box)
    with SlowGoogle(boxes, checked=False) as server:
        server.latency = latency
        server.quota.limits |= {"gmail": UNITS, "calendar": UNITS}
        yield server


def run(server: SlowGoogle, workers: int, folder: Path) -> Cost:
    """Read everything with so many worker processes."""
    folder.mkdir()
    settings = {
        "google_client_id": server.client_id,
        "google_client_secret": server.client_secret,
        "google_auth_uri": server.auth_uri,
        "google_token_uri": server.token_uri,
        "google_api_root": server.api_root,
        "google_units_per_minute": UNITS,
        "tick_seconds": 5,
    }
    with ExitStack() as place:
        url = place.enter_context(database()) if workers else ""
        queue = place.enter_context(rabbitmq()) if workers else "memory://"
        installation = place.enter_context(Installation(folder, url, queue, settings))
        runtime = installation.open()
        lines = [SCHEDULER, *[FLEET] * workers] if workers else [EMBEDDED]
        processes = [installation.start(*line) for line in lines]
        time.sleep(READY)
        before = sum(_cpu(process.pid) for process in processes)
        begun = time.monotonic()
        _connect(runtime, server)
        while not _read(runtime):
            time.sleep(0.5)
        took, cpu = time.monotonic() - begun, sum(_cpu(process.pid) for process in processes) - before
        with reading(runtime.engine) as connection:
            mails = connection.scalar(select(func.count()).select_from(Sighting)) or 0
            wait = func.max(StreamState.synced_at) - func.min(Account.connected_at)
            rows = connection.scalars(
                select(type_coerce(wait, BigInteger))
                .join(Account, Account.id == StreamState.account_id)
                .group_by(Account.id)
            )
            waits = sorted(rows)
        runtime.engine.dispose()
    return Cost(workers, mails, took, cpu, statistics.median(waits), waits[-1])


def _connect(runtime: Runtime, server: SlowGoogle) -> None:
    for address in server.mailboxes:
        with writing(runtime.engine) as connection:
            user = add_user(connection, address, runtime.clock())
            account = ensure_account(connection, user, Provider.GMAIL, address, runtime)
        keep_secret(runtime, account, granted(server, address))


def _read(runtime: Runtime) -> bool:
    with reading(runtime.engine) as connection:
        known = connection.scalar(select(func.count(StreamState.account_id.distinct()))) or 0
        open_ends = connection.scalar(select(func.count()).where(StreamState.unfinished, ~StreamState.retired))
        accounts = connection.scalar(select(func.count()).select_from(Account))
        return known == accounts and not open_ends


def _cpu(group: int) -> float:
    """CPU seconds of a process and everything it started, so far."""
    total = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = place.read_text().rpartition(") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(words[2]) == group:
            total += int(words[11]) + int(words[12])
    return total / TICKS


def main() -> None:
    """Print a line for the embedded mode (0 workers), for one worker process and for two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--mails", type=int, default=1000, help="in the mean, for each account")
    parser.add_argument("--latency", type=float, default=0.15)
    asked = parser.parse_args()
    print(f"{'workers':>8} {'mails':>8} {'seconds':>8} {'mails/s':>8} {'us/mail':>8} {'median':>7} {'slowest':>8}")
    rates: list[float] = []
    costs: list[float] = []
    with tempfile.TemporaryDirectory() as folder, google(asked.accounts, asked.mails, asked.latency) as server:
        for workers in (0, 1, 2):
            cost = run(server, workers, Path(folder) / str(workers))
            rates.append(cost.mails / cost.seconds)
            costs.append(1e6 * cost.cpu / cost.mails)
            print(
                f"{cost.workers:>8} {cost.mails:>8} {cost.seconds:8.1f} {rates[-1]:8.0f} "
                f"{costs[-1]:8.0f} {cost.median:6.1f}s {cost.slowest:7.1f}s",
                flush=True,
            )
    print(
        f"two workers: {rates[2] / rates[1]:.2f} x the mails; CPU a mail {costs[2] / costs[0]:.2f} x the embedded mode"
    )


if __name__ == "__main__":
    main()

"""Many accounts on PostgreSQL and RabbitMQ: what a second worker process adds, what a mail costs, who waits how long.

    python -m tests.bench.fleet [--accounts N] [--mails N] [--latency SECONDS] [--minutes N]

Backfill: every account belongs to a user of its own and holds 0.4 to 4 times the mean number of mails; each answer of the
provider takes `latency` longer. Workers have the start line of deploy/compose.yaml. CPU is what the system charged since the
processes had started. `median` and `slowest`: when an account had been read to its end, from the moment all were connected.

Then tests.bench.staleness, on what the last run has left.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from sqlalchemy import case, func, select

from models.accounts import StreamState
from models.enums import Provider
from models.history import Sighting
from tests.bench import processes, staleness
from tests.bench.faraway import Faraway, faraway
from tests.chaos.places import database
from tests.services import rabbitmq
from tests.worker.queue.processes import EMBEDDED, ROOT, SCHEDULER, Installation
from worker.accounts.store import ensure_account, keep_secret
from worker.app.runtime import Runtime
from worker.app.users import add_user
from worker.storage.transactions import reading, writing

#: Seconds after which every process has loaded what it needs, and waits.
READY = 10.0
#: Accounts that are connected only later, each so many times as large as the mean: the backfill beside which others wait.
LATE, LARGE = 24, 10
#: Seconds between ticks; and, for staleness, KEEPWARM_POLL_SECONDS: a thirtieth of what it is, so that minutes are enough.
TICK, POLL = 5, 4


class Cost(NamedTuple):
    """How a run went: wall time, CPU a mail in microseconds by whom, and the waits of accounts."""

    mails: int
    seconds: float
    cpu: Mapping[str, float]
    median: float
    slowest: float


def worker_line() -> list[str]:
    """The start line of a worker, as it is deployed."""
    compose: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    return ["-m", *compose["services"]["worker"]["command"]]


def run(server: Faraway, accounts: list[str], workers: int, folder: Path, minutes: float = 0) -> Cost:
    """Read everything with so many worker processes (none: embedded), then look at staleness for some minutes."""
    folder.mkdir()
    settings = {**server.settings, "tick_seconds": TICK}
    with ExitStack() as place:
        url = place.enter_context(database()) if workers else ""
        queue = place.enter_context(rabbitmq()) if workers else "memory://"
        lines = [SCHEDULER, *[worker_line()] * workers] if workers else [EMBEDDED]
        with Installation(folder, url, queue, settings) as installation:
            runtime = installation.open()
            groups = [installation.start(*line).pid for line in lines]
            time.sleep(READY)
            before, begun = _charged(groups, server), time.monotonic()
            connect(runtime, server, accounts)
            waits = _wait(runtime, len(accounts))
            took, after = time.monotonic() - begun, _charged(groups, server)
            with reading(runtime.engine) as connection:
                mails = connection.scalar(select(func.count()).select_from(Sighting)) or 0
            runtime.engine.dispose()
        if minutes:
            late = [address for address in server.grants if address not in accounts]
            with Installation(folder, url, queue, settings | {"poll_seconds": POLL}) as installation:
                runtime = installation.open()
                for line in lines:
                    installation.start(*line)
                time.sleep(READY)
                staleness.measure(runtime, server, accounts, lambda: connect(runtime, server, late), minutes)
                runtime.engine.dispose()
    cpu = {name: 1e6 * (after[name] - before[name]) / mails for name in after}
    return Cost(mails, took, cpu, statistics.median(waits), max(waits))


def connect(runtime: Runtime, server: Faraway, accounts: list[str]) -> None:
    """Connect accounts, as they would be by consent."""
    for address in accounts:
        with writing(runtime.engine) as connection:
            user = add_user(connection, address, runtime.clock())
            account = ensure_account(connection, user, Provider.GMAIL, address, runtime)
        keep_secret(runtime, account, server.grants[address])


def _wait(runtime: Runtime, accounts: int) -> list[float]:
    """Wait until everything has been read; gives the seconds after which each account had been read to its end."""
    begun, ended = time.monotonic(), dict[int, float]()
    while len(ended) < accounts:
        time.sleep(0.5)
        with reading(runtime.engine) as connection:
            open_ends = func.sum(case((StreamState.unfinished, 1), else_=0))
            for account in connection.scalars(
                select(StreamState.account_id).group_by(StreamState.account_id).having(open_ends == 0)
            ):
                ended.setdefault(account, time.monotonic() - begun)
    return list(ended.values())


def _charged(groups: list[int], server: Faraway) -> dict[str, float]:
    return {
        "keepwarm": sum(map(processes.group, groups)),
        "postgres": processes.named("postgres"),
        "rabbitmq": processes.named("beam.smp"),
        "provider": processes.one(server.process),
    }


def main() -> None:
    """Print a line for the embedded mode (0 workers), for one worker process and for two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=300)
    parser.add_argument("--mails", type=int, default=1000, help="in the mean, for each account")
    parser.add_argument("--latency", type=float, default=0.15)
    parser.add_argument("--minutes", type=float, default=4, help="of looking at staleness; 0: none")
    parser.add_argument("--workers", type=int, nargs="*", default=[0, 1, 2], help="processes in each run")
    asked = parser.parse_args()
    sizes = [int(asked.mails * (0.4, 0.4, 0.5, 0.7, 4.0)[number % 5] / 1.2) for number in range(asked.accounts)]
    late = [LARGE * asked.mails] * LATE if asked.minutes else []
    print(" ".join(worker_line()))
    heads = ("keepwarm", "postgres", "rabbitmq", "provider")
    costs: dict[int, Cost] = {}
    with tempfile.TemporaryDirectory() as folder, faraway([*sizes, *late], asked.latency) as server:
        accounts = list(server.grants)[: len(sizes)]
        print(f"the provider: {sum(sizes) + sum(late)} mails, {processes.resident(server.process) >> 20} MB")
        print("workers    mails  seconds  mails/s   median  slowest   CPU a mail in us:", *heads)
        for workers in asked.workers:
            minutes = asked.minutes if workers == max(asked.workers) else 0
            costs[workers] = cost = run(server, accounts, workers, Path(folder) / str(workers), minutes)
            print(
                f"{workers:>7} {cost.mails:>8} {cost.seconds:8.1f} {cost.mails / cost.seconds:8.0f} {cost.median:7.0f}s "
                f"{cost.slowest:7.0f}s {'':18} " + " ".join(f"{cost.cpu[name]:{len(name)}.0f}" for name in heads),
                flush=True,
            )
    if costs.keys() >= {1, 2}:
        rates = [costs[workers].mails / costs[workers].seconds for workers in (1, 2)]
        print(f"two workers: {rates[1] / rates[0]:.2f} x the throughput of one")
    for workers in costs.keys() & {1, 2} if 0 in costs else ():
        print(
            f"CPU a mail, {workers}: {costs[workers].cpu['keepwarm'] / costs[0].cpu['keepwarm']:.2f} x the embedded mode"
        )


if __name__ == "__main__":
    main()

"""The alerts seen firing: a real keepwarm, a real Prometheus, a revoked account, a stuck stream and a full disk.

    python -m tests.deploy.alarm [--fleet]

One process over SQLite on a small disk of its own, or with --fleet scheduler and worker over PostgreSQL and Redis.
Needs root, for the disk, and Debian's package prometheus. The rules are those of deploy/, a minute of which takes a
second here; what an operator would see is printed as it happens.
"""

import argparse
import json
import logging
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from models.accounts import Account, StreamState
from models.enums import Provider
from models.failures import Failure
from tests.chaos.disks import Disk, small_disk, suppression_reason
from tests.chaos.places import database
from tests.chaos.providers import Providers
from tests.deploy.prometheus import DEPLOY, Alert, Prometheus, watching
from tests.sandbox.google.consent import approve
from tests.services import free_port, redis
from tests.worker.queue.processes import EMBEDDED, FLEET, SCHEDULER, Installation
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from worker.app.logs import set_up
from worker.app.runtime import Runtime
from worker.storage.transactions import writing

#: Megabytes: more than the 500 below which the alert for the disk fires.
DISK = 640
#: Seconds anything may take to be seen.
PATIENCE = 240.0


@contextmanager
def embedded(home: Path, settings: Mapping[str, object]) -> Iterator[tuple[Installation, list[int]]]:
    """One process over SQLite, which tells its metrics at a port."""
    port = free_port()
    with Installation(home, settings={**settings, "metrics": f"127.0.0.1:{port}"}) as installation:
        yield installation, [port]


@contextmanager
def fleet(home: Path, settings: Mapping[str, object]) -> Iterator[tuple[Installation, list[int]]]:
    """Scheduler and worker over PostgreSQL and Redis, each with a port."""
    ports = [free_port(), free_port()]
    answers: list[dict[str, object]] = [{**settings, "metrics": f"127.0.0.1:{port}"} for port in ports]
    with (
        database() as url,
        redis() as queue,
        Installation(home, url, queue.url, answers[0]) as one,
        Installation(home, url, queue.url, answers[1]) as other,
    ):
        one.open().engine.dispose()  # the tables are there before two ask for them
        other.start(*FLEET)
        yield one, ports


class PushSubscription:
    """Prints what begins and ceases to fire, and waits for it."""

    def __init__(self, prometheus: Prometheus, runtime: Runtime) -> None:
        self.prometheus = prometheus
        self.runtime = runtime
        self.begun = time.monotonic()
        self.fired: dict[tuple[str, str], Alert] = {}

    def say(self, words: str) -> None:
        print(f"{time.monotonic() - self.begun:5.0f} s  {words}", flush=True)

    def until(self, wanted: set[str] | None) -> None:
        """Wait until all these fire; None: until nothing does."""
        end = time.monotonic() + PATIENCE
        while True:
            now = {(one.name, one.labels.get("account", "")): one for one in self.prometheus.firing()}
            for key in now.keys() - self.fired.keys():
                self.say(f"FIRING    {now[key].name} ({now[key].labels['severity']}): {now[key].summary}")
            for key in self.fired.keys() - now.keys():
                self.say(f"resolved  {' '.join(key).strip()}")
            self.fired = now
            if (not now) if wanted is None else wanted <= {name for name, _ in now}:
                return
            assert time.monotonic() < end, f"waited for {wanted}, firing: {sorted(now)}"
            self._hurry()
            time.sleep(0.5)

    def _hurry(self) -> None:
        """Let pass the time between two reads, and after failures."""
        with suppress(DBAPIError), writing(self.runtime.engine) as connection:
            connection.execute(update(StreamState).values(due_at=None))
            connection.execute(update(Account).values(paused_until=None))
            connection.execute(delete(Failure))


def trouble(watch: PushSubscription, providers: Providers, disk: Disk, full: set[str]) -> None:
    """Let the three things happen, look at what fires, mend them, and see it end."""
    watch.until(None)
    watch.say("all is well: nothing fires")
    providers.google.revoke(providers.gmail.address)
    providers.google.authorization.end_access_tokens()
    watch.say("the owner of account 1 takes the consent back at Google")
    watch.until({"KeepwarmAccountNeedsPerson"})
    providers.microsoft.mailbox.faults.broken = "/calendarView"
    watch.say("Microsoft answers no question about the calendar of account 2 any more")
    watch.until({"KeepwarmAccountNeedsPerson", "KeepwarmStreamStuck"})
    watch.say(f"the disk is filled ({disk.fill() / 1e6:.0f} MB)")
    watch.until({"KeepwarmAccountNeedsPerson", "KeepwarmStreamStuck"} | full)
    watch.say("all of them fire; there is room again, the calendar answers, the account is connected again")
    disk.free()
    providers.microsoft.mailbox.faults.broken = ""
    connect_account(watch.runtime, Provider.GMAIL, SignIn(approve), user_id=1)
    watch.until(None)
    watch.say("all is well again: nothing fires")


def the_board_shows_something(prometheus: Prometheus) -> None:
    """Ask for everything the dashboard asks for; only what has not happened may have no rows."""
    board = json.loads((DEPLOY.parent / "grafana" / "keepwarm.json").read_text())
    empty = {
        panel["title"]
        for panel in board["panels"]
        for target in panel["targets"]
        if not prometheus.rows(target["expr"])
    }
    print(
        f"         {len(board['panels'])} panels of the dashboard, without rows: {', '.join(sorted(empty)) or 'none'}"
    )
    assert empty <= {"Dead letters", "Dead letters, by kind", "Database and queue", "Push hints, in an hour"}, empty


def nobody_is_named(providers: Providers, ports: list[int], log: str) -> None:
    """Look whether metrics or logs carry an address or a subject of the life that was read."""
    answers = log
    for port in ports:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as page:
            answers += page.read().decode()
    world = providers.world
    personal = {mail.subject for mail in world.mails if len(mail.subject) > 12} | {providers.gmail.address}
    personal |= {one.address for mail in world.mails for one in (mail.sender, *mail.to)}
    named = sorted(word for word in personal if word in answers)
    assert not named, f"told to who push_subscriptions: {named}"
    print(f"         {len(answers):,} bytes of logs and metrics name none of {len(personal)} addresses and subjects")


def main() -> None:
    """See it happen; ends with an error if something does not fire, or does not end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fleet", action="store_true", help="scheduler and worker over PostgreSQL and Redis")
    asked = parser.parse_args()
    if suppression_reason():
        raise SystemExit(suppression_reason())
    set_up(logging.ERROR)
    place, full = (
        (fleet, {"KeepwarmDiskFull"}) if asked.fleet else (embedded, {"KeepwarmDiskFull", "KeepwarmNothingStored"})
    )
    with tempfile.TemporaryDirectory(prefix="keepwarm-alarm-") as name:
        folder = Path(name)
        (folder / "home").mkdir()
        with (
            small_disk(folder / "home", DISK) as disk,
            Providers(folder, seed=3, mails=60) as providers,
            place(folder / "home", providers.settings()) as (installation, ports),
        ):
            runtime = installation.open()
            providers.connect(runtime)
            installation.start(*(SCHEDULER if asked.fleet else EMBEDDED))
            with watching(folder / "prometheus", ports) as prometheus:
                trouble(PushSubscription(prometheus, runtime), providers, disk, full)
                the_board_shows_something(prometheus)
                nobody_is_named(providers, ports, (folder / "home.log").read_text())
            runtime.engine.dispose()


if __name__ == "__main__":
    main()

"""What the database knows, as metrics: asked when someone looks, at most every few seconds, and without addresses."""

import shutil
import time
from collections.abc import Iterable, Iterator
from typing import Any

from dramatiq import Broker
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import case, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from models.accounts import Account, StreamState, User
from models.base import seconds
from models.failures import Failure
from models.history import Sighting, Unreadable
from models.judgement import StoredDigest
from worker.app.logs import Logger
from worker.app.runtime import Runtime
from worker.queue.broker import QUEUES, silence, waiting
from worker.storage.transactions import reading

#: Seconds an answer is kept: counting millions of sightings is work.
KEPT = 15.0
#: Failures in a row after which a stream is called stuck.
STUCK = 5


log = Logger(__name__)


class DatabaseMetrics(Collector):
    """Collect the metrics of one installation; the scheduler's process serves them."""

    def __init__(self, runtime: Runtime, broker: Broker) -> None:
        self.runtime = runtime
        self.broker = broker
        self.kept: list[Metric] = []
        self.at = 0.0

    def describe(self) -> Iterable[Metric]:
        """Prometheus need not ask the database to know our names."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Return everything, freshly counted unless someone asked a moment ago."""
        if not self.kept or time.monotonic() - self.at > KEPT:
            house = list(self._house())  # reported in any case: a full disk may be why the database does not answer
            try:
                with reading(self.runtime.engine) as connection:
                    known = [*self._streams(connection), *records(connection), *_work(connection)]
            except DBAPIError as error:
                log.warning("the database cannot be counted", error=type(error.orig).__name__)
                return [*house, _database(up=False)]
            self.kept = [*house, *known, _database(up=True)]
            self.at = time.monotonic()
        return self.kept

    def _streams(self, connection: Connection) -> Iterator[Metric]:
        now = seconds(self.runtime.clock())
        state = StreamState
        rows = connection.execute(
            select(
                Account.id, Account.provider, Account.state, Account.connected_at,
                func.min(func.coalesce(state.synced_at, Account.connected_at)).label("oldest"),
                func.sum(case((state.unfinished, 1), else_=0)).label("unfinished"),
                func.sum(case((state.failures > 0, 1), else_=0)).label("failing"),
                func.sum(case((state.failures >= STUCK, 1), else_=0)).label("stuck"),
            )
            .join(state, (state.account_id == Account.id) & ~state.retired, isouter=True)
            .group_by(Account.id, Account.provider, Account.state, Account.connected_at)
            .order_by(Account.id)
        ).all()  # fmt: skip
        live = [row for row in rows if row.state != "disconnected"]
        label = ["account", "provider"]
        yield _gauge(
            "keepwarm_lag_seconds", "Since the stream that waits longest was read to its end.", label,
            [((str(row.id), row.provider), max(0, now - seconds(row.oldest))) for row in live if row.oldest],
        )  # fmt: skip
        for name, text in (
            ("unfinished", "Streams still being read."),
            ("failing", "Streams whose last reading failed."),
            ("stuck", "Streams that keep failing."),
        ):
            yield _gauge(
                f"keepwarm_streams_{name}", text, label,
                [((str(row.id), row.provider), getattr(row, name) or 0) for row in live],
            )  # fmt: skip
        yield _gauge(
            "keepwarm_account_needs_person", "Whether somebody has to connect it again.", label,
            [((str(row.id), row.provider), int(row.state == "needs_person")) for row in live],
        )  # fmt: skip

    def _house(self) -> Iterator[Metric]:
        try:
            depths = [((queue,), waiting(self.broker, queue)) for queue in QUEUES]
        except silence():
            depths = []
        yield _gauge("keepwarm_queue_up", "Whether the queue answers.", [], [((), int(bool(depths)))])
        yield _gauge("keepwarm_queue_waiting", "Messages nobody has taken yet.", ["queue"], depths)
        home = self.runtime.settings.home
        if home.exists():
            free = shutil.disk_usage(home).free
            yield _gauge("keepwarm_home_free_bytes", "Room left where keepwarm lives.", [], [((), free)])


def records(connection: Connection) -> Iterator[Metric]:
    """Count everything that was ever shown, by what became of it."""
    shown = connection.execute(
        select(Account.provider, Sighting.outcome, Sighting.reason, func.count())
        .select_from(Sighting)
        .join(StreamState, StreamState.id == Sighting.stream_id)
        .join(Account, Account.id == StreamState.account_id)
        .group_by(Account.provider, Sighting.outcome, Sighting.reason)
    ).all()
    bad = connection.execute(
        select(Account.provider, func.count())
        .select_from(Unreadable)
        .join(StreamState, StreamState.id == Unreadable.stream_id)
        .join(Account, Account.id == StreamState.account_id)
        .group_by(Account.provider)
    ).all()
    counted = [((provider, outcome, reason or ""), count) for provider, outcome, reason, count in shown]
    counted += [((provider, "unreadable", ""), count) for provider, count in bad]
    yield _gauge(
        "keepwarm_records", "Records kept, skipped with a reason, deferred, or unreadable.",
        ["provider", "outcome", "reason"], counted,
    )  # fmt: skip


def _work(connection: Connection) -> Iterator[Metric]:
    yield _gauge("keepwarm_users", "Users.", [], [((), connection.scalar(select(func.count()).select_from(User)) or 0)])
    dead = connection.execute(select(Failure.actor, func.count()).group_by(Failure.actor)).all()
    yield _gauge(
        "keepwarm_dead_letters", "What failed after all its tries.", ["actor"], [((actor,), n) for actor, n in dead]
    )
    digests = connection.execute(
        select(
            func.count(StoredDigest.sent_at),
            func.count(case(((StoredDigest.document != b"") & StoredDigest.sent_at.is_(None), 1))),
            func.count(case((StoredDigest.document == b"", 1))),
            func.coalesce(func.sum(StoredDigest.uncertain_deliveries), 0),
        )
    ).one()
    states = zip(("sent", "waiting", "nothing to say"), digests, strict=False)
    yield _gauge("keepwarm_digests", "Digests, by what became of them.", ["state"], [((s,), n) for s, n in states])
    uncertain_deliveries = CounterMetricFamily(
        "keepwarm_digest_doubts", "Digests handed over again for want of an answer."
    )
    uncertain_deliveries.add_metric([], float(digests[3]))
    yield uncertain_deliveries


def _database(*, up: bool) -> Metric:
    return _gauge("keepwarm_database_up", "Whether the database answers.", [], [((), up)])


def _gauge(name: str, text: str, labels: list[str], samples: Iterable[tuple[tuple[str, ...], Any]]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, number in samples:
        family.add_metric(list(values), float(number))
    return family

"""How old what keepwarm knows may be, while mail comes in at some accounts and others are read for the first time.

Staleness is the time from a mail's arrival at the provider until it is stored. A wait is the time from the moment a reading
is due until it has ended: the polling interval is not in it, the tick, the queue and the reading are. The accounts that are
looked at are quiet ones: they are looked at every 15 x KEEPWARM_POLL_SECONDS, so that staleness is at most that and a wait.
"""

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select, tuple_, update

from models.accounts import Account, StreamState
from models.base import seconds
from models.history import Sighting
from tests.bench.faraway import Faraway
from worker.app.runtime import Runtime
from worker.storage.transactions import reading, writing
from worker.sync.stream import RARELY

#: Mails that arrive each second, anywhere; and seconds between two looks at what is stored.
RATE, LOOK = 3.0, 0.25
#: Seconds after the last arrival within which the last mail must be stored.
END = 300.0


class Arrival(NamedTuple):
    """A mail that is on its way: the key of its sighting, and when it came."""

    stream: int
    key: str
    at: float


def measure(
    runtime: Runtime, server: Faraway, accounts: Sequence[str], connect_late: Callable[[], None], minutes: float
) -> None:
    """Print percentiles of staleness, and of the accounts' waits."""
    rng = random.Random(1)
    streams = _mail_streams(runtime, accounts)
    quiet = RARELY * runtime.settings.poll_seconds
    _quiet_down(runtime, quiet, rng)
    connect_late()
    begun = time.monotonic()
    number = 0
    pending: list[Arrival] = []
    late: list[float] = []
    looks: dict[int, tuple[int, int]] = {}
    waits: dict[int, list[int]] = defaultdict(list)
    backfill = 0.0
    while (now := time.monotonic()) < begun + 60 * minutes or (pending and now < begun + 60 * minutes + END):
        while now < begun + 60 * minutes and number < RATE * (now - begun):
            address = rng.choice(accounts)
            pending.append(Arrival(streams[address], server.arrive(address, number), time.monotonic()))
            number += 1
        stored = _stored(runtime, pending)
        late += [time.monotonic() - arrival.at for arrival in pending if arrival.key in stored]
        pending = [arrival for arrival in pending if arrival.key not in stored]
        unfinished = _look(runtime, set(streams.values()), looks, waits)
        backfill = time.monotonic() - begun if unfinished else backfill
        time.sleep(LOOK)
    means = sorted(statistics.fmean(each) for each in waits.values())
    print(f"beside: new accounts' backfill for {backfill:.0f} s; {number} mails arrived, {len(pending)} not yet stored")
    print(f"staleness: median {_at(late, 0.5):.1f} s, p99 {_at(late, 0.99):.1f} s, longest {max(late):.1f} s", end="; ")
    print(f"quiet accounts are looked at every {quiet} s, ticks are {runtime.settings.tick_seconds:.0f} s apart")
    print(
        f"waits of {len(means)} accounts, each in the mean: median {statistics.median(means):.1f} s, longest {means[-1]:.1f} s"
        f" ({means[-1] / statistics.median(means):.2f} x); longest of all {max(map(max, waits.values()))} s",
        flush=True,
    )


def _mail_streams(runtime: Runtime, accounts: Sequence[str]) -> dict[str, int]:
    with reading(runtime.engine) as connection:
        rows = connection.execute(
            select(Account.address, StreamState.id)
            .join(StreamState, StreamState.account_id == Account.id)
            .where(StreamState.name == "mail", Account.address.in_(accounts))
        )
        return {row.address: row.id for row in rows}


def _quiet_down(runtime: Runtime, quiet: int, rng: random.Random) -> None:
    """Begin where accounts stand when nothing has come for long: looked at rarely, each at a time of its own."""
    with writing(runtime.engine) as connection:
        now = seconds(runtime.clock())
        for stream in connection.scalars(select(StreamState.id)).all():
            due = runtime.clock().fromtimestamp(now + rng.randrange(quiet), runtime.clock().tzinfo)
            connection.execute(update(StreamState).where(StreamState.id == stream).values(interval=quiet, due_at=due))


def _stored(runtime: Runtime, pending: Sequence[Arrival]) -> set[str]:
    if not pending:
        return set()
    with reading(runtime.engine) as connection:
        places = tuple_(Sighting.stream_id, Sighting.key)
        wanted = [(arrival.stream, arrival.key) for arrival in pending]
        return set(connection.scalars(select(Sighting.key).where(places.in_(wanted))))


def _look(runtime: Runtime, streams: set[int], looks: dict[int, tuple[int, int]], waits: dict[int, list[int]]) -> int:
    """Note the readings that have ended since the last look; gives how many streams are still unfinished."""
    with reading(runtime.engine) as connection:
        state = StreamState
        for row in connection.execute(select(state.id, state.due_at, state.synced_at).where(state.due_at.is_not(None))):
            if row.id in streams and row.synced_at is not None:
                ended, due = seconds(row.synced_at), seconds(row.due_at)
                before = looks.get(row.id)
                if before is not None and ended != before[0]:
                    waits[row.id].append(ended - before[1])
                looks[row.id] = (ended, due)
        return connection.scalar(select(func.count()).where(state.unfinished, ~state.retired)) or 0


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]

"""What introductions cost: python -m tests.introductions.cost [INTERACTIONS] (a minute for a million)."""

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from models.digests import stored
from models.history import Interaction
from models.tables import Base
from tests.worker.ingest.home import Home
from worker.network.introductions.keep import recognise
from worker.storage.bulk import put
from worker.storage.engine import open_database
from worker.storage.numbered import put_addresses, put_participations
from worker.storage.transactions import writing

INTERACTION = (
    "user_id", "id", "account", "channel", "direction", "occurred_at", "counts_at", "subject", "thread", "group_size",
    "my_role",
)  # fmt: skip
PART = ("role", "touch", "name", "at", "counts_at")
ADDRESS = ("address", "name", "name_own", "name_at", "kind", "person", "touched")
BEGINS, APART, BATCH = 1_600_000_000, 200, 50_000


def fill(home: Home, interactions: int, people: int) -> list[str]:
    """Write emails with few people: one in five names two, and some people are written to far more than others."""
    rng = random.Random(3)
    addresses = [f"p{i}@f{i}.example" for i in range(people)]
    mails: list[tuple[Any, ...]] = []
    parts: list[tuple[Any, ...]] = []
    user = home.user
    with writing(home.engine) as connection:
        known = [(one, one[:9], 1, 0, "person", one, False) for one in addresses]
        put_addresses(connection, user, ADDRESS, known, "")
        for n in range(interactions):
            at, key = BEGINS + n * APART, f"{n:032x}"
            own = stored(key)
            who, other = (addresses[int(people * rng.random() ** 2)] for _ in range(2))
            two, out = rng.random() < 0.2 and who != other, rng.random() < 0.5
            size, mine = 3 if two else 2, out and not two
            mails.append(
                (user, key, "me@own.example", "email", "out" if mine else "in", at, at, "x", key, size,
                 "from" if mine else "to")
            )  # fmt: skip
            parts.append(("to" if mine else "from", 1 if mine else 5 if two else 4, "", at, at, who, user, own))
            if two:
                parts.append(("to", 7, "", at, at, other, user, own))
            if len(mails) == BATCH or n == interactions - 1:
                put(connection, Interaction, INTERACTION, mails)
                put_participations(connection, PART, parts)
                mails, parts = [], []
        connection.exec_driver_sql("ANALYZE")
    return addresses


def main() -> None:
    """Print the CPU seconds of finding everything, and the milliseconds of one address."""
    interactions = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as place:
        engine = open_database(f"sqlite:///{Path(place) / 'cost.db'}")
        Base.metadata.create_all(engine)
        home = Home(engine)
        addresses = fill(home, interactions, interactions // 20)
        with writing(engine) as connection:
            begun = time.process_time()
            for i in range(0, len(addresses), 5000):
                recognise(connection, home.user, addresses[i : i + 5000])
            print(f"{interactions:,} interactions, everybody: {time.process_time() - begun:.1f} s")
            recognise(connection, home.user, addresses[:1])  # statements are compiled once for a process
            for name, one in (("often", 1), ("seldom", -1)):
                begun = time.process_time()
                for _ in range(50):
                    recognise(connection, home.user, [addresses[one]])
                print(f"one who writes {name}: {(time.process_time() - begun) / 50 * 1000:.1f} ms")
        engine.dispose()


if __name__ == "__main__":
    main()

"""What each page of the console and each address of the API costs with 10,000 people and 1,000,000 touches.

    python -m tests.bench.console [TOUCHES PEOPLE [FOLDER]]

A real server in this process, which a client in another one asks: CPU of the server the first time (`first`) and at
best later (`then`), the time to the first byte (the median), and bytes. Then fifty ask at once, again and again, beside a
running sync. A folder that is named keeps the database, and is used again. Goals: 100 ms of CPU, first byte within 200 ms, 60 KB, and a sync that goes on.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote

import msgspec

from models.records import EmailRecord
from tests.bench.assessing import commit, record
from tests.bench.large import fill_large, lease_of
from tests.sandbox.bulk import END, bulk
from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings
from worker.app.tokens import Right, add_token
from worker.judgement.keep.stored import current
from worker.queue.leases import Lease
from worker.storage.transactions import reading, writing
from worker.sync.recompute import recompute
from worker.web.connection import Limits
from worker.web.console.access.links import LINK, make_link
from worker.web.console.app import console_routes
from worker.web.console.visit import Console
from worker.web.console.warming import warm
from worker.web.programs import program_routes
from worker.web.server import listening

PAGES = ("/", "/people", "/people?search=ann", "/people?search=zz", "/people?sort=name", "/people?sort=depth",
         "/people?stage=rooted&warmth=cold", "/weeks", "/sources", "/sources/unread", "/export", "/judgement",
         "/settings", "/admin", "/settings/keys", "/connect", "/connect/imap")  # fmt: skip
API = ("people", "people?search=ann", "people?sort=name&limit=200", "touches", "touches?limit=200", "digest", "digests",
       "status", "actions", "openapi.json")  # fmt: skip
#: Seconds that a sync is watched, alone and beside fifty requests at once.
SPAN = 20
#: Asks what stands on a line of its input, so many times at once, and answers with a line.
CLIENT = """
import http.client, json, sys, time
from concurrent.futures import ThreadPoolExecutor
port, headers = int(sys.argv[1]), json.loads(sys.argv[2])
def ask(path):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    begun = time.monotonic()
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    body = answer.read(1)
    first = time.monotonic() - begun
    body += answer.read()
    line.close()
    return answer.status, first, time.monotonic() - begun, len(body), b"Looking at everyone" in body
with ThreadPoolExecutor(50) as pool:
    for line in sys.stdin:
        print(json.dumps(list(pool.map(ask, json.loads(line)))), flush=True)
"""


class Asking:
    """A client in a process of its own."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        words = [sys.executable, "-c", CLIENT, str(port), json.dumps(headers)]
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, *paths: str) -> list[list[float]]:
        """Ask for all of these at once; gives of each its status, seconds to the first byte and to the last, bytes,
        and whether its page is still being gathered."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(paths) + "\n")
        self.process.stdin.flush()
        found: list[list[float]] = json.loads(self.process.stdout.readline())
        return found

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


def measure(asking: Asking, path: str) -> None:
    """Print a line."""
    costs, firsts, size = [], [], 0.0
    for _ in range(6):
        begun = time.process_time()
        ((status, first, _, size, _),) = asking.ask(path)
        costs.append(1000 * (time.process_time() - begun))
        firsts.append(1000 * first)
        assert status == 200, (path, status)
    over = " <-- over" if min(costs[1:]) > 100 or median(firsts) > 200 or size > 60 * 1024 else ""
    print(
        f"{path[:40]:40} {costs[0]:7.1f} ms {min(costs[1:]):7.1f} ms {median(firsts):7.1f} ms {size / 1024:6.1f} KB{over}"
    )


def arriving(count: int) -> Iterator[EmailRecord]:
    """Email with people who are known, as it comes in now."""
    for number, mail in enumerate(bulk(1, count, people=1000, noise=0)):
        at, name = END + timedelta(seconds=number % 3600), f"{number}@arriving.example"
        yield msgspec.structs.replace(record(mail), key=name, message_id=name, sent_at=at)


def sync(runtime: Runtime, lease: Lease, mails: Iterator[EmailRecord], done: threading.Event, kept: list[int]) -> None:
    """Commit pages of ten emails, each judged, until it is done."""
    while not done.is_set():
        page = list(islice(mails, 10))
        commit(runtime, lease, page, more=True)
        recompute(runtime, lease.user_id)
        kept.append(len(page))


@contextmanager
def syncing(runtime: Runtime, lease: Lease, mails: Iterator[EmailRecord]) -> Iterator[list[int]]:
    """Read email in a thread while the block runs; gives a list that grows by each page."""
    done, kept = threading.Event(), list[int]()
    thread = threading.Thread(target=sync, args=(runtime, lease, mails, done, kept))
    thread.start()
    try:
        yield kept
    finally:
        done.set()
        thread.join()


def fifty(runtime: Runtime, lease: Lease, asking: Asking, paths: list[str]) -> None:
    """Print how a sync goes alone, and with fifty requests at once, again and again."""
    mails = iter(list(arriving(20_000)))
    with syncing(runtime, lease, mails) as kept:
        time.sleep(SPAN)
    alone = sum(kept) / SPAN
    with syncing(runtime, lease, mails) as kept:
        begun, found = time.monotonic(), list[list[float]]()
        while time.monotonic() - begun < SPAN:
            found += asking.ask(*[paths[number % len(paths)] for number in range(50)])
        took = time.monotonic() - begun
        beside = sum(kept) / took
    waits = sorted(1000 * wait for _, _, wait, *_ in found)
    refused = sum(status != 200 for status, *_ in found)
    print(f"a sync alone {alone:.0f} emails a second; with fifty requests at once {beside:.0f}")
    print(
        f"{len(found) / took:.0f} pages a second, {refused} refused, half within {median(waits):.0f} ms, "
        f"19 of 20 within {waits[len(waits) * 19 // 20]:.0f} ms"
    )


def session(runtime: Runtime, user_id: int, port: int) -> dict[str, str]:
    """Sign in; gives the headers of a browser that has."""
    import httpx

    here = f"http://127.0.0.1:{port}"
    with writing(runtime.engine) as connection:
        link = make_link(connection, user_id, LINK, runtime.clock())
    with httpx.Client(base_url=here, trust_env=False) as client:
        page = client.get("/nowhere").text
        _ = page
        client.post("/enter", data={"word": link}, headers={"Origin": here, "Sec-Fetch-Site": "same-origin"})
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


def main(touches: int, people: int, kept: str = "") -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(kept or folder)
        there = (home / "keepwarm.db").exists()
        runtime = open_runtime(Settings(home=home, _env_file=None), lambda: END + timedelta(hours=1))  # type: ignore[call-arg]  # pydantic-settings' own
        begun = time.process_time()
        lease = lease_of(runtime) if there else fill_large(runtime, touches, people)
        megabytes = (home / "keepwarm.db").stat().st_size >> 20
        print(f"stored and judged in {time.process_time() - begun:.0f} s, {megabytes} MB")
        with reading(runtime.engine) as connection:
            deepest = quote(current(connection, lease.user_id, by_depth=True, limit=1)[0].person)
        with writing(runtime.engine) as connection:
            token = add_token(connection, lease.user_id, "bench", frozenset({Right.READ}), runtime.clock())
        served(runtime, lease, deepest, token)


def served(runtime: Runtime, lease: Lease, deepest: str, token: str) -> None:
    """Ask for everything."""
    console = Console(runtime)
    routes: list[Any] = [*program_routes(runtime), *console_routes(console)]
    warm(console).join()  # as `keepwarm run` begins
    with listening("127.0.0.1:0", routes, "the bench", Limits(response_seconds=900)) as port:
        asking = Asking(port, {**session(runtime, lease.user_id, port), "Authorization": f"Bearer {token}"})
        begun = time.process_time()
        while asking.ask("/")[0][-1]:
            time.sleep(0.2)
        print(f"this week, put together the first time: {time.process_time() - begun:.2f} s of CPU")
        print(f"{'':40} {'first':>10} {'then':>10} {'1st byte':>10} {'size':>9}")
        pages = [*PAGES, f"/person?who={deepest}", f"/person/history?who={deepest}"]
        api = [f"/api/v1/{one}" for one in (*API, f"people/{deepest}", f"touches?person={deepest}")]
        for path in (*pages, *api):
            measure(asking, path)
        fifty(runtime, lease, asking, pages)
        asking.close()


if __name__ == "__main__":
    said = sys.argv[1:]
    main(*(map(int, said[:2]) if said else (1_000_000, 10_000)), *said[2:3])

"""Google, far away: a sandbox in a process of its own, with many accounts, where each answer takes a while longer."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from tests.connectors.gmail.accounts import granted
from tests.sandbox.bulk import bulk
from tests.sandbox.google.fill import happen
from tests.sandbox.google.mailbox import GoogleMailbox, plain_mail
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.http import Request, Response
from tests.sandbox.people import OWNER

#: Units a minute: so many that it is keepwarm and the distance that are measured, not the quota.
UNITS = 10_000_000


class SlowGoogle(GoogleSandbox):
    """Google, far away."""

    latency = 0.0

    def answer(self, request: Request) -> Response:
        time.sleep(self.latency)
        return super().answer(request)


class Faraway(NamedTuple):
    """The provider as the bench knows it: what keepwarm must be told, who has granted what, and a line to it."""

    settings: dict[str, object]
    grants: dict[str, str]
    process: int
    line: Connection

    def arrive(self, address: str, number: int) -> str:
        """Have a mail arrive now; its id."""
        self.line.send((address, number))
        id_: str = self.line.recv()
        return id_


@contextmanager
def faraway(sizes: Sequence[int], latency: float) -> Iterator[Faraway]:
    """A provider with an account of each size."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(there, sizes, latency), daemon=True)
    process.start()
    try:
        settings, grants = here.recv()
        yield Faraway(settings, grants, process.pid or 0, here)
    finally:
        process.terminate()
        process.join()


def _serve(line: Connection, sizes: Sequence[int], latency: float) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    boxes = []
    for number, size in enumerate(sizes):
        box = GoogleMailbox(f"user{number}@load.example", seed=number)
        happen(box, bulk(number, size, until=yesterday), [], own={OWNER.address})
        boxes.append(box)
    with SlowGoogle(boxes, checked=False) as server:
        server.latency = latency
        server.quota.limits |= {"gmail": UNITS, "calendar": UNITS}
        environment: dict[str, Any] = {**server.settings(), "google_units_per_minute": UNITS}
        line.send((environment, {address: granted(server, address) for address in server.mailboxes}))
        while True:
            address, number = line.recv()
            now = datetime.now(UTC)
            headers = plain_mail("Late Comer <late@comer.example>", [address], now, f"late-{number}@comer.example")
            with server.lock:
                line.send(server.mailboxes[address].deliver(headers, now))

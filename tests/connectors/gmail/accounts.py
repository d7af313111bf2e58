"""Accounts of the sandbox, connected and ready to read: what the tests of this folder begin with."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from connectors.base import Cursor, Page, Stream
from connectors.gmail.auth import SCOPES, GoogleEndpoints
from connectors.gmail.connector import GmailConnector
from connectors.gmail.rate_limit import RateLimits, Units
from models.records import Record
from tests.sandbox.google.oauth import Code
from tests.sandbox.google.server import GoogleSandbox

ADA = "ada@example.org"
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
T = TypeVar("T")


class Clock:
    """Seconds that pass only when somebody sleeps, for the limiter and the sandbox's quota alike."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def endpoints(google: GoogleSandbox) -> GoogleEndpoints:
    return GoogleEndpoints(google.client_id, google.client_secret, google.auth_uri, google.token_uri, google.api_root)


def granted(google: GoogleSandbox, address: str = ADA, scopes: tuple[str, ...] = SCOPES) -> str:
    """Credentials as `connect` gives them, without the browser; the first call has to refresh them."""
    google.authorization.refresh[f"1//refresh-{address}"] = Code("", "", scopes, address, offline=True)
    return json.dumps({"token": None, "refresh_token": f"1//refresh-{address}", "expiry": None, "scopes": list(scopes)})


def connector(
    google: GoogleSandbox,
    clock: Clock,
    *,
    address: str = ADA,
    size: int = 50,
    listing: int = 500,
    units: Units | None = None,
    credentials: str | None = None,
    save: Callable[[str], None] = lambda _: None,
) -> GmailConnector:
    limits = RateLimits.of(units or Units(), clock=clock, sleep=clock.sleep)
    held = credentials or granted(google, address)
    return GmailConnector(endpoints(google), held, save=save, limits=limits, size=size, listing=listing)


@dataclass(frozen=True)
class Reading:
    pages: list[Page]
    cursor: Cursor

    @property
    def records(self) -> list[Record]:
        return [record for page in self.pages for record in page.records]

    @property
    def held(self) -> dict[str, Record]:
        """The last word on each key."""
        return {record.key: record for record in self.records if record.key is not None}

    def of(self, kind: type[T]) -> list[T]:
        return [record for record in self.records if isinstance(record, kind)]


def read(account: GmailConnector, stream: Stream, cursor: Cursor | None = None, since: datetime = LONG_AGO) -> Reading:
    """Read a stream to its end."""
    pages = list(account.changes(stream, cursor, since=since))
    return Reading(pages, pages[-1].cursor)

"""What the API says of the accounts and files that are read."""

from datetime import datetime

from msgspec import Struct


class StreamItem(Struct, frozen=True):
    """One stream: found = kept + skipped + later + unreadable."""

    title: str
    kind: str
    found: int
    kept: int
    skipped: int
    later: int
    unreadable: int
    complete: float
    synced_at: datetime | None
    trouble: str | None


class SourceItem(Struct, frozen=True):
    """One account; past `known_until` a silence proves nothing."""

    account: str
    provider: str
    state: str
    trouble: str | None
    known_until: datetime | None
    streams: tuple[StreamItem, ...]


class Status(Struct, frozen=True):
    """All accounts."""

    accounts: tuple[SourceItem, ...]

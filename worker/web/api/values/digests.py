"""What the API says of digests."""

from datetime import datetime

from msgspec import Struct

from worker.digest.digest import LineKind


class DigestItem(Struct, frozen=True):
    """Someone a digest names; `why` and `step` are whole sentences, null where a digest was erased in part."""

    person: str
    name: str
    kind: LineKind
    why: str | None = None
    step: str | None = None
    address: str | None = None
    silent_days: int | None = None


class DigestAnswer(Struct, frozen=True):
    """One digest."""

    period: str
    as_of: datetime
    sent_at: datetime | None
    lines: tuple[DigestItem, ...]
    notes: tuple[str, ...]


class Digests(Struct, frozen=True):
    """Earlier digests, the newest first."""

    items: tuple[DigestAnswer, ...]

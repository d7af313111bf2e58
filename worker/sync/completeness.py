"""What each stream has shown and what became of it: nothing is dropped in silence, and this is the proof."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from models.accounts import Account, PushSubscription, SendingConsent, StreamState
from models.history import NOT_HELD, Sighting, Unreadable

#: Unreadable things listed at most: a broken file may hold a hundred thousand of them.
MOST = 1000


@dataclass(frozen=True, slots=True)
class StreamCount:
    """One stream: where its reading stands, and found = held (kept) + skipped + deferred + unreadable."""

    title: str
    kind: str
    unfinished: bool
    synced_at: datetime | None
    began_at: datetime | None
    due_at: datetime | None
    trouble: str | None
    failures: int
    done: int | None
    total: int | None
    unit: str | None
    listed: int | None  # ids the provider has listed, where it lists ids
    held: int = 0
    skipped: dict[str, int] = field(default_factory=dict)  # reason -> how many
    deferred: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0

    @property
    def found(self) -> int:
        """Everything the stream has shown."""
        return self.held + sum(self.skipped.values()) + sum(self.deferred.values()) + self.unreadable

    @property
    def complete(self) -> float:
        """The share of what there is that has been shown, 0 to 1: of the ids listed, else of what is to be read."""
        if self.listed:
            return min(1.0, self.found / self.listed)
        if not self.unfinished:
            return 1.0
        return min(1.0, (self.done or 0) / self.total) if self.total else 0.0


@dataclass(frozen=True, slots=True)
class AccountCount:
    """One account with its streams."""

    account: str
    provider: str
    state: str
    trouble: str | None
    connected_at: datetime
    paused_until: datetime | None
    hinted_until: datetime | None  # its provider sends notifications until then
    no_hints: str | None  # why it does not
    streams: tuple[StreamCount, ...]
    sends_digest: bool = False
    sending_trouble: str | None = None  # why the digest cannot be sent through it, and what to do


@dataclass(frozen=True, slots=True)
class NotRead:
    """Something that could not be read: where it lies, and why."""

    account: str
    stream: str
    place: str
    reason: str


def completeness(connection: Connection, user_id: int) -> list[AccountCount]:
    """Count for every account of a user, in order of connecting."""
    streams = _streams(connection, user_id)
    return [
        AccountCount(
            row.address, row.provider, row.state, row.trouble, row.connected_at, row.paused_until, row.until,
            row.no_hints, tuple(streams.get(row.id, ())), row.sending is not None, row.sending_trouble,
        )
        for row in connection.execute(
            select(
                Account.__table__, PushSubscription.until, PushSubscription.trouble.label("no_hints"),
                SendingConsent.granted_at.label("sending"), SendingConsent.trouble.label("sending_trouble"),
            )
            .join(PushSubscription, PushSubscription.account_id == Account.id, isouter=True)
            .join(SendingConsent, SendingConsent.account_id == Account.id, isouter=True)
            .where(Account.user_id == user_id)
            .order_by(Account.id)
        )
    ]  # fmt: skip


def _streams(connection: Connection, user_id: int) -> dict[int, list[StreamCount]]:
    """Count for every stream that is not retired, by account."""
    outcomes, broken = _outcomes(connection, user_id), _unreadable(connection, user_id)
    streams: dict[int, list[StreamCount]] = {}
    state = StreamState
    for row in connection.execute(
        select(state.__table__).where(state.user_id == user_id, ~state.retired).order_by(state.kind.desc(), state.title)
    ):
        found = outcomes.get(row.id, {})
        streams.setdefault(row.account_id, []).append(
            StreamCount(
                title=row.title, kind=row.kind, unfinished=row.unfinished, synced_at=row.synced_at,
                began_at=row.began_at, due_at=row.due_at, trouble=row.trouble, failures=row.failures, done=row.done,
                total=row.total, unit=row.unit, listed=row.listed, held=sum(found.get("held", {}).values()),
                skipped=found.get("skipped", {}), deferred=found.get("deferred", {}),
                unreadable=broken.get(row.id, 0),
            )
        )  # fmt: skip
    return streams


def _outcomes(connection: Connection, user_id: int) -> dict[int, dict[str, dict[str, int]]]:
    """Count records by stream, outcome and reason: those that are held are what is left of all."""
    counts: dict[int, dict[str, dict[str, int]]] = defaultdict(dict)
    counted = connection.execute(
        select(Sighting.stream_id, Sighting.outcome, Sighting.reason, func.count())
        .where(Sighting.user_id == user_id, NOT_HELD)
        .group_by(Sighting.stream_id, Sighting.outcome, Sighting.reason)
    ).all()
    for stream, outcome, reason, number in sorted(counted, key=lambda row: row.reason or ""):
        counts[stream].setdefault(outcome, {})[reason or ""] = number
    shown = select(func.count()).where(Sighting.stream_id == StreamState.id).scalar_subquery()
    for stream, number in connection.execute(select(StreamState.id, shown).where(StreamState.user_id == user_id)):
        others = sum(sum(reasons.values()) for reasons in counts[stream].values())
        counts[stream]["held"] = {"": number - others}
    return counts


def _unreadable(connection: Connection, user_id: int) -> dict[int, int]:
    """Count what could not be read, by stream."""
    counts: Any = connection.execute(
        select(Unreadable.stream_id, func.count()).where(Unreadable.user_id == user_id).group_by(Unreadable.stream_id)
    )
    return dict(counts.all())


def unreadable(connection: Connection, user_id: int) -> list[NotRead]:
    """List what could not be read, at most MOST of it."""
    rows = connection.execute(
        select(Account.address, StreamState.title, Unreadable.place, Unreadable.reason)
        .join(StreamState, StreamState.id == Unreadable.stream_id)
        .join(Account, Account.id == StreamState.account_id)
        .where(Unreadable.user_id == user_id)
        .order_by(Account.address, StreamState.title, Unreadable.place)
        .limit(MOST)
    )
    return [NotRead(*row) for row in rows]

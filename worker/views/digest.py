"""The digest as a page and programs show it: this week's, earlier ones, and who is left out."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import msgspec
from sqlalchemy import select

from models.judgement import DigestLine, StoredDigest
from models.people import Person
from worker.app.runtime import Runtime
from worker.digest.choose.choice import LeftOut
from worker.digest.compose import compose, left_out, period_of
from worker.digest.digest import Digest, LineKind
from worker.network.season.review import Season
from worker.views.session import View

DECODE = msgspec.json.Decoder(Digest).decode
#: Seconds that a digest composed for a page is kept: it looks at everybody.
KEPT = 600.0


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """Whom an earlier digest named, and why in a word."""

    person: str
    name: str
    kind: LineKind


@dataclass(frozen=True, slots=True)
class EarlierDigest:
    """A digest of an earlier week: `content` is None where its words were erased with somebody it named."""

    period: str
    made_at: datetime
    sent_at: datetime | None
    lines: tuple[EarlierLine, ...]
    content: Digest | None


@dataclass
class Composed:
    """What this process has composed of late, by user; composing looks at everybody, so it is done once."""

    lock: Lock = field(default_factory=Lock)
    digests: dict[int, tuple[str, float, Digest]] = field(default_factory=dict)
    left_out: dict[int, tuple[str, float, list[LeftOut]]] = field(default_factory=dict)
    seasons: dict[int, tuple[float, Season]] = field(default_factory=dict)

    def forget(self, user_id: int) -> None:
        """Compose anew for this user: something has changed."""
        self.digests.pop(user_id, None)
        self.left_out.pop(user_id, None)
        self.seasons.pop(user_id, None)


def this_weeks(runtime: Runtime, view: View) -> Digest:
    """Give the digest of this week: as it was sent or shown, else as it would be now."""
    period = period_of(view.now, view.zone)
    kept = view.connection.scalar(
        select(StoredDigest.content).where(StoredDigest.user_id == view.user_id, StoredDigest.period == period)
    )
    if (known := read_digest(kept)) is not None:
        return known
    composed = runtime.shared(Composed)
    with composed.lock:
        found = composed.digests.get(view.user_id)
        if found is None or found[0] != period or time.monotonic() - found[1] > KEPT:
            found = (period, time.monotonic(), compose(runtime, view.user_id, view.now))
            composed.digests[view.user_id] = found
    return found[2]


def left_out_this_week(runtime: Runtime, view: View) -> list[LeftOut]:
    """Say who would have been named this week, and what kept them out."""
    period = period_of(view.now, view.zone)
    composed = runtime.shared(Composed)
    with composed.lock:
        found = composed.left_out.get(view.user_id)
        if found is None or found[0] != period or time.monotonic() - found[1] > KEPT:
            found = (period, time.monotonic(), left_out(runtime, view.user_id, view.now))
            composed.left_out[view.user_id] = found
    return found[2]


def earlier_digests(view: View, *, before: str = "", limit: int = 20) -> list[EarlierDigest]:
    """List the digests of earlier weeks, the newest first; those with nothing to say are left out.

    Args:
        view: whose.
        before: only those of periods before this one (as text: 2026-W47); "" for all.
        limit: at most so many.
    """
    stored = StoredDigest
    wanted = [
        stored.user_id == view.user_id,
        stored.period < (before or period_of(view.now, view.zone)),
        stored.period.contains("-W"),
    ]
    rows = view.connection.execute(
        select(stored.period, stored.made_at, stored.sent_at, stored.content)
        .where(*wanted, stored.document.is_(None) | (stored.document != b""))
        .order_by(stored.period.desc())
        .limit(limit)
    ).all()
    lines = _lines(view, [row.period for row in rows])
    return [
        EarlierDigest(row.period, row.made_at, row.sent_at, tuple(lines.get(row.period, ())), read_digest(row.content))
        for row in rows
    ]


def _lines(view: View, periods: list[str]) -> dict[str, list[EarlierLine]]:
    found: dict[str, list[EarlierLine]] = {}
    for period, person, kind, name in view.connection.execute(
        select(DigestLine.period, DigestLine.person, DigestLine.kind, Person.name)
        .outerjoin(Person, (Person.user_id == DigestLine.user_id) & (Person.key == DigestLine.person))
        .where(DigestLine.user_id == view.user_id, DigestLine.period.in_(periods))
        .order_by(DigestLine.period, DigestLine.position)
    ):
        found.setdefault(period, []).append(EarlierLine(person, name or "", LineKind(kind)))
    return found


def read_digest(content: bytes | None) -> Digest | None:
    """Read what a stored digest said; one written by another version, which cannot be read, is like none."""
    try:
        return DECODE(content) if content else None
    except msgspec.DecodeError:
        return None

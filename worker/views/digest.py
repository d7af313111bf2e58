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
from worker.digest.compose import period_of, whole_week
from worker.digest.digest import Digest, LineKind
from worker.network.season.review import Season
from worker.views.session import View

DECODE = msgspec.json.Decoder(Digest).decode
#: Seconds that a digest composed for a page is kept: it looks at everyone.
KEPT = 600.0


@dataclass(frozen=True, slots=True)
class EarlierLine:
    """Someone an earlier digest named, and why in a word."""

    person: str
    name: str
    kind: LineKind


@dataclass(frozen=True, slots=True)
class EarlierDigest:
    """A digest of an earlier week: `content` is None where its words were erased with someone it named."""

    period: str
    made_at: datetime
    sent_at: datetime | None
    lines: tuple[EarlierLine, ...]
    content: Digest | None


@dataclass(frozen=True, slots=True)
class Week:
    """This week's digest, and who is left out (None: not known without looking at everyone)."""

    digest: Digest
    left_out: list[LeftOut] | None
    current: bool  # False: from earlier this week; looked at again, it may say otherwise


@dataclass
class Composed:
    """What this process has composed recently, by user; composing looks at everyone, so it is done once."""

    lock: Lock = field(default_factory=Lock)
    weeks: dict[int, tuple[str, float, Digest, list[LeftOut]]] = field(default_factory=dict)
    seasons: dict[int, tuple[float, Season]] = field(default_factory=dict)

    def forget(self, user_id: int) -> None:
        """Compose again for this user: something has changed."""
        self.weeks.pop(user_id, None)
        self.seasons.pop(user_id, None)


def week_standing(runtime: Runtime, view: View) -> Week | None:
    """Return what is known of this week without looking at everyone; None if nothing is."""
    period, kept = period_of(view.now, view.zone), _kept(view)
    found = runtime.shared(Composed).weeks.get(view.user_id)
    if found is None or found[0] != period:
        return Week(kept, None, current=False) if kept else None
    return Week(kept or found[2], found[3], current=_fresh(found, period))


def this_week(runtime: Runtime, view: View) -> Week:
    """Return this week's digest and who is left out, looking at everyone unless that was done recently."""
    kept, (_, _, digest, out) = _kept(view), _composed(runtime, view)
    return Week(kept or digest, out, current=True)


def this_weeks(runtime: Runtime, view: View) -> Digest:
    """Return the digest of this week: as it was sent or shown, else as it would be now."""
    return _kept(view) or _composed(runtime, view)[2]


def _kept(view: View) -> Digest | None:
    period = period_of(view.now, view.zone)
    return read_digest(
        view.connection.scalar(
            select(StoredDigest.content).where(StoredDigest.user_id == view.user_id, StoredDigest.period == period)
        )
    )


def _fresh(found: tuple[str, float, Digest, list[LeftOut]], period: str) -> bool:
    return found[0] == period and time.monotonic() - found[1] <= KEPT


def _composed(runtime: Runtime, view: View) -> tuple[str, float, Digest, list[LeftOut]]:
    period, composed = period_of(view.now, view.zone), runtime.shared(Composed)
    with composed.lock:
        found = composed.weeks.get(view.user_id)
        if found is None or not _fresh(found, period):
            digest, out = whole_week(runtime, view.user_id, view.now)
            found = (period, time.monotonic(), digest, out)
            composed.weeks[view.user_id] = found
    return found


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

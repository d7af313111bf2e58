"""Storing the records of a page: as sightings, and as interactions where they are the only copy."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, null, select, union_all, update
from sqlalchemy.engine import Connection

from models.enums import MeetingStatus
from models.history import Sighting
from models.records import EmailRecord, MeetingRecord
from worker.ingest import rows
from worker.ingest.classify.accepted import Accepted, Skipped
from worker.ingest.classify.classify import classify
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.identity import READER, ContactRecord, identity_of, series_of
from worker.ingest.classify.vouched import is_doubted
from worker.ingest.copies.carry_over import carry_over
from worker.ingest.deletions import MAIL, set_aside
from worker.ingest.evidence.pieces import Piece, fewest, pieces_of
from worker.ingest.learn import learn
from worker.ingest.meetings.series import in_other_streams
from worker.ingest.redaction.redact import redact
from worker.ingest.replies import answered
from worker.ingest.reprocess import reprocess
from worker.ingest.stored import SENT, as_stored
from worker.queue.leases import Lease
from worker.storage.bulk import chunks, put
from worker.storage.conditions import is_about, is_one_of
from worker.storage.learning import learn_first, packing

SIGHTING = ("stream_id", "key", "user_id", "identity", "series", "outcome", "reason", "round", "stale", "record")
#: A later record of the same key replaces the earlier one.
SHOWN_AGAIN = """ON CONFLICT (stream_id, key) DO UPDATE SET identity = excluded.identity, series = excluded.series,
    outcome = excluded.outcome, reason = excluded.reason, round = excluded.round, stale = excluded.stale,
    record = excluded.record, gone_at = NULL"""

FORGOTTEN = Skipped("forgotten")
#: A record under its identity, without what must not be stored, and in JSON; None where nothing of it may be.
Fresh = tuple[str, ContactRecord | None, bytes | None]


def store_records(
    connection: Connection,
    lease: Lease,
    records: dict[str, ContactRecord],
    round_: int,
    filters: Filters,
    now: datetime,
    *,
    account: int,
    dictionary: int | None = None,
) -> None:
    """Store records as sightings, and as interactions where they are the only copy; others are merged."""
    pack = packing(connection, dictionary)
    identities = {key: identity_of(record) for key, record in records.items()}
    known, seen = _stored(connection, lease, identities)
    news = _compared(records, identities, known, filters)
    otherwise = news.seen - news.again - set(identities.values())  # named otherwise once they were completed
    news.again.update(seen & news.seen, _seen_before(connection, lease, otherwise))
    news.again.update(_answered_and_doubted(connection, lease, records, known, news))
    series = _series(connection, lease, records, news)
    made: list[tuple[str, Accepted]] = []
    stored: list[tuple[Any, ...]] = []
    for key, (identity, kept, text) in news.fresh.items():
        answer = FORGOTTEN if kept is None else classify(kept, filters) if identity not in news.again else None
        outcome, reason = (
            ("held", None) if answer is None or isinstance(answer, Accepted) else ("skipped", answer.reason)
        )
        if isinstance(answer, Accepted):
            made.append((identity, answer))
        stored.append((
            lease.stream_id, key, lease.user_id, identity, series.get(identity), outcome, reason, round_,
            answer is None, None if text is None else pack(text),
        ))  # fmt: skip
    set_aside(connection, lease, news.replaced, now)
    put(connection, Sighting, SIGHTING, stored, SHOWN_AGAIN, ready=("record",))
    if dictionary is None:
        learn_first(connection, lease.user_id, [text for _, _, text in news.fresh.values() if text is not None])
    _note_round(connection, lease, news.same, round_)
    rows.write(connection, lease.user_id, made, now)
    reprocess(connection, lease.user_id, news.again, filters)
    _learn(connection, lease, account, news.fresh, known, filters)


@dataclass(frozen=True, slots=True)
class _News:
    """The records of a page, beside what was stored under the same keys."""

    fresh: dict[str, Fresh] = field(default_factory=dict)
    same: list[str] = field(default_factory=list)  # keys shown again unchanged
    seen: set[str] = field(default_factory=set)  # identities of what is fresh
    again: set[str] = field(default_factory=set)  # those shown more than once: they are merged
    replaced: list[Any] = field(default_factory=list)  # rows of mails whose key now names another mail


def _compared(
    records: Mapping[str, ContactRecord], identities: Mapping[str, str], known: Mapping[str, Any], filters: Filters
) -> _News:
    """Compare records with what is stored of them."""
    news, keeps_all = _News(), filters.keeps_all
    for key, shown in records.items():
        before = known.get(key)
        record = shown if before is None else _completed(shown, before)
        kept = record if keeps_all else redact(record, filters)
        text = as_stored(kept) if kept is not None else None
        if before is not None and before.identity and before.record == text and before.gone_at is None:
            news.same.append(key)
            continue
        identity = identities[key] if record is shown else identity_of(record)
        news.fresh[key] = (identity, kept, text)
        if before is not None and before.identity:
            news.again.update((identity, before.identity))
            if identity != before.identity and before.outcome == "held" and before.record.startswith(MAIL):
                news.replaced.append(before)
        elif identity in news.seen:
            news.again.add(identity)
        news.seen.add(identity)
    return news


def _stored(connection: Connection, lease: Lease, identities: Mapping[str, str]) -> tuple[dict[str, Any], set[str]]:
    """Read what is stored under these keys, and which of their identities any stream of the user has shown."""
    if not identities:
        return {}, set()
    under: Any = select(Sighting.key, Sighting.identity, Sighting.record, Sighting.gone_at, Sighting.outcome)
    under = under.where(Sighting.stream_id == lease.stream_id, is_one_of(connection, Sighting.key, identities))
    nothing = null()
    shown: Any = _shown(connection, lease, identities.values())
    shown = shown.with_only_columns(nothing, Sighting.identity, nothing, nothing, nothing)
    rows = connection.execute(union_all(under, shown)).all()
    return {row.key: row for row in rows if row.key is not None}, {row.identity for row in rows if row.key is None}


def _series(connection: Connection, lease: Lease, records: Mapping[str, ContactRecord], news: _News) -> dict[str, str]:
    """Say which series the fresh meetings belong to, by identity; those of a series in other streams are merged."""
    series = {
        identity: one for key, (identity, _, _) in news.fresh.items() if (one := series_of(records[key])) is not None
    }
    if series:
        shared = in_other_streams(connection, lease.user_id, lease.stream_id, set(series.values()))
        news.again.update(identity for identity, one in series.items() if one in shared)
    return series


def _answered_and_doubted(
    connection: Connection, lease: Lease, records: Mapping[str, ContactRecord], known: Mapping[str, Any], news: _News
) -> set[str]:
    """Return the emails that failed their provider's check, and those of them the user answers: they come last."""
    found = {news.fresh[key][0] for key in news.fresh if is_doubted(records[key])}
    stored = (known[key].record for key in news.fresh if key in known)
    before = (READER.decode(record) for record in stored if record and SENT in record)
    return found | answered(connection, lease.user_id, (*(records[key] for key in news.fresh), *before))


def _seen_before(connection: Connection, lease: Lease, identities: set[str]) -> Iterable[str]:
    """Which of these identities any stream of the user has shown."""
    return connection.scalars(_shown(connection, lease, identities)) if identities else ()


def _shown(connection: Connection, lease: Lease, identities: Iterable[str]) -> Select[Any]:
    asked: Any = select(Sighting.identity)
    return asked.where(Sighting.user_id == lease.user_id, is_about(connection, set(identities)))  # type: ignore[no-any-return]


def _note_round(connection: Connection, lease: Lease, keys: Sequence[str], round_: int) -> None:
    """Note that a listing has shown these keys again, unchanged."""
    for chunk in chunks(keys):
        connection.execute(
            update(Sighting).where(Sighting.stream_id == lease.stream_id, Sighting.key.in_(chunk)).values(round=round_)
        )


def _completed(record: ContactRecord, before: Any) -> ContactRecord:
    """Complete a meeting that lacks something by what its calendar had shown of it before."""
    if before is None or before.record is None or not isinstance(record, MeetingRecord):
        return record
    if record.attendees and not record.attendees_omitted and record.status is not MeetingStatus.CANCELLED:
        return record
    stored = READER.decode(before.record)
    return carry_over(stored, record) if isinstance(stored, MeetingRecord) else record


def _learn(
    connection: Connection,
    lease: Lease,
    account: int,
    fresh: Mapping[str, Fresh],
    known: Mapping[str, Any],
    filters: Filters,
) -> None:
    """Take what these emails show of addresses for evidence, in place of what they showed before."""
    shown: list[Piece] = []
    withdrawn: list[Piece] = []
    for key, (identity, record, _) in fresh.items():
        if isinstance(record, EmailRecord):
            shown += pieces_of(record, identity, filters.account)
        before = known.get(key)
        if before is not None and before.identity == identity and before.record and before.record.startswith(MAIL):
            withdrawn += pieces_of(READER.decode(before.record), identity, filters.account)
    if shown or withdrawn:
        learn(connection, lease.user_id, account, fewest(shown), sorted(set(withdrawn).difference(shown)), filters)

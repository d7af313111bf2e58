"""Classifying stored sightings again, from their records: for things shown twice, and after a filter has changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from models.accounts import Account, StreamState
from models.base import seconds
from models.history import Sighting
from models.records import EmailRecord, MeetingRecord
from worker.ingest import rows
from worker.ingest.classify.accepted import Accepted, Skipped
from worker.ingest.classify.bounce import undelivered, without_failed
from worker.ingest.classify.classify import classify
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.identity import READER, ContactRecord
from worker.ingest.classify.vouched import Reply, is_doubted, with_answered
from worker.ingest.copies.merge import clusters, interaction_ids, merge
from worker.ingest.copies.versions import SUPERSEDED, current
from worker.ingest.evidence.pieces import Piece, fewest, pieces_of
from worker.ingest.learn import filters_of, learn
from worker.ingest.meetings.series import together
from worker.ingest.replies import replies_to
from worker.storage.bulk import change, chunks
from worker.storage.conditions import USER, is_about

#: Stale sightings classified in one transaction.
BATCH = 2000
#: What has to be classified again; without a record nothing can be: it would be asked for for ever.
STALE: Any = (Sighting.user_id == USER, Sighting.stale, Sighting.record.is_not(None))


def reprocess(connection: Connection, user_id: int, identities: Iterable[str], filters: Filters) -> None:
    """Make the interactions of these identities again from all that was ever shown of them."""
    wanted = set(identities)
    others, rulings = together(connection, user_id, wanted)
    doubted: dict[str, list[ContactRecord]] = {}
    shown: list[_Shown] = []
    for chunk in chunks(sorted(wanted | others)):
        groups = _groups(connection, user_id, chunk, rulings)
        aside = {one.identity: one.decoded for one in groups if any(map(is_doubted, one.decoded))}
        settled = [one for one in groups if one.identity not in aside]
        shown += _make(connection, user_id, [one for one in chunk if one not in aside], settled, filters, {})
        doubted |= aside
    for chunk in chunks(sorted(doubted)):  # once all the user has written is made: their answers speak for these
        replies = replies_to(connection, user_id, (record for one in chunk for record in doubted[one]))
        shown += _make(connection, user_id, chunk, _groups(connection, user_id, chunk, rulings), filters, replies)
    # only now: what is concluded makes records stale, and the above takes that off by what was known before
    for account, each in groupby(sorted(shown, key=itemgetter(0)), key=itemgetter(0)):
        pieces = fewest(piece for _, found in each for piece in found)
        learn(connection, user_id, account[0], pieces, (), filters.of(account[1]))


#: An account by its id and address, and what an email of it shows of addresses.
_Shown = tuple[tuple[int, str], list[Piece]]


class _Copies(NamedTuple):
    """All copies of one identity: the rows, what later copies make of each, and what each says."""

    identity: str
    rows: list[Any]
    ruled: list[MeetingRecord | Skipped | None]
    decoded: list[ContactRecord]


def _groups(
    connection: Connection, user_id: int, identities: Sequence[str],
    rulings: Mapping[tuple[int, str], MeetingRecord | Skipped],
) -> list[_Copies]:  # fmt: skip
    found = []
    for identity, group in groupby(_read_copies(connection, user_id, identities), key=lambda row: row.identity):
        copies = list(group)
        ruled = [rulings.get((row.stream_id, row.key)) for row in copies]
        decoded = [
            ruling if isinstance(ruling, MeetingRecord) else READER.decode(row.record)
            for row, ruling in zip(copies, ruled, strict=True)
        ]
        found.append(_Copies(identity, copies, ruled, decoded))
    return found


def _make(
    connection: Connection, user_id: int, identities: Sequence[str], groups: Iterable[_Copies], filters: Filters,
    replies: Mapping[str, Sequence[Reply]],
) -> list[_Shown]:  # fmt: skip
    """Replace the interactions of these identities by what these copies amount to; give what they show of addresses."""
    made: list[tuple[str, Accepted]] = []
    outcomes: list[tuple[Any, ...]] = []
    shown: list[_Shown] = []
    for identity, copies, ruled, decoded in groups:
        for row, record in zip(copies, decoded, strict=True):
            if row.stale and isinstance(record, EmailRecord):  # what it shows of addresses may never have been read
                shown.append(((row.account_id, row.address), pieces_of(record, identity, row.address)))
        answers = _classified(copies, ruled, decoded, filters)
        outcomes += _news(zip(copies, answers, strict=True))
        made += _merged(identity, with_answered(decoded, answers, replies) if replies else answers, decoded)
    change(connection, Sighting, ("outcome", "reason", "stale"), ("stream_id", "key"), outcomes)
    rows.replace(connection, user_id, identities, made)
    return shown


def _read_copies(connection: Connection, user_id: int, identities: Sequence[str]) -> Iterable[Any]:
    """Read what was ever shown of these identities, and by which account, one identity after another."""
    return connection.execute(
        select(
            Sighting.identity, Sighting.stream_id, Sighting.key, Sighting.outcome, Sighting.reason, Sighting.stale,
            Sighting.gone_at, Sighting.record, Account.address, StreamState.account_id,
        )
        .join(StreamState, StreamState.id == Sighting.stream_id)
        .join(Account, Account.id == StreamState.account_id)
        .where(Sighting.user_id == user_id, is_about(connection, identities), Sighting.record.is_not(None))
        .order_by(Sighting.identity)
    )  # fmt: skip


def _classified(
    copies: Sequence[Any], ruled: Sequence[MeetingRecord | Skipped | None], decoded: Sequence[ContactRecord],
    filters: Filters,
) -> list[Accepted | Skipped]:  # fmt: skip
    """What each copy of one identity counts for: the latest of it that stands, by the filters of its account."""
    standing = [n for n, ruling in enumerate(ruled) if not isinstance(ruling, Skipped)]
    settled = dict(zip(standing, current([decoded[n] for n in standing]), strict=True))
    answers: list[Accepted | Skipped] = []
    for n, row in enumerate(copies):
        record = settled.get(n, SUPERSEDED)
        gone_at = seconds(row.gone_at) if row.gone_at else None
        answers.append(record if isinstance(record, Skipped) else classify(record, filters.of(row.address), gone_at))
    return answers


def _news(classified: Iterable[tuple[Any, Accepted | Skipped]]) -> Iterator[tuple[Any, ...]]:
    """Yield what is to be noted on sightings: outcome, reason, stale, stream and key."""
    for row, answer in classified:
        outcome, reason = ("skipped", answer.reason) if isinstance(answer, Skipped) else ("held", None)
        if row.stale or (outcome, reason) != (row.outcome, row.reason):
            yield outcome, reason, False, row.stream_id, row.key


def _merged(
    identity: str, answers: Iterable[Accepted | Skipped], decoded: Iterable[ContactRecord]
) -> Iterable[tuple[str, Accepted]]:
    """The interactions that the copies of one identity amount to, without recipients they did not reach."""
    failures = [named for record in decoded if (named := undelivered(record)) is not None]
    things = clusters([answer for answer in answers if isinstance(answer, Accepted)])
    merged = (without_failed(merge(thing), failures) for thing in things)
    return zip(interaction_ids(identity, things), merged, strict=True)


def reprocess_stale(connection: Connection, user_id: int, *, keep_subjects: bool) -> bool:
    """Classify one batch of stale sightings again; True while there may be more, some by what these have shown."""
    found = connection.scalars(_stale(), {"user": user_id}).all()
    if found:
        reprocess(connection, user_id, found, filters_of(connection, user_id, "", keep_subjects=keep_subjects))
    return bool(found)


@cache
def _stale() -> Select[Any]:
    asked: Any = select(Sighting.identity)
    return asked.where(*STALE).limit(BATCH)  # type: ignore[no-any-return]

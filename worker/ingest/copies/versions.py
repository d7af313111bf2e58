"""Which of several copies of one meeting is the latest: it says when the meeting is, whether it is, and who is in it.

Pure and order-free: the answer for each record depends on the set of records alone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from models.enums import Channel, MeetingStatus
from models.records import ExportedRecord, MeetingRecord, Version
from worker.ingest.classify.accepted import Skipped
from worker.ingest.classify.identity import ContactRecord

SUPERSEDED = Skipped("superseded")
UNVERSIONED = Version()
NEVER = datetime(1, 1, 1, tzinfo=UTC)


class When(NamedTuple):
    """What one copy says of the meeting itself. Of several of one version the least holds.

    So what stands goes before what is cancelled, what was moved before what is where the series had put it, the earlier
    before the later, and the longer (`length` is negative) before the shorter.
    """

    cancelled: bool
    in_place: bool
    begins: datetime
    length: timedelta
    timed: bool = True


Rank = tuple[int, datetime]


def ranks(versions: Sequence[Version]) -> list[Rank]:
    """Put versions in order: by SEQUENCE, then by when they were written (RFC 5546 2.1.4).

    Graph knows no SEQUENCE: what it sends is taken as of the highest one written by then, so that the order is total.
    """
    known = sorted((one.written_at or NEVER, one.sequence) for one in versions if one.sequence is not None)

    def rank(one: Version) -> Rank:
        at = one.written_at or NEVER
        if one.sequence is not None:
            return one.sequence, at
        return max((sequence for written, sequence in known if written <= at), default=0), at

    return [rank(one) for one in versions]


def current(records: Sequence[ContactRecord]) -> list[ContactRecord | Skipped]:
    """Bring all copies of one meeting up to the latest; those of an earlier version are superseded.

    Copies that agree on when it is are all kept, whichever calendar they are from. Where the latest names no one
    (a published calendar, one without details), the latest that does says who is in it.
    """
    answers: list[ContactRecord | Skipped] = list(records)
    rivals = [number for number, record in enumerate(records) if _is_meeting(record)]
    if len(rivals) < 2:
        return answers
    ranked = dict(zip(rivals, ranks([_version(records[number]) for number in rivals]), strict=True))
    latest = max(ranked.values())
    when = min(_when(records[number]) for number, rank in ranked.items() if rank == latest)
    naming = [rank for number, rank in ranked.items() if _names(records[number])]
    who = max(naming, default=latest)
    for number, rank in ranked.items():
        record = records[number]
        agrees = _when(record) == when and rank[0] >= who[0]
        if rank == latest or (not when.cancelled and _names(record) and (rank == who or agrees)):
            answers[number] = _at(record, when)
        else:
            answers[number] = SUPERSEDED
    return answers


def _is_meeting(record: ContactRecord) -> bool:
    if isinstance(record, MeetingRecord):
        return record.not_a_meeting is None
    return isinstance(record, ExportedRecord) and record.channel is Channel.MEETING


def _version(record: ContactRecord) -> Version:
    return (record.version if isinstance(record, MeetingRecord) else None) or UNVERSIONED


def _when(record: ContactRecord) -> When:
    if isinstance(record, MeetingRecord):
        begins, ends = record.starts_at or NEVER, record.ends_at or record.starts_at or NEVER
        cancelled, in_place = record.status is MeetingStatus.CANCELLED, record.recurrence_at == begins
        return When(cancelled, in_place, begins, begins - ends, not record.all_day)
    if isinstance(record, ExportedRecord):
        ends = record.ends_at or record.occurred_at
        in_place = record.recurrence_at == record.occurred_at
        return When(cancelled=False, in_place=in_place, begins=record.occurred_at, length=record.occurred_at - ends)
    raise TypeError(record)


def _names(record: ContactRecord) -> bool:
    """Whether it stands and says who is in it."""
    if not isinstance(record, MeetingRecord):
        return True
    named = bool(record.attendees or record.organizer) and not record.attendees_omitted
    return named and record.status is not MeetingStatus.CANCELLED


def _at(record: ContactRecord, when: When) -> ContactRecord:
    """Return the same copy as of the latest time; one that is cancelled stays as it is."""
    if _when(record) in {when, when._replace(cancelled=True)} or _when(record).cancelled:
        return record
    ends_at = when.begins - when.length
    if isinstance(record, MeetingRecord):
        return replace(record, starts_at=when.begins, ends_at=ends_at, all_day=not when.timed)
    return replace(record, occurred_at=when.begins, ends_at=ends_at)

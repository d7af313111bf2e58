"""A series in several calendars, of which some are stale: what the latest copy of it no longer has (pure).

Occurrences that both have are settled one by one (`versions.current`). This is about the others: a series that was
moved as a whole, ended or cancelled in one calendar, and still stands at its old times in another.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from models.enums import MeetingStatus
from models.records import MeetingRecord, Version
from worker.ingest.copies.versions import NEVER, UNVERSIONED, Rank, ranks

#: So many occurrences where the series itself had put them show that a calendar has the series, not lone invitations.
ENOUGH = 3


class Copy(NamedTuple):
    """One meeting of a series as a stream shows it; `gone` if the stream had removed it before its time."""

    stream: int
    record: MeetingRecord
    gone: bool = False

    @property
    def stands(self) -> bool:
        """Whether the stream shows a meeting here at all."""
        return not self.gone and self.record.not_a_meeting is None and self.record.starts_at is not None


class Whole(NamedTuple):
    """A series as one stream shows it: which version, from when to when, and whether it was cancelled."""

    version: Version
    first: datetime
    last: datetime
    gap: timedelta  # the smallest between two occurrences
    slots: frozenset[datetime | None]
    cancelled: bool
    lone: bool  # a single meeting, which says nothing of what comes after it


def outdated(copies: Sequence[Copy]) -> set[int]:
    """Return the positions of copies that the latest copy of the series, by another stream, no longer has."""
    by_stream: dict[int, list[MeetingRecord]] = defaultdict(list)
    for copy in copies:
        if copy.stands:
            by_stream[copy.stream].append(copy.record)
    wholes = {stream: whole for stream, records in by_stream.items() if (whole := _whole(records)) is not None}
    if len(by_stream) < 2 or not wholes:
        return set()
    versions = [copy.record.version or UNVERSIONED for copy in copies]
    order = ranks([*versions, *(whole.version for whole in wholes.values())])
    latest = max(order[len(versions) :])
    newest = {
        stream: whole for stream, whole in wholes.items() if order[len(versions) + [*wholes].index(stream)] == latest
    }
    whole = _joined(list(newest.values()))
    return {
        number
        for number, copy in enumerate(copies)
        if copy.stands
        and copy.stream not in newest
        and copy.record.recurrence_at not in whole.slots
        and _superseded(copy.record, order[number], whole, latest)
    }


def carried_on(copies: Sequence[Copy]) -> dict[int, MeetingRecord]:
    """Move what follows a change of "this and all following" that another stream shows, as that one was moved."""
    changes = [number for number, copy in enumerate(copies) if copy.record.onward and copy.stands]
    if not changes:
        return {}
    order = ranks([copy.record.version or UNVERSIONED for copy in copies])
    found: dict[int, MeetingRecord] = {}
    for number, copy in enumerate(copies):
        slot = copy.record.recurrence_at
        if slot is None or copy.record.onward or not copy.stands:
            continue
        fitting = [
            (one.record.recurrence_at, order[change], one.record)
            for change in changes
            if (one := copies[change]).stream != copy.stream
            and one.record.recurrence_at is not None
            and one.record.recurrence_at < slot
            and order[change] > order[number]
        ]
        if fitting:
            anchor, _, change = max(fitting, key=lambda each: each[:2])
            found[number] = _moved(copy.record, change, slot - anchor)
    return found


def _moved(record: MeetingRecord, change: MeetingRecord, later: timedelta) -> MeetingRecord:
    return replace(
        change,
        key=record.key,
        recurrence_at=record.recurrence_at,
        starts_at=change.starts_at and change.starts_at + later,
        ends_at=change.ends_at and change.ends_at + later,
        onward=False,
    )


def _joined(wholes: Sequence[Whole]) -> Whole:
    """Return what several streams say of one version together."""
    return Whole(
        wholes[0].version,
        min(whole.first for whole in wholes),
        max(whole.last for whole in wholes),
        min(whole.gap for whole in wholes),
        frozenset().union(*(whole.slots for whole in wholes)),
        cancelled=all(whole.cancelled for whole in wholes),
        lone=all(whole.lone for whole in wholes),
    )


def _superseded(record: MeetingRecord, rank: Rank, whole: Whole, latest: Rank) -> bool:
    begins = record.starts_at
    if begins is None or rank >= latest:
        return False
    said, written_at = record.version or UNVERSIONED, whole.version.written_at
    over = written_at is None or (record.ends_at or begins) <= written_at
    if over and (whole.cancelled or begins <= whole.first - whole.gap):
        return False  # it had taken place by then, and nothing stands for it now
    if rank[0] < latest[0] or whole.cancelled:
        return begins <= whole.last or whole.cancelled or not whole.lone
    # Of one SEQUENCE the later copy may only show less of the series: it is believed for the time that it covers.
    half = whole.gap / 2
    near = whole.first <= begins <= whole.last or whole.first - half < begins < whole.last + half
    return said.written_at is not None and written_at is not None and near


def _whole(records: Sequence[MeetingRecord]) -> Whole | None:
    """Return what a stream says of the series as a whole, None if it only shows single occurrences."""
    alone = [record for record in records if record.recurrence_at is None]
    laid_out = [record for record in records if record.series is not None]
    usual = [
        record for record in records if record.recurrence_at is not None and record.starts_at == record.recurrence_at
    ]
    versions = [record.version or UNVERSIONED for record in (alone or usual)]
    if laid_out:
        versions = [record.series for record in laid_out if record.series is not None]
    elif not alone and len(usual) < ENOUGH:
        return None
    starts = sorted({record.recurrence_at or record.starts_at or NEVER for record in records})
    # a changed occurrence has a later version than its series
    version = min(zip(ranks(versions), versions, strict=True), key=lambda pair: pair[0])[1]
    return Whole(
        version,
        starts[0],
        starts[-1],
        min((later - earlier for earlier, later in pairwise(starts)), default=timedelta(0)),
        frozenset(record.recurrence_at for record in records),
        cancelled=all(record.status is MeetingStatus.CANCELLED for record in records),
        lone=bool(alone) and not laid_out,
    )

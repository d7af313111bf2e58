"""When the newest of some records was written: a file says nothing of what came later (pure)."""

from collections.abc import Iterable
from datetime import datetime

from models.base import moment, seconds
from models.records import EmailRecord, ExportedRecord, MeetingRecord
from worker.ingest.classify.mail import mail_time


def newest_item(records: Iterable[object], now: datetime) -> datetime | None:
    """Give the latest moment, not after `now`, at which one of these records was written; None if none says.

    An email says so itself, and so does a calendar entry (DTSTAMP, RFC 5545 3.8.7.2); when a meeting takes place says
    nothing of when the file was made.
    """
    latest = seconds(now)
    times = (at for record in records if (at := _written_at(record)) is not None and at <= latest)
    newest = max(times, default=None)
    return None if newest is None else moment(newest)


def _written_at(record: object) -> int | None:
    match record:
        case EmailRecord():
            return mail_time(record)
        case MeetingRecord():
            return seconds(record.version.written_at) if record.version and record.version.written_at else None
        case ExportedRecord():
            return seconds(record.occurred_at)
    return None

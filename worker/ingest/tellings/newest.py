"""When the newest of some records was written: a file says nothing of what came later (pure)."""

from collections.abc import Iterable
from datetime import datetime

from models.base import moment
from models.records import EmailRecord, ExportedRecord, MeetingRecord
from worker.ingest.classify.mail import mail_time


def newest_item(records: Iterable[object], now: datetime) -> datetime | None:
    """Give the latest moment, not after `now`, at which one of these records was written; None if none says.

    An email says so itself, and so does a calendar entry (DTSTAMP, RFC 5545 3.8.7.2); when a meeting takes place says
    nothing of when the file was made.
    """
    moments = []
    for record in records:
        match record:
            case EmailRecord():
                at = mail_time(record)
                moments.append(None if at is None else moment(at))
            case MeetingRecord():
                moments.append(record.version.written_at if record.version else None)
            case ExportedRecord():
                moments.append(record.occurred_at)
    return max((at for at in moments if at is not None and at <= now), default=None)

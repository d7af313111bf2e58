"""When the newest of some records was written: a file says nothing of what came later (pure)."""

from collections.abc import Sequence
from datetime import datetime

from models.base import moment, seconds
from models.records import EmailRecord, ExportedRecord, MeetingRecord
from worker.ingest.classify.mail import mail_time


def newest_item(records: Sequence[object], now: datetime) -> datetime | None:
    """Return the latest moment, not after `now`, at which one of these records was written; None if none says.

    An email says so itself, and so does a calendar entry (DTSTAMP, RFC 5545 3.8.7.2); when a meeting takes place says
    nothing of when the file was made.
    """
    latest = seconds(now)
    newest: datetime | None = None
    for record in (*records[-1:], *records):  # most are in order: after the last one, or the first, few have to be read
        if newest is not None and isinstance(record, EmailRecord) and _is_before(record, newest):
            continue
        at = _written_at(record)
        if at is not None and at <= latest and (newest is None or at > seconds(newest)):
            newest = moment(at)
    return newest


def _is_before(record: EmailRecord, newest: datetime) -> bool:
    """Whether neither of an email's times is later: a quick check before finding out which holds."""
    sent, received = record.sent_at, record.received_at
    return (sent is None or sent <= newest) and (received is None or received <= newest)


def _written_at(record: object) -> int | None:
    match record:
        case EmailRecord():
            return mail_time(record)
        case MeetingRecord():
            return seconds(record.version.written_at) if record.version and record.version.written_at else None
        case ExportedRecord():
            return seconds(record.occurred_at)
    return None

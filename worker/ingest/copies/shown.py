"""What one page shows, put in order by key (pure)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from models.records import BadRecord, Deferred, EmailRecord, ExportedRecord, MeetingRecord, Record, Tombstone
from worker.ingest.classify.identity import ContactRecord


@dataclass(frozen=True, slots=True)
class Shown:
    """The records of a page by what is to be done with them."""

    records: dict[str, ContactRecord] = field(default_factory=dict)
    deferred: dict[str, str] = field(default_factory=dict)  # key -> why it was only listed
    gone: dict[str, datetime] = field(default_factory=dict)  # key -> when it went, or when it still stood
    unreadable: list[BadRecord] = field(default_factory=list)


def shown_by(records: Iterable[Record], attended: Collection[str], stood_at: datetime) -> Shown:
    """Sort the records of a page; of several about one key the last one says whether it is there.

    Args:
        records: as the page has them.
        attended: keys of meetings that are shown as cancelled, but had taken place: they go as what is deleted does.
        stood_at: when what is gone, without saying when, still stood.
    """
    shown = Shown()
    for record in records:
        match record:
            case MeetingRecord() if record.key in attended:
                shown.gone.setdefault(record.key, stood_at)
            case EmailRecord() | MeetingRecord() | ExportedRecord():
                shown.records[record.key] = record
                shown.gone.pop(record.key, None)
            case Deferred():
                shown.deferred[record.key] = record.reason
                shown.gone.pop(record.key, None)
            case Tombstone():  # what the same page showed before is stored first: a delete does not undo contact
                shown.gone.setdefault(record.key, record.at or stood_at)
            case BadRecord():
                shown.unreadable.append(record)
    return shown

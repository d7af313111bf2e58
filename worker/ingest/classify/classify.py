"""The pure decision over one record: is it a touch between the user and others, and which?

Read `classify`: everything a person could ask "why is this not counted?" about is a Skipped with its reason.
"""

from collections.abc import Sequence

from models.base import seconds
from models.enums import Role, Touch
from models.records import EmailRecord, ExportedPerson, ExportedRecord, MeetingRecord
from worker.addresses.canonical import canonical
from worker.ingest.classify.accepted import Accepted, Part, SamePerson, Skipped
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.identity import ContactRecord
from worker.ingest.classify.mail import classify_mail
from worker.ingest.classify.meeting import classify_meeting
from worker.ingest.classify.touch import touch_of


def classify(record: ContactRecord, filters: Filters, gone_at: int | None = None) -> Accepted | Skipped:
    """Classify one record under one user's filters; `gone_at` is when the provider stopped showing it."""
    match record:
        case EmailRecord():
            return classify_mail(record, filters)
        case MeetingRecord():
            return classify_meeting(record, filters, gone_at)
        case ExportedRecord():
            return _exported(record, filters)


def _exported_people(record: ExportedRecord, kept: Sequence[ExportedPerson]) -> dict[str, Part]:
    size, mine, answer = record.group_size, record.my_role, record.my_response
    doubted = any(p.role is Role.FROM and not p.counts for p in kept)  # what its sender may not have written

    def touch(p: ExportedPerson) -> Touch | None:
        return touch_of(record.channel, p.role, p.response, size, mine, answer) if p.counts and not doubted else None

    return {p.address.lower(): (p.role, p.response, touch(p), p.name) for p in kept}


def _exported(record: ExportedRecord, filters: Filters) -> Accepted | Skipped:
    kept = [p for p in record.people if not filters.is_barred(p.address) and not filters.is_own(p.address)]
    if not kept:
        return Skipped("blocked" if record.people else "no person")
    at = seconds(record.occurred_at)
    ends = seconds(record.ends_at) if record.ends_at else None
    return Accepted(
        account=record.account,
        channel=record.channel,
        direction=record.direction,
        occurred_at=at,
        ends_at=ends,
        counts_at=ends if ends is not None else at,
        group_size=record.group_size,
        people=_exported_people(record, kept),
        subject=record.subject if filters.keep_subjects else None,
        thread=record.thread,
        message_id=record.message_id,
        ical_uid=record.ical_uid,
        recurrence_at=seconds(record.recurrence_at) if record.recurrence_at else None,
        my_role=record.my_role,
        my_response=record.my_response,
        same_person=[
            SamePerson(p.address.lower(), p.person.lower(), "one person in the export", sure=True)
            for p in kept
            if canonical(p.address) != canonical(p.person)
        ],
    )

"""The pure decision over one record: is it a touch between the user and others, and which?

Read `weigh`: everything a person could ask "why is this not counted?" about is a Skipped with its reason.
"""

from models.base import seconds
from models.records import EmailRecord, ExportedRecord, MeetingRecord
from worker.addresses.canonical import canonical
from worker.ingest.classify.accepted import Alike, Held, Part, Skipped
from worker.ingest.classify.filters import View
from worker.ingest.classify.identity import Weighable
from worker.ingest.classify.mail import weigh_mail
from worker.ingest.classify.meeting import weigh_meeting
from worker.ingest.classify.touch import touch_of


def weigh(record: Weighable, view: View, gone_at: int | None = None) -> Held | Skipped:
    """Judge one record under one view; `gone_at` is when the provider stopped showing it."""
    match record:
        case EmailRecord():
            return weigh_mail(record, view)
        case MeetingRecord():
            return weigh_meeting(record, view, gone_at)
        case ExportedRecord():
            return _exported(record, view)


def _exported(record: ExportedRecord, view: View) -> Held | Skipped:
    kept = [p for p in record.people if not view.is_barred(p.address) and not view.is_own(p.address)]
    if not kept:
        return Skipped("blocked" if record.people else "no person")
    at = seconds(record.occurred_at)
    ends = seconds(record.ends_at) if record.ends_at else None
    size, mine, answer = record.group_size, record.my_role, record.my_response
    people: dict[str, Part] = {
        p.address.lower(): (
            p.role,
            p.response,
            touch_of(record.channel, p.role, p.response, size, mine, answer),
            p.name,
        )
        for p in kept
    }
    return Held(
        account=record.account,
        channel=record.channel,
        direction=record.direction,
        occurred_at=at,
        ends_at=ends,
        counts_at=ends if ends is not None else at,
        group_size=record.group_size,
        people=people,
        subject=record.subject if view.keep_subjects else None,
        thread=record.thread,
        message_id=record.message_id,
        ical_uid=record.ical_uid,
        recurrence_at=seconds(record.recurrence_at) if record.recurrence_at else None,
        my_role=record.my_role,
        my_response=record.my_response,
        alike=[
            Alike(p.address.lower(), p.person.lower(), "one person in the export", sure=True)
            for p in kept
            if canonical(p.address) != canonical(p.person)
        ],
    )

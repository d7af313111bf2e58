"""What an earlier copy of a meeting knew, and a later one of the same calendar has lost (pure)."""

from msgspec.structs import replace

from models.enums import MeetingStatus
from models.records import MeetingRecord


def carry_over(before: MeetingRecord, record: MeetingRecord) -> MeetingRecord:
    """Complete a copy by the one it replaces.

    Guests that are left out now (an answer that was too large, an outage) were invited all the same, as long as nothing
    says that the meeting was written again. And of two times of canceling the earlier is the true one: whatever is done
    to a canceled meeting later moves the time that the provider names.
    """
    if before.status is MeetingStatus.CANCELLED and record.status is MeetingStatus.CANCELLED:
        times = [at for at in (before.cancelled_at, record.cancelled_at) if at is not None]
        return replace(record, cancelled_at=min(times, default=None))
    if before.attendees_omitted or not before.attendees or not _lost_guests(before, record):
        return record
    said = {guest.address.lower(): guest for guest in record.attendees}
    guests = [said.pop(guest.address.lower(), guest) for guest in before.attendees]
    return replace(
        record,
        attendees=(*guests, *said.values()),
        organizer=record.organizer or before.organizer,
        attendees_omitted=False,
    )


def _lost_guests(before: MeetingRecord, record: MeetingRecord) -> bool:
    if record.attendees_omitted:
        return True
    rewritten = record.version is None or record.version != before.version
    return not record.attendees and not rewritten

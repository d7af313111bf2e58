"""Classifying a meeting: whether it took place, with which people, and who had accepted (pure)."""

from collections.abc import Mapping

from models.base import seconds
from models.enums import Channel, Direction, MeetingStatus, Response, Role
from models.records import Attendee, Mailbox, MeetingRecord
from worker.addresses.automation import kind_of
from worker.ingest.classify.accepted import Accepted, Part, Skipped, sane
from worker.ingest.classify.filters import Filters
from worker.ingest.classify.touch import meeting_touch

#: How many are taken to be in a meeting whose guests the provider does not name: too many to be one of them.
UNLISTED = 200


def _pair(mailbox: Mailbox) -> tuple[str, str]:
    return mailbox.address.lower(), mailbox.name


def _my_part(record: MeetingRecord, filters: Filters) -> tuple[bool, Attendee | None]:
    """Whether the user organized it, and the user's own line among the attendees.

    What is in one's own calendar and has no organizer is one's own note.
    """
    said = {record.me.lower()} if record.me else set()
    organised = (
        record.own_calendar
        if record.organizer is None
        else filters.is_own(record.organizer.address) or record.organizer.address.lower() in said
    )
    mine = next((a for a in record.attendees if filters.is_own(a.address) or a.address.lower() in said), None)
    return organised, mine


def _cancelled_before(record: MeetingRecord, ends: int) -> bool:
    """Whether it was called off before it was over; one that is cancelled at no known time was."""
    if record.status is not MeetingStatus.CANCELLED:
        return False
    return record.cancelled_at is None or seconds(record.cancelled_at) < ends


def _others(
    record: MeetingRecord, filters: Filters, mine: Attendee | None, *, organised: bool
) -> dict[str, tuple[Role, Attendee]] | Skipped:
    """Return who else was invited, by address: no rooms, no one the user has blocked, and some who come."""
    others: dict[str, tuple[Role, Attendee]] = {}
    barred = False
    invited = [(Role.ATTENDEE, attendee) for attendee in record.attendees if attendee is not mine]
    if record.organizer is not None and not organised:
        invited.insert(0, (Role.ORGANIZER, Attendee(*_pair(record.organizer), Response.ACCEPTED)))
    for role, attendee in invited:
        address = attendee.address.lower()
        if attendee.resource or filters.is_own(address) or kind_of(address) == "room":
            continue
        if filters.is_barred(address):
            barred = True
        elif address in others:  # the organizer's own line says whether they come
            others[address] = (others[address][0], attendee)
        else:
            others[address] = (role, attendee)
    if not others:
        return Skipped("blocked" if barred else "alone")
    if not any(map(filters.is_person, others)):
        return Skipped("no person")
    declined = all(attendee.response is Response.DECLINED for _, attendee in others.values())
    return Skipped("declined by the others") if declined else others


def _hours(record: MeetingRecord, gone_at: int | None) -> tuple[int, int] | Skipped:
    """Return when it began and ended, in seconds, if it was not called off before."""
    starts = sane(seconds(record.starts_at)) if record.starts_at else None
    if starts is None:
        return Skipped("no date")
    ends = max(starts, sane(seconds(record.ends_at)) or starts) if record.ends_at else starts
    gone = gone_at is not None and gone_at < ends
    return Skipped("cancelled") if gone or _cancelled_before(record, ends) else (starts, ends)


def _parts(
    others: Mapping[str, tuple[Role, Attendee]], size: int, my_role: Role, my_response: Response | None
) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    for address, (role, each) in others.items():
        touch = meeting_touch(role, each.response, size, my_role, my_response)
        parts[address] = (role, each.response, touch, each.name)
    return parts


def classify_meeting(record: MeetingRecord, filters: Filters, gone_at: int | None) -> Accepted | Skipped:
    """Classify one meeting; `gone_at` is when the provider stopped showing it."""
    if record.not_a_meeting:
        return Skipped(record.not_a_meeting)
    hours = _hours(record, gone_at)
    if isinstance(hours, Skipped):
        return hours
    organised, mine = _my_part(record, filters)
    if mine is not None and mine.response is Response.DECLINED and not organised:
        return Skipped("declined")
    if not record.own_calendar and mine is None and not organised:
        return Skipped("not invited")
    others = _others(record, filters, mine, organised=organised)
    if isinstance(others, Skipped):
        return others
    coming = sum(attendee.response is not Response.DECLINED for _, attendee in others.values())
    my_role = Role.ORGANIZER if organised else Role.ATTENDEE
    my_response = mine.response if mine else (Response.ACCEPTED if organised else None)
    size = coming + 1 if not record.attendees_omitted else max(coming + 1, UNLISTED)
    return Accepted(
        account=filters.account,
        channel=Channel.MEETING,
        direction=Direction.MUTUAL,
        occurred_at=hours[0],
        ends_at=hours[1],
        counts_at=hours[1],
        group_size=size,
        people=_parts(others, size, my_role, my_response),
        subject=record.subject if filters.keep_subjects else None,
        ical_uid=record.ical_uid,
        recurrence_at=seconds(record.recurrence_at) if record.recurrence_at else None,
        my_role=my_role,
        my_response=my_response,
    )

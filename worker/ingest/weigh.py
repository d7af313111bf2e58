"""The pure decision over one record: is it a touch between the user and others, and which?

Read `weigh`: everything a person could ask "why is this not counted?" about is a Skipped with its reason.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from models.base import seconds
from models.enums import Channel, Direction, MeetingStatus, Place, Response, Role, Touch
from models.records import Attendee, EmailRecord, ExportedRecord, Mailbox, MeetingRecord
from worker.identity.automation import automatic, kind_of
from worker.identity.canonical import canonical
from worker.identity.persons import full_name
from worker.ingest.identity_of import Weighable
from worker.ingest.touch import mail_touch, meeting_touch, touch_of
from worker.ingest.view import View

#: A Date header is believed if it lies within two days of the time of receipt (design, law 3).
BELIEVED = 2 * 86400
#: Recipients beyond which a mail is an announcement, not contact.
CROWD = 100
#: 1971 and 2100: a time outside is a mistake of whoever wrote it.
EARLIEST, LATEST = 31_536_000, 4_102_444_800

#: An address in an interaction: role, response, touch, and what it is called there or "".
Part = tuple[Role, Response | None, Touch | None, str]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Not contact, and why."""

    reason: str


class Alike(NamedTuple):
    """Two addresses of one person, and why; `sure` where it needs no answer from the user to be believed."""

    address: str
    other: str
    why: str
    sure: bool = False


@dataclass(slots=True)
class Held:
    """Contact, as one record tells of it. Times are seconds since 1970 UTC; `people` leaves the user out."""

    account: str
    channel: Channel
    direction: Direction
    occurred_at: int
    counts_at: int
    group_size: int
    people: dict[str, Part]
    ends_at: int | None = None
    subject: str | None = None
    thread: str | None = None
    message_id: str | None = None
    ical_uid: str | None = None
    recurrence_at: int | None = None
    my_role: Role | None = None
    my_response: Response | None = None
    alike: list[Alike] = field(default_factory=list)


def weigh(record: Weighable, view: View, gone_at: int | None = None) -> Held | Skipped:
    """Judge one record under one view; `gone_at` is when the provider stopped showing it."""
    match record:
        case EmailRecord():
            return _mail(record, view)
        case MeetingRecord():
            return _meeting(record, view, gone_at)
        case ExportedRecord():
            return _exported(record, view)


def mail_time(record: EmailRecord) -> int | None:
    """Say when a mail was written, in seconds: its Date if believable, else its receipt; None if neither is."""
    sent = _sane(seconds(record.sent_at)) if record.sent_at else None
    received = _sane(seconds(record.received_at)) if record.received_at else None
    if sent is None or received is None:
        return received if sent is None else sent
    return sent if abs(sent - received) <= BELIEVED else received


def _sane(at: int) -> int | None:
    return at if EARLIEST <= at <= LATEST else None


def _recipients(record: EmailRecord) -> dict[str, tuple[Role, Mailbox]]:
    """Address -> strongest role, To before Cc before Bcc."""
    found: dict[str, tuple[Role, Mailbox]] = {}
    for role, mailboxes in ((Role.TO, record.to), (Role.CC, record.cc), (Role.BCC, record.bcc)):
        for mailbox in mailboxes:
            found.setdefault(mailbox.address.lower(), (role, mailbox))
    return found


def _mail(record: EmailRecord, view: View) -> Held | Skipped:
    if record.place in {Place.SPAM, Place.DRAFT, Place.CHAT}:
        return Skipped(record.place.value)
    if record.invitation:
        return Skipped("invitation")
    if record.sender is None or not record.sender.address:
        return Skipped("no sender")
    at = mail_time(record)
    if at is None:
        return Skipped("no date")
    sender = record.sender.address.lower()
    recipients = _recipients(record)
    out = view.is_own(sender)
    mine = [role for address, (role, _) in recipients.items() if view.is_own(address)]
    if out and record.signals and automatic(record, addressed=True) == "automatic reply":
        return Skipped("automatic reply")
    if not out and (reason := automatic(record, addressed=bool(mine))):
        return Skipped(reason)
    if view.is_barred(sender):
        return Skipped("blocked")
    if len(recipients) > CROWD:
        return Skipped("crowd")
    my_role = Role.FROM if out else mine[0] if mine else Role.BCC
    roles = {} if out else {sender: (Role.FROM, record.sender.name)}
    others = [(address, *told) for address, told in recipients.items() if not view.is_own(address)]
    for address, role, mailbox in others:
        if address not in roles and not view.is_barred(address):
            roles[address] = (role, mailbox.name)
    if not roles:
        return Skipped("blocked" if others else "to oneself" if recipients else "no recipient")
    if out and not any(kind_of(address) == "person" and address not in view.lists for address in roles):
        return Skipped("no person")
    return Held(
        account=view.account,
        channel=Channel.EMAIL,
        direction=Direction.OUT if out else Direction.IN,
        occurred_at=at,
        counts_at=at,
        group_size=len(roles) + 1,
        people={
            address: (role, None, mail_touch(role, my_role, len(roles)), name)
            for address, (role, name) in roles.items()
        },
        subject=record.subject if view.keep_subjects else None,
        thread=record.thread,
        message_id=record.message_id,
        my_role=my_role,
        alike=[] if out else _alike(record.sender, (*(box for _, _, box in others), record.reply_to), view),
    )


def _alike(sender: Mailbox, others: Iterable[Mailbox | None], view: View) -> list[Alike]:
    """Find addresses the sender shows to be their own too, in the same name: asked to answer there, or copied to."""
    return [
        Alike(sender.address.lower(), other.address.lower(), f"{sender.name} uses both in one mail")
        for other in others
        if other
        and other.name
        and other.address.lower() != sender.address.lower()
        and full_name(other.name) == full_name(sender.name) != ""
        and not view.is_own(other.address)
        and not view.is_barred(other.address)
    ]


def _pair(mailbox: Mailbox) -> tuple[str, str]:
    return mailbox.address.lower(), mailbox.name


def _my_part(record: MeetingRecord, view: View) -> tuple[bool, Attendee | None]:
    """Whether the user organised it, and the user's own line among the attendees."""
    said = {record.me.lower()} if record.me else set()
    organised = record.organizer is not None and (
        view.is_own(record.organizer.address) or record.organizer.address.lower() in said
    )
    mine = next((a for a in record.attendees if view.is_own(a.address) or a.address.lower() in said), None)
    return organised, mine


def _meeting(record: MeetingRecord, view: View, gone_at: int | None) -> Held | Skipped:
    if record.not_a_meeting:
        return Skipped(record.not_a_meeting)
    if record.status is MeetingStatus.CANCELLED:
        return Skipped("cancelled")
    starts = _sane(seconds(record.starts_at)) if record.starts_at else None
    if starts is None:
        return Skipped("no date")
    ends = max(starts, _sane(seconds(record.ends_at)) or starts) if record.ends_at else starts
    if gone_at is not None and gone_at < ends:
        return Skipped("cancelled")
    organised, mine = _my_part(record, view)
    if mine is not None and mine.response is Response.DECLINED and not organised:
        return Skipped("declined")
    if not record.own_calendar and mine is None and not organised:
        return Skipped("not invited")
    others: dict[str, tuple[Role, Attendee]] = {}
    barred = False
    invited = [(Role.ATTENDEE, attendee) for attendee in record.attendees if attendee is not mine]
    if record.organizer is not None and not organised:
        invited.insert(0, (Role.ORGANIZER, Attendee(*_pair(record.organizer), Response.ACCEPTED)))
    for role, attendee in invited:
        address = attendee.address.lower()
        if attendee.resource or view.is_own(address) or kind_of(address) == "room":
            continue
        if view.is_barred(address):
            barred = True
        elif address in others:  # the organizer's own line says whether they come
            others[address] = (others[address][0], attendee)
        else:
            others[address] = (role, attendee)
    if not others:
        return Skipped("blocked" if barred else "alone")
    if not any(kind_of(address) == "person" and address not in view.lists for address in others):
        return Skipped("no person")
    coming = sum(attendee.response is not Response.DECLINED for _, attendee in others.values())
    if not coming:
        return Skipped("declined by the others")
    unanswered = mine is not None and mine.response is Response.NONE and not organised
    size = coming + 1 if not record.attendees_omitted else max(coming + 1, 200)
    people: dict[str, Part] = {
        address: (
            role,
            attendee.response,
            meeting_touch(role, attendee.response, size, unanswered=unanswered),
            attendee.name,
        )
        for address, (role, attendee) in others.items()
    }
    return Held(
        account=view.account,
        channel=Channel.MEETING,
        direction=Direction.MUTUAL,
        occurred_at=starts,
        ends_at=ends,
        counts_at=ends,
        group_size=size,
        people=people,
        subject=record.subject if view.keep_subjects else None,
        ical_uid=record.ical_uid,
        recurrence_at=seconds(record.recurrence_at) if record.recurrence_at else None,
        my_role=Role.ORGANIZER if organised else Role.ATTENDEE,
        my_response=mine.response if mine else (Response.ACCEPTED if organised else None),
    )


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

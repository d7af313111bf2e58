"""Records: what a provider said, in provider-neutral words. Connectors make them, ingest stores and classifies them.

None can refer to itself, so Python need not look for cycles among them (`gc=False`).
"""

from datetime import datetime

from msgspec import Struct

from models.enums import Channel, Direction, MeetingStatus, Place, Response, Role


class Mailbox(Struct, frozen=True, array_like=True, gc=False):
    """An address as written in a header: `address` without display name, lower-cased domain; `name` decoded, or ""."""

    address: str
    name: str = ""


class Attendee(Struct, frozen=True, array_like=True, gc=False):
    """One invited mailbox; rooms and other resources are marked and never become people."""

    address: str
    name: str = ""
    response: Response = Response.NONE
    resource: bool = False


class Version(Struct, frozen=True, array_like=True, gc=False):
    """Which version of a meeting this is: iCalendar's SEQUENCE, and when it was written; None where not said."""

    sequence: int | None = None
    written_at: datetime | None = None


class EmailRecord(Struct, frozen=True, gc=False, tag="email", omit_defaults=True):
    """One mail as its headers describe it. All times are aware UTC datetimes; text holds no NUL.

    `signals` are lower-case marks of automation, each `header` or `header=value` (for example
    `auto-submitted=auto-replied`, `list-id`, `precedence=bulk`, `return-path=<>`, `report`): see worker.addresses.
    """

    key: str  # the provider's id of this mail, unique within its stream
    message_id: str | None = None  # with its angle brackets taken off
    sender: Mailbox | None = None
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    reply_to: Mailbox | None = None
    submitter: Mailbox | None = None  # who sent it on the writer's behalf: Sender, where it is not the writer
    resent_by: Mailbox | None = None  # who redirected it here: Resent-From, or Resent-Sender
    sent_at: datetime | None = None  # the Date header
    received_at: datetime | None = None  # when the provider took the mail, or the newest Received header
    subject: str | None = None
    thread: str | None = None  # provider's conversation, or the oldest Message-ID of References
    in_reply_to: str | None = None
    place: Place = Place.ORDINARY
    delivered_to: str | None = None
    list_post: str | None = None  # the address of the mailing list this mail came through
    signals: tuple[str, ...] = ()
    invitation: bool = False  # an iMIP mail about an event: the event counts, not the mail
    dmarc: str | None = None  # what the receiving provider's own check says of From: "pass", "fail", "none" ...
    sent_here: bool = False  # the provider itself marks it as sent from this account: no file or header says so
    notes: tuple[str, ...] = ()  # what had to be guessed, in words: "date taken from Received"


class MeetingRecord(Struct, frozen=True, gc=False, tag="meeting", omit_defaults=True):
    """One occurrence of a meeting. `ends_at` is exclusive; an all-day meeting runs from midnight to midnight UTC."""

    key: str
    ical_uid: str | None = None  # the same for every occurrence of a series
    recurrence_at: datetime | None = None  # original start of an occurrence of a series, else None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False
    status: MeetingStatus = MeetingStatus.CONFIRMED
    organizer: Mailbox | None = None
    attendees: tuple[Attendee, ...] = ()
    subject: str | None = None
    me: str | None = None  # the attendee or organizer address that the provider says is the user
    own_calendar: bool = True  # False: a colleague's calendar, where only meetings the user is invited to count
    attendees_omitted: bool = False
    not_a_meeting: str | None = None  # working location, task, superseded: what it is instead, else None
    cancelled_at: datetime | None = None  # of a cancelled one: when, as far as the provider says
    version: Version | None = None
    series: Version | None = None  # of the series as a whole that an occurrence was expanded from
    onward: bool = False  # it stands for the occurrences after it too, wherever those are (THISANDFUTURE)
    notes: tuple[str, ...] = ()


class ExportedPerson(Struct, frozen=True, array_like=True, gc=False):
    """One row of `people` in an interactions export."""

    person: str
    name: str
    address: str
    role: Role
    response: Response | None = None
    counts: bool = True  # False: an email that came back from them, or whose sender they may not be


class ExportedRecord(Struct, frozen=True, gc=False, tag="exported", omit_defaults=True):
    """One row of keepwarm's own interactions export, read back as it was written (surface.md, export rows)."""

    key: str  # the row's id
    account: str
    channel: Channel
    direction: Direction
    occurred_at: datetime
    ends_at: datetime | None = None
    subject: str | None = None
    thread: str | None = None
    message_id: str | None = None
    ical_uid: str | None = None
    recurrence_at: datetime | None = None
    group_size: int = 2
    my_role: Role | None = None
    my_response: Response | None = None
    people: tuple[ExportedPerson, ...] = ()


class Deferred(Struct, frozen=True, gc=False, tag="deferred"):
    """A record known by its id only and left for later, with the reason: counted, never forgotten."""

    key: str
    reason: str


class Tombstone(Struct, frozen=True, gc=False, tag="tombstone"):
    """The provider no longer shows this key in this stream; `at` is when it went, where the provider says."""

    key: str
    at: datetime | None = None


class BadRecord(Struct, frozen=True, gc=False, tag="bad"):
    """Something that could not be read: a value that is counted and listed, never an exception."""

    where: str  # a place the person can find again: "inbox.mbox at byte 52133"
    reason: str  # one sentence
    key: str | None = None


Record = EmailRecord | MeetingRecord | ExportedRecord | Deferred | Tombstone | BadRecord

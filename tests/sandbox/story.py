"""The words a made-up world is told in: what was written, what was booked, and what is true of it. No wire format."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from models.enums import Channel, Direction
from models.records import Attendee, Mailbox

MailKind = Literal[
    "personal",  # one human to another: the only kind, with "list", that is true contact
    "list",  # a human on a mailing list
    "role",  # to or from a shared address such as support@: no person behind it
    "self",  # between the owner's own addresses
    "newsletter",
    "notification",
    "receipt",
    "bounce",
    "auto_reply",
    "invitation",
    "calendar_reply",
    "spam",
]
MeetingKind = Literal["meeting", "personal", "focus", "out_of_office", "working_location", "birthday"]
Category = Literal["promotions", "social", "updates", "forums"]


@dataclass(frozen=True, slots=True)
class WorldMail:
    """One mail as it was sent; ids stand without angle brackets, `at` is its Date (UTC, whole seconds)."""

    message_id: str
    at: datetime
    sender: Mailbox
    to: tuple[Mailbox, ...]
    subject: str
    kind: MailKind
    sent: bool = False  # by the owner
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()
    references: tuple[str, ...] = ()
    in_reply_to: str | None = None
    headers: dict[str, str] = field(default_factory=dict)  # beside the usual ones: List-Id, Auto-Submitted, ...
    category: Category | None = None
    spam: bool = False
    trash: bool = False
    draft: bool = False
    body: str = ""
    event: str | None = None  # the uid of the meeting that an invitation, an update or a reply is about


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of a meeting: the original start of a moved one stays what it was."""

    original_start: datetime
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    attendees: tuple[Attendee, ...] | None = None  # where the answers differ from the series'


@dataclass(frozen=True, slots=True)
class WorldMeeting:
    """A meeting or a series. `starts_at` and `ends_at` are those of its first occurrence, in UTC.

    The owner stands among the attendees, with the owner's answer; `occurrences` has every one, moved, cancelled and
    future ones included. An all-day meeting runs from midnight to midnight UTC, `ends_at` exclusive.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    organizer: Mailbox | None
    attendees: tuple[Attendee, ...]
    title: str
    occurrences: tuple[Occurrence, ...]
    created_at: datetime
    kind: MeetingKind = "meeting"
    all_day: bool = False
    rrule: str | None = None  # such as FREQ=WEEKLY;COUNT=52, in the local time of `zone`
    zone: str = "UTC"
    location: str | None = None


@dataclass(frozen=True, slots=True)
class TrueInteraction:
    """One true touch, written down when the story decided it: `people` are the humans beside the owner.

    `identity` is the mail's Message-ID, or `meeting_identity` of an occurrence. Of a meeting, `at` is its actual start,
    `ends_at` when it became true, and who declined is not among the people. `via_list` marks mail of a discussion list.
    """

    identity: str
    channel: Channel
    direction: Direction
    at: datetime
    people: frozenset[str]
    ends_at: datetime | None = None
    via_list: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the owner's life: `role` is the part in the story (a slug), `rhythm` how often they touch."""

    name: str
    mailboxes: tuple[Mailbox, ...]
    role: str
    rhythm: str

    @property
    def address(self) -> str:
        """Where mail goes unless the story says otherwise."""
        return self.mailboxes[0].address

    @property
    def addresses(self) -> frozenset[str]:
        """Every address this person ever writes from."""
        return frozenset(box.address for box in self.mailboxes)


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happens in some days after a world's end: what is new in the mailbox and what has become true."""

    until: datetime
    mails: Sequence[WorldMail]
    meetings: Sequence[WorldMeeting]
    truth: Sequence[TrueInteraction]


def meeting_identity(uid: str, original_start: datetime | None) -> str:
    """The identity of a meeting, or of one occurrence of a series."""
    return uid if original_start is None else f"{uid}/{original_start:%Y%m%dT%H%M%SZ}"

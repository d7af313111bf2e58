"""What Graph sends, as types: only what keepwarm reads; a field that did not come is UNSET."""

from datetime import datetime

from msgspec import UNSET, Raw, Struct, UnsetType, field

#: No headers came.
NO_HEADERS = Raw(b"null")


class EmailAddress(Struct, frozen=True, gc=False):
    """A name and an address; either may be missing."""

    address: str | None = None
    name: str | None = None


class Recipient(Struct, frozen=True, gc=False):
    """Someone a message is from or to."""

    email: EmailAddress | None = field(name="emailAddress", default=None)


class Removed(Struct, frozen=True, gc=False):
    """Why an item left a delta."""

    reason: str = ""


class Message(Struct, frozen=True, gc=False):
    """A message, or the part of it that changed."""

    id: str
    kind: str = field(name="@odata.type", default="")
    removed: Removed | None = field(name="@removed", default=None)
    subject: str | UnsetType | None = UNSET
    message_id: str | UnsetType | None = field(name="internetMessageId", default=UNSET)
    conversation: str | UnsetType | None = field(name="conversationId", default=UNSET)
    received_at: datetime | UnsetType | None = field(name="receivedDateTime", default=UNSET)
    sent_at: datetime | UnsetType | None = field(name="sentDateTime", default=UNSET)
    is_draft: bool | UnsetType | None = field(name="isDraft", default=UNSET)
    sender: Recipient | UnsetType | None = UNSET
    from_: Recipient | UnsetType | None = field(name="from", default=UNSET)
    to: list[Recipient] | UnsetType | None = field(name="toRecipients", default=UNSET)
    cc: list[Recipient] | UnsetType | None = field(name="ccRecipients", default=UNSET)
    bcc: list[Recipient] | UnsetType | None = field(name="bccRecipients", default=UNSET)
    reply_to: list[Recipient] | UnsetType | None = field(name="replyTo", default=UNSET)
    headers: Raw = field(name="internetMessageHeaders", default=NO_HEADERS)

    @property
    def whole(self) -> bool:
        """Whether everything that is stored came; a message always has these."""
        return UNSET not in (
            self.to, self.cc, self.received_at, self.message_id, self.subject, self.conversation, self.is_draft
        )  # fmt: skip

    @property
    def inert(self) -> bool:
        """Whether nothing that is stored came: a mail was read, flagged or filed under a category."""
        return self.headers is NO_HEADERS and all(getattr(self, name) is UNSET for name in _STORED)


_STORED = tuple(name for name in Message.__struct_fields__ if name not in {"id", "kind", "removed", "headers"})
#: Asked for with every message; `id` always comes.
MESSAGE_FIELDS = (
    "subject,internetMessageId,conversationId,receivedDateTime,sentDateTime,isDraft,sender,from,toRecipients,"
    "ccRecipients,bccRecipients,replyTo"
)
HEADERS_FIELD = "internetMessageHeaders"


class Zoned(Struct, frozen=True, gc=False):
    """A local time and the name of its zone, Windows' or IANA's."""

    at: datetime = field(name="dateTime")
    zone: str = field(name="timeZone", default="UTC")


class Answer(Struct, frozen=True, gc=False):
    """What someone answered to an invitation."""

    response: str | None = None


class Attendee(Struct, frozen=True, gc=False):
    """Someone, or a room, that is invited."""

    email: EmailAddress | None = field(name="emailAddress", default=None)
    type: str | None = None
    status: Answer | None = None


class Event(Struct, frozen=True, gc=False):
    """One occurrence of a meeting as a calendarView shows it."""

    id: str
    start: Zoned
    end: Zoned | None = None
    type: str = "singleInstance"
    series: str | None = field(name="seriesMasterId", default=None)
    changed_at: datetime | None = field(name="lastModifiedDateTime", default=None)
    subject: str | None = None
    ical_uid: str | None = field(name="iCalUId", default=None)
    original_start: datetime | None = field(name="originalStart", default=None)
    all_day: bool | None = field(name="isAllDay", default=None)
    cancelled: bool | None = field(name="isCancelled", default=None)
    draft: bool | None = field(name="isDraft", default=None)
    mine: bool | None = field(name="isOrganizer", default=None)
    hidden: bool | None = field(name="hideAttendees", default=None)
    show_as: str | None = field(name="showAs", default=None)
    my_answer: Answer | None = field(name="responseStatus", default=None)
    organizer: Recipient | None = None
    attendees: list[Attendee] | None = None

    @property
    def recurs(self) -> bool:
        """Whether it is an occurrence of a series."""
        return self.type in {"occurrence", "exception"}


#: Asked for with every event; nothing of what was written about the meeting.
EVENT_FIELDS = (
    "subject,start,end,type,seriesMasterId,lastModifiedDateTime,iCalUId,originalStart,isAllDay,isCancelled,isDraft,isOrganizer,hideAttendees,showAs,"
    "responseStatus,organizer,attendees"
)


class Folder(Struct, frozen=True, gc=False):
    """A mail folder."""

    id: str
    title: str | None = field(name="displayName", default=None)
    children: int | None = field(name="childFolderCount", default=None)
    total: int | None = field(name="totalItemCount", default=None)
    hidden: bool | None = field(name="isHidden", default=None)
    kind: str = field(name="@odata.type", default="")


class FolderPage(Struct, frozen=True, gc=False):
    """A page of mail folders."""

    value: list[Folder]
    next_link: str | None = field(name="@odata.nextLink", default=None)

"""The closed sets of words keepwarm speaks: each value is what is stored, exported and shown."""

from enum import IntEnum, StrEnum


class Provider(StrEnum):
    """Where an account's data comes from."""

    GMAIL = "gmail"
    OUTLOOK = "outlook"
    IMAP = "imap"
    ICAL = "ical"
    CALDAV = "caldav"
    ARCHIVE = "archive"
    MEMORY = "memory"


#: Providers that read files: what they hold ends where the files end, and labels in them are the files' own.
FILES = frozenset({Provider.ARCHIVE})
#: Providers that mark themselves which email was sent, so that no one else can put any among it.
MARKING = frozenset({Provider.GMAIL, Provider.OUTLOOK})


class StreamKind(StrEnum):
    """What kind of records a stream carries."""

    MAIL = "mail"
    CALENDAR = "calendar"
    FILE = "file"


class Channel(StrEnum):
    """How people touched."""

    EMAIL = "email"
    MEETING = "meeting"
    TALK = "talk"  # on the phone or in person, as the user said: no email or calendar shows it


class Direction(StrEnum):
    """Who moved: the user (out), the others (in), or both (a meeting both attended)."""

    OUT = "out"
    IN = "in"
    MUTUAL = "mutual"


class Role(StrEnum):
    """The part an address plays in an interaction."""

    FROM = "from"
    SENDER = "sender"  # sent it on the writer's behalf (Sender): seen, and no contact by itself
    RESENT = "resent"  # sent it on to where it lies (Resent-From): seen, and no contact by itself
    TO = "to"
    CC = "cc"
    BCC = "bcc"
    ORGANIZER = "organizer"
    ATTENDEE = "attendee"


#: Roles of those who only passed an email on: they are named with it, and it is between the user and others.
PASSING = frozenset({Role.SENDER, Role.RESENT})


class Response(StrEnum):
    """An attendee's answer to an invitation."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    NONE = "none"
    DECLINED = "declined"


class Place(StrEnum):
    """Where a mail lay when it was seen; only ordinary, incoming and sent mail is contact."""

    ORDINARY = "ordinary"
    INBOX = "inbox"  # where nothing lies but what came in
    SENT = "sent"
    DRAFT = "draft"
    SPAM = "spam"
    TRASH = "trash"
    CHAT = "chat"


class MeetingStatus(StrEnum):
    """What the calendar says of a meeting."""

    CONFIRMED = "confirmed"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Stage(StrEnum):
    """How deep the roots go; the order of the members is the order of depth."""

    CONTACT = "contact"
    GROWING = "growing"
    ROOTED = "rooted"
    DEEP = "deep"


class Warmth(StrEnum):
    """How things stand just now, judged against what is usual for the pair."""

    WARM = "warm"
    COOLING = "cooling"
    COLD = "cold"
    RESTING = "resting"
    UNKNOWN = "unknown"


class Touch(IntEnum):
    """What one interaction was *between the user and one other person*: the unit all judgement is made of.

    A mail to or from more than ten people is a crowd: it is only SEEN (see coldbench's protocol).
    """

    OUT_ONE = 1  # the user wrote to this person alone
    OUT = 2  # the user wrote, this person is in To, others too
    OUT_COPY = 3  # the user wrote, this person is in Cc or Bcc
    IN_ONE = 4  # this person wrote to the user alone
    IN = 5  # this person wrote, the user is in To, others too
    IN_COPY = 6  # this person wrote, the user is in Cc or Bcc, or reached through a list
    SEEN = 7  # both were on a mail a third person wrote, or in a crowd
    MET_ONE = 8  # a meeting of the two
    MET = 9  # a meeting of up to ten people
    MET_CROWD = 10  # a larger meeting
    INVITED = 11  # a meeting one of the two never answered: counts less
    EXPECTED = 12  # the user's own meeting of the two, which the other neither accepted nor declined
    TALKED = 13  # the two talked, as the user said
    NAMED = 20  # as SEEN, in an email of someone the user isn't two-way with: no fact about anyone


# Python before 3.12 finds a member by a property written in Python, in 90 ns: what ingest asks of each email many times
# over. Later ones have it in its class from the start, as it is put here.
for words in (Channel, Direction, Role, Response, Place, MeetingStatus, Stage, Warmth, Touch):
    for name, member in words.__members__.items():
        type.__setattr__(words, name, member)

"""Records for tests: a small world in which everything that is awkward happens often."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from models.enums import MeetingStatus, Place, Response
from models.records import Attendee, EmailRecord, Mailbox, MeetingRecord, Version
from tests.worker.ingest.home import ME, NOW

ALIAS, TAGGED = "alias@own.example", "Me+x@own.example"
ANN, BOB, BOB_HOME, CY = "ann@one.example", "bob@two.example", "bob@home.example", "cy@three.example"
PEOPLE = (ANN, BOB, BOB_HOME, CY, "Ann+tag@one.example", "bob.two@gmail.com", "bobtwo@googlemail.com")
NAMES = ("", "Ann One", "Bob Two", "Two, Bob", "cy")
OTHERS = ("no-reply@shop.example", "info@firm.example", "talk@lists.example")


def mail(key: str = "1", **more: Any) -> EmailRecord:
    """An ordinary mail from Ann to me, a month ago."""
    usual: dict[str, Any] = {
        "message_id": f"m{key}@one.example",
        "sender": Mailbox(ANN, "Ann One"),
        "to": (Mailbox(ME),),
        "sent_at": NOW - timedelta(days=30),
        "subject": "Hello",
    }
    return EmailRecord(key, **(usual | more))


def sent(key: str = "1", to: str = ANN, **more: Any) -> EmailRecord:
    """A mail of mine."""
    usual = {"sender": Mailbox(ME), "to": (Mailbox(to),), "place": Place.SENT, "message_id": f"s{key}@own.example"}
    return mail(key, **(usual | more))


def used(address: str = ALIAS) -> list[EmailRecord]:
    """What shows that an address is one's own: emails sent from it over five weeks."""
    return [
        sent(f"from {address} {week}", BOB, sender=Mailbox(address), sent_at=NOW - timedelta(weeks=20 + week))
        for week in range(5)
    ]


def through(address: str = "talk@lists.example") -> list[EmailRecord]:
    """What shows that an address is a mailing list's: emails that came through it over weeks."""
    return [
        mail(
            f"through {address} {week}", to=(Mailbox(address),), list_post=address, sent_at=NOW - timedelta(weeks=week)
        )
        for week in range(3, 7)
    ]


def meeting(key: str = "1", **more: Any) -> MeetingRecord:
    """An hour with Ann, a month ago, that I organised."""
    start = more.pop("starts_at", NOW - timedelta(days=30))
    usual: dict[str, Any] = {
        "ical_uid": f"uid{key}",
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "organizer": Mailbox(ME),
        "attendees": (
            Attendee(ME, "", Response.ACCEPTED),
            Attendee(ANN, "Ann One", Response.ACCEPTED),
        ),
        "subject": "Lunch",
    }
    return MeetingRecord(key, **(usual | more))


#: Few moments, some within the two days in which a Message-ID names one mail.
MOMENTS = tuple(NOW - timedelta(days=30) + timedelta(hours=hours) for hours in (0, 1, 36, 70, 300))
SENDERS = (ANN, ANN, BOB, BOB_HOME, "bob.two@gmail.com", ME, ALIAS, ALIAS, *OTHERS)

_senders = st.builds(Mailbox, st.sampled_from(SENDERS), st.sampled_from(NAMES))
_mailboxes = st.builds(Mailbox, st.sampled_from((ME, ALIAS, TAGGED, *PEOPLE, *OTHERS)), st.sampled_from(NAMES))
_few = st.lists(_mailboxes, min_size=1, max_size=3).map(tuple)
_invited = st.builds(
    Attendee,
    st.sampled_from((ME, ALIAS, ANN, BOB, CY, "room@resource.calendar.google.com")),
    st.sampled_from(NAMES),
    st.sampled_from((Response.ACCEPTED, Response.ACCEPTED, Response.NONE, Response.DECLINED)),
)


def emails() -> st.SearchStrategy[EmailRecord]:
    """Mails whose keys are still to be given."""
    return st.builds(
        EmailRecord,
        key=st.just(""),
        message_id=st.sampled_from((None, "a@x", "b@x")),
        sender=_senders,
        to=_few,
        cc=st.just(()) | _few,
        reply_to=st.none() | _mailboxes,
        submitter=st.none() | _mailboxes,
        in_reply_to=st.sampled_from((None, "a@x", "b@x")),
        received_at=st.none() | st.sampled_from(MOMENTS),
        dmarc=st.sampled_from((None, None, "pass", "fail")),
        sent_at=st.sampled_from(MOMENTS),
        subject=st.sampled_from((None, "Hello", "Intro: Bob <> you")),
        place=st.sampled_from((Place.ORDINARY, Place.SENT)),
        list_post=st.sampled_from((None, None, "talk@lists.example")),
        signals=st.sampled_from(((), (), ("list-unsubscribe",), ("auto-submitted=auto-replied",))),
    )


def meetings() -> st.SearchStrategy[MeetingRecord]:
    """Meetings whose keys are still to be given."""
    return st.builds(
        lambda start, hours, **rest: MeetingRecord("", starts_at=start, ends_at=start + timedelta(hours=hours), **rest),
        st.sampled_from((*MOMENTS, NOW + timedelta(days=3))),
        st.integers(1, 30),
        ical_uid=st.sampled_from((None, "u1", "u2")),
        recurrence_at=st.none() | st.sampled_from(MOMENTS[:2]),
        status=st.sampled_from((MeetingStatus.CONFIRMED, MeetingStatus.CONFIRMED, MeetingStatus.CANCELLED)),
        organizer=st.none() | _mailboxes,
        attendees=st.lists(_invited, max_size=4, unique_by=lambda one: one.address).map(tuple),
        subject=st.sampled_from((None, "Lunch")),
        me=st.sampled_from((None, ME, ALIAS)),
        own_calendar=st.booleans(),
        version=versions(),
        series=versions(),
    )


def versions() -> st.SearchStrategy[Version | None]:
    """Versions as calendars tell them: both of SEQUENCE and time, one of them, or neither."""
    written = st.none() | st.sampled_from(MOMENTS[:3])
    return st.none() | st.builds(Version, st.sampled_from((None, 0, 0, 1)), written)


def copies(thing: EmailRecord | MeetingRecord) -> st.SearchStrategy[EmailRecord | MeetingRecord]:
    """The same mail or meeting as another mailbox or calendar shows it."""
    if isinstance(thing, EmailRecord):
        return st.builds(
            lambda **seen: replace(thing, **seen),
            sender=st.sampled_from(NAMES).map(
                lambda name: Mailbox(thing.sender.address if thing.sender else ANN, name)
            ),
            bcc=st.just(()) | _few,
            resent_by=st.none() | _mailboxes,
            sent_at=st.sampled_from(MOMENTS),
            received_at=st.none() | st.sampled_from(MOMENTS),
            place=st.sampled_from((Place.ORDINARY, Place.SENT, Place.SPAM, Place.TRASH)),
            thread=st.sampled_from((None, "t1", "t2")),
        )
    return st.builds(
        lambda **seen: replace(thing, **seen),
        attendees=st.lists(_invited, max_size=4, unique_by=lambda one: one.address).map(tuple),
        status=st.sampled_from((MeetingStatus.CONFIRMED, MeetingStatus.CANCELLED)),
        me=st.sampled_from((None, ME, ALIAS)),
        own_calendar=st.booleans(),
        version=versions(),
        series=versions(),
        starts_at=st.sampled_from((thing.starts_at, MOMENTS[3])),
        ends_at=st.sampled_from((thing.ends_at, MOMENTS[4])),
    )

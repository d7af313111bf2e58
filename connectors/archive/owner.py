"""Whose archive it is, inferred from a sample of its records; None where that is unclear and the person must say it."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from models.enums import Place
from models.records import EmailRecord, ExportedRecord, MeetingRecord, Record

FEW = 3  # records; fewer show nothing
MOSTLY = 0.7  # of all: the owner is on nearly every record, blind copies and lists aside
AHEAD = 0.1  # of all: by how much the next one must be behind
_NOT_PERSONAL = ("list-id", "list-unsubscribe", "precedence=bulk", "precedence=list")


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner's addresses, lower-case, the main one first, and in words what says so."""

    addresses: tuple[str, ...]
    evidence: str


def owner_of(sample: Iterable[Record]) -> Owner | None:
    """Infer the owner from the strongest evidence there is: sent mail, delivery, presence on mails or at meetings."""
    mails: list[EmailRecord] = []
    meetings: list[MeetingRecord] = []
    for record in sample:
        if isinstance(record, EmailRecord):
            mails.append(record)
        elif isinstance(record, MeetingRecord):
            meetings.append(record)
    lists = _lists(mails)
    return _by_sent(mails) or _by_delivery(mails, lists) or _by_mails(mails, lists) or _by_meetings(meetings)


def addresses_in(record: Record) -> Iterator[str]:
    """Name every address in a record that may be the owner's, lower-case; some come twice."""
    match record:
        case EmailRecord():
            yield from _on_mail(record)
            if record.delivered_to:
                yield record.delivered_to.lower()
        case MeetingRecord():
            yield from _at_meeting(record)
        case ExportedRecord():
            yield record.account.lower()


def _by_sent(mails: Sequence[EmailRecord]) -> Owner | None:
    """Find who wrote most of the sent mail, but for what was redirected, or sent on someone's behalf."""
    senders = Counter(
        mail.sender.address.lower()
        for mail in mails
        if mail.place is Place.SENT and mail.sender and not (mail.submitter or mail.resent_by or mail.list_post)
    )
    total = senders.total()
    if not total:
        return None
    address, count = _ranked(senders)[0]
    return Owner((address,), f"{count} of {total} sent emails are from {address}") if 2 * count >= total else None


def _lists(mails: Iterable[EmailRecord]) -> frozenset[str]:
    """Find mailing lists: most mails that name one came through it. A list's address is no one's own."""
    through: Counter[str] = Counter()
    naming: Counter[str] = Counter()
    for mail in mails:
        naming.update(set(addresses_in(mail)))
        if mail.list_post:
            through[mail.list_post.lower()] += 1
    return frozenset(address for address, count in through.items() if 2 * count >= naming[address])


def _by_delivery(mails: Sequence[EmailRecord], lists: Container[str]) -> Owner | None:
    everywhere = [mail.delivered_to.lower() for mail in mails if mail.delivered_to]
    delivered = Counter(address for address in everywhere if address not in lists)
    total = len(everywhere)
    if total < FEW or not delivered:
        return None
    address, count = _ranked(delivered)[0]
    return (
        Owner((address,), f"{count} of {total} mails were delivered to {address}") if count >= MOSTLY * total else None
    )


def _by_mails(mails: Sequence[EmailRecord], lists: frozenset[str]) -> Owner | None:
    personal = [mail for mail in mails if _is_personal(mail)]
    return _everywhere([set(_on_mail(mail)) - lists for mail in personal], "mails")


def _by_meetings(meetings: Sequence[MeetingRecord]) -> Owner | None:
    # A series is one thing, however often it repeats.
    people = {meeting.ical_uid or meeting.key: set(_at_meeting(meeting)) for meeting in meetings}
    return _everywhere([addresses for addresses in people.values() if addresses], "meetings")


def _everywhere(records: Sequence[set[str]], kind: str) -> Owner | None:
    """Find the one address that is on all records, or on nearly all and well ahead of the next."""
    present = Counter(address for addresses in records for address in addresses)
    total = len(records)
    if total < FEW or not present:
        return None
    (address, count), (_, second) = (*_ranked(present)[:2], ("", 0))[:2]
    # Who is on every single mail owns the box, if anyone else is missing from one.
    lead = 1 if count == total else max(1, AHEAD * total)
    if count < MOSTLY * total or count - second < lead:
        return None
    return Owner((address,), f"{address} is on {count} of {total} {kind}, the next on {second}")


def _is_personal(mail: EmailRecord) -> bool:
    return (
        mail.place in {Place.ORDINARY, Place.INBOX, Place.SENT}
        and not mail.list_post
        and not any(mark.startswith(_NOT_PERSONAL) for mark in mail.signals)
    )


def _on_mail(mail: EmailRecord) -> Iterator[str]:
    if mail.sender:
        yield mail.sender.address.lower()
    for mailbox in (*mail.to, *mail.cc, *mail.bcc):
        yield mailbox.address.lower()


def _at_meeting(meeting: MeetingRecord) -> Iterator[str]:
    if meeting.organizer:
        yield meeting.organizer.address.lower()
    for attendee in meeting.attendees:
        if not attendee.resource:
            yield attendee.address.lower()


def _ranked(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))

"""Whose archive it is, said only where it is clear."""

from collections.abc import Sequence
from typing import Any

import pytest

from connectors.archive.owner import owner_of
from models.enums import Place
from models.records import Attendee, EmailRecord, Mailbox, MeetingRecord

ME, ANN, BOB, LIST = "me@x.example", "ann@x.example", "bob@x.example", "talk@lists.example"


def mail(sender: str, *to: str, bcc: tuple[str, ...] = (), **more: Any) -> EmailRecord:
    return EmailRecord("k", sender=Mailbox(sender), to=tuple(map(Mailbox, to)), bcc=tuple(map(Mailbox, bcc)), **more)


def meeting(uid: str, organizer: str, *attendees: str, room: str = "room@x.example") -> MeetingRecord:
    invited = (*map(Attendee, attendees), Attendee(room, resource=True))
    return MeetingRecord("k", ical_uid=uid, organizer=Mailbox(organizer), attendees=invited)


SENT = Place.SENT
CASES: dict[str, tuple[Sequence[EmailRecord | MeetingRecord], tuple[str, ...] | None]] = {
    "nothing": ([], None),
    "one mail tells nothing": ([mail(ANN, ME)], None),
    "sent mail": ([mail("Me@x.example", ANN, place=SENT), mail(BOB, ANN), mail(BOB, ANN), mail(BOB, ANN)], (ME,)),
    "sent mail from two addresses": (
        [mail(ME, ANN, place=SENT)] * 8 + [mail("alias@x.example", BOB, place=SENT)] * 2,
        (ME,),
    ),
    "redirected, and on behalf of another": (
        [mail(ANN, ME, place=SENT, resent_by=Mailbox(ME)), mail(BOB, ANN, place=SENT, submitter=Mailbox(ME))] * 5
        + [mail(ME, ANN, place=SENT)],
        (ME,),
    ),
    "the archive of a list": ([mail(ANN, LIST, delivered_to=LIST, list_post=LIST)] * 6, None),
    "a forged list is none": (
        [mail(ANN, ME, delivered_to=ME)] * 6 + [mail(BOB, ME, delivered_to=ME, list_post=ME)],
        (ME,),
    ),
    "delivery": ([mail(ANN, LIST, delivered_to=ME)] * 5, (ME,)),
    "deliveries to many": ([mail(ANN, LIST, delivered_to=f"m{n}@x.example") for n in range(9)], None),
    "on every mail": ([mail(ANN, ME), mail(ME, BOB), mail(BOB, ME, ANN)], (ME,)),
    "on every mail, another on all but one": ([mail(ANN, ME)] * 9 + [mail(ME, BOB)], (ME,)),
    "two people who only write to each other": ([mail(ANN, ME), mail(ME, ANN)] * 9, None),
    "on nearly every mail": ([mail(ANN, ME)] * 4 + [mail(ME, BOB)] * 4 + [mail(BOB, ANN)], (ME,)),
    "lists are not counted": (
        [mail(ANN, LIST, signals=("list-id",))] * 50 + [mail(ANN, ME), mail(ME, BOB), mail(BOB, ME)],
        (ME,),
    ),
    "on many meetings": ([meeting("1", ANN, ME), meeting("2", BOB, ME, ANN), meeting("3", ME, BOB)], (ME,)),
    "a series counts once": ([meeting("1", ANN, BOB)] * 99 + [meeting("2", ANN, ME), meeting("3", ME, BOB)], None),
}


@pytest.mark.parametrize(("sample", "expected"), CASES.values(), ids=CASES.keys())
def test_owner(sample: Sequence[EmailRecord | MeetingRecord], expected: tuple[str, ...] | None) -> None:
    owner = owner_of(sample)
    assert (owner.addresses if owner else None) == expected
    if owner:
        assert owner.addresses[0] in owner.evidence.lower()

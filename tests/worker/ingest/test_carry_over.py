"""What a later telling of a meeting has lost is taken from the earlier one, unless the meeting was written anew."""

from datetime import UTC, datetime, timedelta

import pytest

from models.enums import MeetingStatus, Response
from models.records import Attendee, Mailbox, MeetingRecord, Version
from worker.ingest.copies.carry_over import carry_over

AT = datetime(2026, 11, 2, 12, tzinfo=UTC)
ZOE, BO = Attendee("zoe@zoe.example", "Zoe", Response.ACCEPTED), Attendee("bo@bo.example")
SAME, NEWER = Version(3, AT), Version(4, AT + timedelta(hours=1))


def meeting(*guests: Attendee, version: Version | None = SAME, omitted: bool = False) -> MeetingRecord:
    return MeetingRecord(
        "k",
        "uid",
        starts_at=AT,
        organizer=Mailbox(ZOE.address),
        attendees=guests,
        version=version,
        attendees_omitted=omitted,
    )


@pytest.mark.parametrize(
    ("later", "guests"),
    [
        (meeting(), (ZOE, BO)),
        (meeting(omitted=True), (ZOE, BO)),
        (meeting(omitted=True, version=NEWER), (ZOE, BO)),
        (meeting(version=NEWER), ()),
        (meeting(version=None), ()),
        (meeting(BO), (BO,)),
    ],
)
def test_guests_that_were_lost(later: MeetingRecord, guests: tuple[Attendee, ...]) -> None:
    assert carry_over(meeting(ZOE, BO), later).attendees == guests


def test_what_the_shorter_list_says_is_newer() -> None:
    declined = Attendee(BO.address, "Bo", Response.DECLINED)
    assert carry_over(meeting(ZOE, BO), meeting(declined, omitted=True)).attendees == (ZOE, declined)


def test_nothing_was_known_before() -> None:
    later = meeting(omitted=True)
    assert carry_over(meeting(), later) == later
    assert carry_over(meeting(ZOE, omitted=True), later) == later


@pytest.mark.parametrize("times", [(AT, AT + timedelta(days=1)), (AT + timedelta(days=1), AT)])
def test_of_two_times_of_cancelling_the_earlier_holds(times: tuple[datetime, datetime]) -> None:
    first, second = (MeetingRecord("k", status=MeetingStatus.CANCELLED, cancelled_at=at) for at in times)
    assert carry_over(first, second).cancelled_at == AT

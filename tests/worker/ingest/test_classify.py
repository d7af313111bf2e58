"""Each record, one judgement: why something is not contact, and what it is if it is."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.base import seconds
from models.enums import Channel, Direction, MeetingStatus, Place, Response, Role, Touch
from models.records import Attendee, EmailRecord, ExportedPerson, ExportedRecord, Mailbox, MeetingRecord
from tests.worker.ingest.emails import ANN, BOB, CY, mail, meeting, sent
from tests.worker.ingest.home import ME, NOW
from worker.ingest.classify.accepted import Accepted, Skipped
from worker.ingest.classify.classify import classify
from worker.ingest.classify.filters import Filters, fingerprint
from worker.ingest.classify.identity import identity_of
from worker.ingest.classify.mail import mail_time

VIEW = Filters(ME, own=frozenset({ME, "other@own.example"}), lists=frozenset({"talk@lists.example"}))
YES, NO, MAYBE, SILENT = Response.ACCEPTED, Response.DECLINED, Response.TENTATIVE, Response.NONE
DAY = timedelta(days=1)
ROOM = Attendee("room-1@own.example", "Room", YES, resource=True)


def accepted(
    record: EmailRecord | MeetingRecord | ExportedRecord, filters: Filters = VIEW, gone_at: int | None = None
) -> Accepted:
    answer = classify(record, filters, gone_at)
    assert isinstance(answer, Accepted), answer
    return answer


def invited(*people: tuple[str, Response] | Attendee) -> tuple[Attendee, ...]:
    return tuple(one if isinstance(one, Attendee) else Attendee(one[0], "", one[1]) for one in people)


def crowd(number: int) -> tuple[Mailbox, ...]:
    return tuple(Mailbox(f"p{n}@crowd.example") for n in range(number))


@pytest.mark.parametrize(
    ("reason", "record"),
    [
        ("spam", mail(place=Place.SPAM)),
        ("draft", sent(place=Place.DRAFT)),
        ("chat", mail(place=Place.CHAT)),
        ("invitation", mail(invitation=True)),
        ("no sender", mail(sender=None)),
        ("no date", mail(sent_at=None)),
        ("no date", mail(sent_at=datetime(1970, 1, 1, tzinfo=UTC))),
        ("no date", mail(sent_at=datetime(9999, 12, 31, tzinfo=UTC))),
        ("automatic reply", mail(signals=("auto-submitted=auto-replied",))),
        ("automatic reply", sent(signals=("auto-submitted=auto-replied",))),
        ("automatic reply", mail(signals=("precedence=auto_reply",))),
        ("automatic mail", mail(signals=("auto-submitted=auto-generated",))),
        ("bounce", mail(signals=("report",))),
        ("bounce", mail(signals=("return-path=<>",))),
        ("newsletter", mail(signals=("list-unsubscribe",))),
        ("newsletter", mail(signals=("precedence=bulk",))),
        ("mailing list", mail(to=(Mailbox("talk@lists.example"),), list_post="talk@lists.example")),
        ("no-reply address", mail(sender=Mailbox("no-reply@shop.example", "Shop"))),
        ("notification relay", mail(sender=Mailbox("no-reply@docs.example", "Ann One (via Docs)"))),
        ("role address", mail(sender=Mailbox("info@firm.example"))),
        ("room", mail(sender=Mailbox("c_1@resource.calendar.google.com"))),
        ("crowd", mail(to=crowd(101))),
        ("to oneself", sent(to="other@own.example")),
        ("no recipient", mail(sender=Mailbox(ME), to=())),
        ("no person", sent(to="talk@lists.example")),
        ("no person", sent(to="support@firm.example")),
        ("cancelled", meeting(status=MeetingStatus.CANCELLED)),
        ("focus time", meeting(not_a_meeting="focus time")),
        ("no date", MeetingRecord("1")),
        ("declined", meeting(organizer=Mailbox(ANN), attendees=invited((ME, NO), (ANN, YES)))),
        ("not invited", meeting(own_calendar=False, organizer=Mailbox(ANN), attendees=invited((BOB, YES)))),
        ("alone", meeting(attendees=())),
        ("alone", meeting(attendees=invited((ME, YES), ROOM))),
        ("alone", meeting(organizer=Mailbox("c_1@group.calendar.google.com"), attendees=())),
        ("no person", meeting(attendees=invited((ME, YES), ("no-reply@booking.example", YES)))),
        ("no person", meeting(attendees=invited((ME, YES), ("talk@lists.example", SILENT)))),
        ("declined by the others", meeting(attendees=invited((ME, YES), (ANN, NO), (BOB, NO)))),
    ],
)
def test_what_is_not_contact_is_skipped_with_its_reason(reason: str, record: EmailRecord | MeetingRecord) -> None:
    assert classify(record, VIEW) == Skipped(reason)


@pytest.mark.parametrize(
    ("touch", "record"),
    [
        (Touch.OUT_ONE, sent()),
        (Touch.OUT_ONE, sent(cc=(Mailbox("other@own.example"),))),
        (Touch.OUT, sent(cc=(Mailbox(BOB),))),
        (Touch.OUT_COPY, sent(to=BOB, cc=(Mailbox(ANN),))),
        (Touch.OUT_COPY, sent(to=BOB, bcc=(Mailbox(ANN),))),
        (Touch.IN_ONE, mail()),
        (Touch.IN_ONE, mail(place=Place.TRASH)),
        (Touch.IN, mail(cc=(Mailbox(BOB),))),
        (Touch.IN_COPY, mail(to=(Mailbox(BOB),), cc=(Mailbox(ME),))),
        (Touch.IN_COPY, mail(to=(Mailbox(BOB),))),
        (Touch.SEEN, mail(sender=Mailbox(BOB), cc=(Mailbox(ANN),))),
        (Touch.SEEN, mail(to=(Mailbox(ME), *crowd(10)))),
        (Touch.IN, mail(to=(Mailbox(ME), *crowd(9)))),
        (Touch.SEEN, sent(cc=crowd(10))),
        (Touch.OUT, sent(cc=crowd(9))),
        (Touch.IN, mail(cc=(Mailbox("talk@lists.example"),), list_post="talk@lists.example")),
        (Touch.MET_ONE, meeting()),
        (Touch.MET_ONE, meeting(attendees=invited((ME, YES), (ANN, MAYBE), ROOM))),
        (Touch.MET_ONE, meeting(attendees=invited((ME, YES), (ANN, YES), (BOB, NO)))),
        (Touch.MET_ONE, meeting(organizer=Mailbox(ANN), attendees=invited((ME, YES)))),
        (Touch.MET, meeting(attendees=invited((ME, YES), (ANN, YES), (BOB, SILENT)))),
        (None, meeting(attendees=invited((ME, YES), (ANN, NO), (BOB, YES)))),
        (Touch.EXPECTED, meeting(attendees=invited((ME, YES), (ANN, SILENT)))),
        (Touch.INVITED, meeting(attendees=invited((ME, YES), (ANN, SILENT), (BOB, YES)))),
        (Touch.INVITED, meeting(organizer=Mailbox(ANN), attendees=invited((ME, SILENT), (ANN, YES)))),
        (None, meeting(organizer=Mailbox(CY), attendees=invited((ME, SILENT), (ANN, YES)))),
        (None, meeting(organizer=Mailbox(CY), attendees=invited((ANN, YES)))),
        (None, mail(dmarc="fail")),
        (Touch.IN_ONE, mail(dmarc="none")),
        (Touch.OUT_ONE, sent(dmarc="fail")),
        (Touch.MET, meeting(organizer=Mailbox(CY), attendees=invited((ME, MAYBE), (ANN, YES)))),
        (Touch.INVITED, meeting(organizer=Mailbox(CY), attendees=invited((ME, YES), (ANN, SILENT)))),
        (Touch.MET_ONE, meeting(organizer=None, attendees=invited((ANN, YES)))),
        (Touch.MET_CROWD, meeting(attendees=invited((ANN, YES), *((f"p{n}@x.example", YES) for n in range(9))))),
        (Touch.MET_CROWD, meeting(attendees_omitted=True)),
    ],
)
def test_what_it_is_between_the_user_and_ann(touch: Touch | None, record: EmailRecord | MeetingRecord) -> None:
    assert accepted(record).people[ANN][2] == touch


@pytest.mark.parametrize(
    ("direction", "mine", "record"),
    [
        (Direction.OUT, Role.FROM, sent()),
        (Direction.OUT, Role.FROM, mail(sender=Mailbox("Other+tag@own.example"), to=(Mailbox(ANN),))),
        (Direction.IN, Role.TO, mail()),
        (Direction.IN, Role.TO, mail(to=(Mailbox(BOB), Mailbox(ME)), cc=(Mailbox("other@own.example"),))),
        (Direction.IN, Role.CC, mail(to=(Mailbox(BOB),), cc=(Mailbox(ME),))),
        (Direction.IN, Role.BCC, mail(to=(Mailbox(BOB),))),
        (Direction.MUTUAL, Role.ORGANIZER, meeting()),
        (Direction.MUTUAL, Role.ATTENDEE, meeting(organizer=Mailbox(ANN))),
    ],
)
def test_directions_and_the_users_own_role(
    direction: Direction, mine: Role, record: EmailRecord | MeetingRecord
) -> None:
    found = accepted(record)
    assert (found.direction, found.my_role) == (direction, mine)
    assert not any(VIEW.is_own(address) for address in found.people)


@pytest.mark.parametrize(
    ("sent_at", "received_at", "expected"),
    [
        (NOW, None, NOW),
        (None, NOW, NOW),
        (NOW, NOW + 2 * DAY, NOW),
        (NOW, NOW + 2 * DAY + timedelta(seconds=1), NOW + 2 * DAY + timedelta(seconds=1)),
        (NOW + 3 * DAY, NOW, NOW),
        (datetime(1, 1, 1, tzinfo=UTC), NOW, NOW),
        (NOW, datetime(9999, 1, 1, tzinfo=UTC), NOW),
        (None, None, None),
    ],
)
def test_a_mails_time_is_its_date_where_that_can_be_believed(
    sent_at: datetime | None, received_at: datetime | None, expected: datetime | None
) -> None:
    assert mail_time(mail(sent_at=sent_at, received_at=received_at)) == (seconds(expected) if expected else None)


def test_a_meeting_that_went_before_its_end_did_not_take_place() -> None:
    ends = seconds(NOW - 30 * DAY + timedelta(hours=1))
    assert classify(meeting(), VIEW, ends - 1) == Skipped("cancelled")
    assert accepted(meeting(), gone_at=ends).counts_at == ends
    assert accepted(mail(), gone_at=1).occurred_at < ends, "a delete does not undo contact"


def test_a_meeting_counts_from_its_end() -> None:
    found = accepted(meeting(starts_at=NOW))
    assert (found.occurred_at, found.counts_at) == (seconds(NOW), seconds(NOW) + 3600)
    backwards = accepted(meeting(ends_at=NOW - 99 * DAY))
    assert backwards.ends_at == backwards.occurred_at


def test_a_calendar_may_know_the_user_by_another_address() -> None:
    record = meeting(organizer=Mailbox(ANN), attendees=invited(("me@elsewhere.example", NO), (ANN, YES)))
    assert isinstance(classify(record, VIEW), Accepted)
    known = meeting(organizer=Mailbox(ANN), attendees=record.attendees, me="Me@Elsewhere.example")
    assert classify(known, VIEW) == Skipped("declined")


@pytest.mark.parametrize(
    ("filters", "record", "left"),
    [
        (Filters(ME, VIEW.own, blocked=frozenset({ANN})), mail(), None),
        (Filters(ME, VIEW.own, blocked=frozenset({"@one.example"})), sent(), None),
        (Filters(ME, VIEW.own, forgotten=frozenset({fingerprint(ANN)})), meeting(), None),
        (Filters(ME, VIEW.own, blocked=frozenset({ANN})), meeting(organizer=Mailbox(ANN)), None),
        (Filters(ME, VIEW.own, blocked=frozenset({ANN})), sent(cc=(Mailbox(BOB),)), [BOB]),
        (Filters(ME, VIEW.own, blocked=frozenset({ANN})), mail(sender=Mailbox(BOB), cc=(Mailbox("Ann+x@One.example"),)), [BOB]),
        (Filters(ME, VIEW.own, blocked=frozenset({CY})), mail(), [ANN]),
    ],
)  # fmt: skip
def test_nothing_is_kept_of_whom_the_user_barred(
    filters: Filters, record: EmailRecord | MeetingRecord, left: list[str] | None
) -> None:
    if left is None:
        assert classify(record, filters) == Skipped("blocked")
    else:
        assert list(accepted(record, filters).people) == left


def test_barring_somebody_also_drops_what_their_name_showed() -> None:
    record = mail(sender=Mailbox(BOB, "Bob Two"), reply_to=Mailbox(CY, "Two, Bob"))
    assert [(pair.address, pair.other) for pair in accepted(record).same_person] == [(BOB, CY)]
    assert not accepted(record, Filters(ME, VIEW.own, forgotten=frozenset({fingerprint(CY)}))).same_person


def test_an_export_is_weighed_as_it_was() -> None:
    people = [ExportedPerson(ANN, "Ann One", ANN, Role.TO), ExportedPerson(ANN, "", BOB, Role.BCC)]
    row = ExportedRecord(
        "a" * 32, ME, Channel.EMAIL, Direction.OUT, NOW, group_size=3, my_role=Role.FROM, people=tuple(people)
    )
    found = accepted(row)
    assert found.people == {ANN: (Role.TO, None, Touch.OUT, "Ann One"), BOB: (Role.BCC, None, Touch.OUT_COPY, "")}
    assert [(pair.address, pair.other, pair.sure) for pair in found.same_person] == [(BOB, ANN, True)]


@pytest.mark.parametrize(
    ("same", "one", "other"),
    [
        (True, mail("1", message_id="m"), mail("2", message_id="m", subject="x", to=(), sent_at=NOW)),
        (True, mail("1", message_id="m"), mail("1", message_id="m", sender=Mailbox("ANN@one.example"))),
        (False, mail(message_id="m"), mail(message_id="m", sender=Mailbox(BOB))),
        (False, mail(message_id="m"), mail(message_id="M")),
        (True, mail("1", message_id=None), mail("2", message_id=None, bcc=(Mailbox(CY),), received_at=NOW)),
        (False, mail(message_id=None), mail(message_id=None, subject="x")),
        (False, mail(message_id=None), mail(message_id=None, cc=(Mailbox(CY),))),
        (True, meeting("1", ical_uid="u"), meeting("2", ical_uid="u", starts_at=NOW, subject=None, attendees=())),
        (False, meeting(ical_uid="u", recurrence_at=NOW), meeting(ical_uid="u")),
        (False, meeting(ical_uid="u", recurrence_at=NOW), meeting(ical_uid="u", recurrence_at=NOW + DAY)),
        (True, meeting("1", ical_uid=None), meeting("2", ical_uid=None, me=ME)),
        (False, meeting(ical_uid=None), meeting(ical_uid=None, starts_at=NOW)),
    ],
)
def test_what_is_the_same_thing(same: bool, one: Any, other: Any) -> None:
    assert (identity_of(one) == identity_of(other)) is same


@pytest.mark.parametrize("key", ["", "x", "../../etc", "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "-x"])
def test_a_forged_export_row_has_an_identity_of_its_own(key: str) -> None:
    row = ExportedRecord(key, ME, Channel.EMAIL, Direction.IN, NOW)
    assert len(identity_of(row)) == 32
    assert identity_of(row) != key[:32]


def test_an_export_row_names_what_it_was_exported_from() -> None:
    keys: Sequence[str] = ("0123456789abcdef" * 2, "0123456789abcdef" * 2 + "-19000")
    for key in keys:
        assert identity_of(ExportedRecord(key, ME, Channel.EMAIL, Direction.IN, NOW)) == "0123456789abcdef" * 2

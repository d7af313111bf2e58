"""Calendars: what repeats, what was moved, cancelled or left out, in whichever zone it was written."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.archive.connector import ArchiveConnector
from connectors.archive.ics import records
from models.enums import MeetingStatus, Response
from models.records import Attendee, BadRecord, Mailbox, MeetingRecord, Record
from tests.connectors.archive.feeds import NOW
from tests.connectors.contract import LONG_AGO
from tests.connectors.contract import records as all_records


def calendar(*events: str, head: str = "") -> bytes:
    text = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{head}{text}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def found(*events: str, head: str = "") -> list[Record]:
    return list(records(calendar(*events, head=head), "calendar.ics", NOW))


def meetings(*events: str, head: str = "") -> list[MeetingRecord]:
    return [
        record
        for record in found(*events, head=head)
        if isinstance(record, MeetingRecord) and record.not_a_meeting != "superseded"
    ]


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[arg-type,misc] # year, month, day and so on


SERIES = """
UID:s@x.example
SUMMARY:Weekly
DTSTART;TZID=Europe/Berlin:20240318T090000
DTEND;TZID=Europe/Berlin:20240318T100000
RRULE:FREQ=WEEKLY;COUNT=4
"""


def test_a_series_keeps_its_local_time_when_the_clocks_change() -> None:
    found = meetings(SERIES)
    assert [m.starts_at for m in found] == [
        at(2024, 3, 18, 8),
        at(2024, 3, 25, 8),
        at(2024, 4, 1, 7),
        at(2024, 4, 8, 7),
    ]
    assert [m.recurrence_at for m in found] == [m.starts_at for m in found]
    assert {m.ical_uid for m in found} == {"s@x.example"}
    assert len({m.key for m in found}) == 4


def test_exceptions_moves_and_cancellations() -> None:
    left_out = SERIES + "EXDATE;TZID=Europe/Berlin:20240325T090000\n"
    moved = (
        "UID:s@x.example\nRECURRENCE-ID;TZID=Europe/Berlin:20240401T090000\n"
        "DTSTART;TZID=Europe/Berlin:20240402T150000\nDTEND;TZID=Europe/Berlin:20240402T160000\nSUMMARY:Moved\n"
    )
    cancelled = (
        "UID:s@x.example\nRECURRENCE-ID:20240408T070000Z\nDTSTART:20240408T070000Z\nSTATUS:CANCELLED\nSUMMARY:Weekly\n"
    )
    first, second, third = meetings(left_out, moved, cancelled)
    assert first.starts_at == at(2024, 3, 18, 8)
    assert (second.recurrence_at, second.starts_at, second.subject) == (at(2024, 4, 1, 7), at(2024, 4, 2, 13), "Moved")
    assert (third.recurrence_at, third.status) == (at(2024, 4, 8, 7), MeetingStatus.CANCELLED)


CUSTOM = """BEGIN:VTIMEZONE
TZID:Ours
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0300
END:STANDARD
END:VTIMEZONE
"""


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:20240701T090000Z", at(2024, 7, 1, 9)),
        ("DTSTART;TZID=Europe/Berlin:20240701T090000", at(2024, 7, 1, 7)),
        ("DTSTART;TZID=W. Europe Standard Time:20240701T090000", at(2024, 7, 1, 7)),
        ('DTSTART;TZID="Pacific Standard Time":20240701T090000', at(2024, 7, 1, 16)),
        ("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Berlin:20240701T090000", at(2024, 7, 1, 7)),
        ("DTSTART;TZID=Ours:20240701T090000", at(2024, 7, 1, 6)),
        ("DTSTART:20240701T090000", at(2024, 7, 1, 7)),  # floating: the calendar's own zone
        ("DTSTART;VALUE=DATE:20240701", at(2024, 7, 1)),
    ],
)
def test_zones(start: str, expected: datetime) -> None:
    [meeting] = meetings(f"UID:z\n{start}\nDURATION:PT1H", head=f"X-WR-TIMEZONE:Europe/Berlin\n{CUSTOM}")
    assert meeting.starts_at == expected


def test_zones_of_one_name_in_two_files_are_two() -> None:
    event = "UID:z\nDTSTART;TZID=Ours:20240701T090000\nDURATION:PT1H"
    [one] = meetings(event, head=CUSTOM)
    [other] = meetings(event, head=CUSTOM.replace("+0300", "-0500"))
    assert (one.starts_at, other.starts_at) == (at(2024, 7, 1, 6), at(2024, 7, 1, 14))


def test_all_day() -> None:
    [one] = meetings("UID:a\nDTSTART;VALUE=DATE:20240701")
    [three] = meetings("UID:a\nDTSTART;VALUE=DATE:20240701\nDTEND;VALUE=DATE:20240704")
    assert (one.all_day, one.starts_at, one.ends_at) == (True, at(2024, 7, 1), at(2024, 7, 2))
    assert (three.all_day, three.ends_at) == (True, at(2024, 7, 4))


def test_people_and_rooms() -> None:
    [meeting] = meetings(
        "UID:p\nDTSTART:20240701T090000Z\nDURATION:PT1H\n"
        'ORGANIZER;CN="Roe, Ann":mailto:Ann@X.Example\n'
        "ATTENDEE;PARTSTAT=ACCEPTED;CN=Bob:MAILTO:bob@x.example\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:cy@x.example\n"
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:di@x.example\n"
        "ATTENDEE;CUTYPE=ROOM;CN=Red room:mailto:red@x.example\n"
        "ATTENDEE;EMAIL=eve@x.example:urn:uuid:1234\n"
        "ATTENDEE:invalid:nomail\n"
    )
    assert meeting.organizer == Mailbox("Ann@x.example", "Roe, Ann")
    assert meeting.attendees == (
        Attendee("bob@x.example", "Bob", Response.ACCEPTED),
        Attendee("cy@x.example", "", Response.DECLINED),
        Attendee("di@x.example"),
        Attendee("red@x.example", "Red room", Response.NONE, resource=True),
        Attendee("eve@x.example"),
    )


@pytest.mark.parametrize(
    ("method", "status", "kind"),
    [
        ("PUBLISH", MeetingStatus.CONFIRMED, None),
        ("REQUEST", MeetingStatus.CONFIRMED, None),
        ("CANCEL", MeetingStatus.CANCELLED, None),
        ("REPLY", MeetingStatus.CONFIRMED, "reply"),
    ],
)
def test_methods(method: str, status: MeetingStatus, kind: str | None) -> None:
    [meeting] = meetings("UID:m\nDTSTART:20240701T090000Z", head=f"METHOD:{method}\n")
    assert (meeting.status, meeting.not_a_meeting) == (status, kind)


def test_the_latest_of_several_versions_stands() -> None:
    event = "UID:v\nDTSTART:20240701T090000Z\nSEQUENCE:{}\nSUMMARY:version {}"
    [meeting] = meetings(event.format(2, 2), event.format(3, 3), event.format(1, 1))
    assert meeting.subject == "version 3"


def test_several_calendars_in_one_file() -> None:
    content = calendar("UID:1\nDTSTART:20240701T090000Z") + calendar("UID:2\nDTSTART:20240701T090000Z")
    assert [record.key for record in records(content, "two.ics", NOW)] == ["1", "2"]


def test_a_folder_of_calendars_is_one_stream(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.ics").write_bytes(calendar(f"UID:{number}\nDTSTART:20240701T090000Z"))
    connector = ArchiveConnector([tmp_path], now=NOW)
    [stream] = connector.streams()
    assert len(all_records(list(connector.changes(stream, None, since=LONG_AGO)))) == 3


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=DAILY", 30 + 400),  # from 2 May to 1 June, and 400 days ahead
        ("FREQ=YEARLY;UNTIL=99991231T235959Z", 2),
        ("FREQ=DAILY;COUNT=999999999", 30 + 400),
        ("FREQ=SECONDLY;UNTIL=99991231T235959Z", 1),
        ("FREQ=MINUTELY", 1),
        ("FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=" + ",".join(map(str, range(60))), 1),
        ("FREQ=DAILY;INTERVAL=0", 1),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", 1),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", 1),
        ("FREQ=YEARLY;BYMONTHDAY=" + ",".join(["1"] * 9999), 1),
        ("", 1),
        ("FREQ=SOMETIMES", 1),
    ],
)
def test_endless_and_senseless_rules_are_bounded(rule: str, count: int) -> None:
    found = meetings(f"UID:r\nDTSTART:20240502T090000Z\nDURATION:PT1H\nRRULE:{rule}")
    assert len(found) == count
    assert found[0].starts_at == at(2024, 5, 2, 9)


@pytest.mark.timeout(60)
def test_many_rules_that_never_come_true() -> None:
    rule = "RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"
    found = meetings(*(f"UID:{number}\nDTSTART:20240501T090000Z\n{rule}" for number in range(50)))
    assert len(found) == 50


def test_a_zone_that_changes_every_second() -> None:
    zone = CUSTOM.replace("TZOFFSETFROM", "RRULE:FREQ=SECONDLY\nTZOFFSETFROM")
    [meeting] = meetings("UID:z\nDTSTART;TZID=Ours:20240701T090000", head=zone)
    assert meeting.starts_at == at(2024, 7, 1, 6)


@pytest.mark.parametrize(
    "broken",
    [
        "UID:b\nDTSTART:00000101T000000Z",
        "UID:b\nDTSTART:99991231T235959Z\nDURATION:P9999D",
        "UID:b\nDTSTART:whenever",
        "UID:b",
        "UID:b\nDTSTART;TZID=\x00:20240701T09",
    ],
)
def test_a_broken_event_spoils_only_itself(broken: str) -> None:
    first, second = found(broken, "UID:good\nDTSTART:20240701T090000Z")
    assert isinstance(first, BadRecord)
    assert first.key == "b"
    assert isinstance(second, MeetingRecord)


@pytest.mark.parametrize("cut", [30, 60, 100, 140])
def test_a_calendar_that_is_cut_off(cut: int) -> None:
    content = calendar("UID:1\nDTSTART:20240701T090000Z", "UID:2\nDTSTART:20240701T090000Z")
    found = list(records(content[:-cut], "cut.ics", NOW))
    assert any(isinstance(record, BadRecord) for record in found)


def test_the_horizon_moves_with_time(tmp_path: Path) -> None:
    path = tmp_path / "calendar.ics"
    path.write_bytes(calendar("UID:r\nDTSTART:20240501T090000Z\nRRULE:FREQ=WEEKLY"))
    [stream] = ArchiveConnector([path], now=NOW).streams()

    def count(now: datetime) -> int:
        return len(all_records(list(ArchiveConnector([path], now=now).changes(stream, None, since=LONG_AGO))))

    assert count(at(2025, 6, 1)) - count(at(2024, 6, 1)) == 52

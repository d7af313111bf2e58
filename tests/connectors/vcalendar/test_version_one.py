"""vCalendar 1.0 says what iCalendar says, in words of its own."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.vcalendar.read import records
from connectors.vcalendar.recurrence.rule import UnreadableRuleError, parse
from connectors.vcalendar.version_one import joined, rule, zone_definition
from models.enums import MeetingStatus, Response
from models.records import MeetingRecord, Record

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def read(lines: str, head: str = "VERSION:1.0") -> list[Record]:
    text = f"BEGIN:VCALENDAR\n{head}\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n"
    return list(records([("phone.vcs", text.replace("\n", "\r\n").encode())], NOW))


def meetings(lines: str, head: str = "VERSION:1.0") -> list[MeetingRecord]:
    found = read(lines, head)
    assert all(isinstance(one, MeetingRecord) for one in found)
    return [one for one in found if isinstance(one, MeetingRecord)]


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        ("D1 #10", "FREQ=DAILY;INTERVAL=1;COUNT=10"),
        ("D2", "FREQ=DAILY;INTERVAL=2;COUNT=2"),
        ("D10 19961224T000000", "FREQ=DAILY;INTERVAL=10;UNTIL=19961224T000000"),
        ("W1 TU TH #5", "FREQ=WEEKLY;INTERVAL=1;BYDAY=TU,TH;COUNT=10"),
        ("W2 mo #0", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("MP1 1+ FR #10", "FREQ=MONTHLY;INTERVAL=1;BYDAY=+1FR;COUNT=10"),
        ("MP2 1+ SU 1- SU #5", "FREQ=MONTHLY;INTERVAL=2;BYDAY=+1SU,-1SU;COUNT=10"),
        ("MP1 2 MO TU #1", "FREQ=MONTHLY;INTERVAL=1;BYDAY=2MO,2TU;COUNT=2"),
        ("MD1 2 15 #5", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=2,15;COUNT=10"),
        ("MD1 3- LD #1", "FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=-3,-1;COUNT=2"),
        ("YM1 6 7 #5", "FREQ=YEARLY;INTERVAL=1;BYMONTH=6,7;COUNT=10"),
        ("YD3 1 100 200 #4", "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200;COUNT=12"),
        ("D1 0900 1200 #5", "D1 0900 1200 #5"),  # several times a day: said to be unreadable
        ("FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;COUNT=2"),  # some say they are of 1.0 and are not
    ],
)
def test_rules(old: str, expected: str) -> None:
    assert rule(old) == expected


@given(st.text("DWMPYL#T1290 +-$OURHFAS;=", max_size=40))
def test_any_rule_can_be_followed_or_is_said_not_to_be(text: str) -> None:
    with suppress(UnreadableRuleError):
        assert parse(rule(text)).frequency


def test_an_event_of_a_phone() -> None:
    made = meetings(
        "DTSTART:20260105T090000\nDTEND:20260105T100000\nRRULE:W1 MO #4\nEXDATE:20260112T090000;20260119T090000\n"
        "SUMMARY;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Caf=E9=\n with =\nAnn\n"
        "ATTENDEE;ROLE=ATTENDEE;STATUS=CONFIRMED:Ann Park <ann@park.example>\n"
        "ATTENDEE;ROLE=ATTENDEE;STATUS=DECLINED:ben@reed.example\n"
        "ATTENDEE;ROLE=ORGANIZER;STATUS=ACCEPTED:me@own.example",
        "VERSION:1.0\nTZ:+0100",
    )
    assert [one.starts_at for one in made] == [datetime(2026, 1, day, 8, tzinfo=UTC) for day in (5, 26)]
    assert made[0].subject == "Café with Ann"
    assert made[0].organizer
    assert made[0].organizer.address == "me@own.example"
    assert [(one.address, one.response) for one in made[0].attendees] == [
        ("ann@park.example", Response.ACCEPTED),
        ("ben@reed.example", Response.DECLINED),
        ("me@own.example", Response.ACCEPTED),
    ]


@pytest.mark.parametrize(
    ("head", "at", "hour"),
    [
        ("TZ:+01:00\nDAYLIGHT:TRUE;+02:00;20260329T020000;20261025T030000;CET;CEST", "20260701T100000", 8),
        ("TZ:+01:00\nDAYLIGHT:TRUE;+02:00;20260329T020000;20261025T030000;CET;CEST", "20261201T100000", 9),
        ("TZ:-05\nDAYLIGHT:FALSE", "20260701T100000", 15),
        ("TZ:-05", "20260701T100000Z", 10),
        ("TZ:CET", "20260701T100000", 10),  # no offset: as if it said nothing
        ("DAYLIGHT:TRUE;+02", "20260701T100000", 10),
        ("TZ:-24", "20260701T100000", 10),
        ("TZ:+01\nDAYLIGHT:TRUE;+02;20269999T020000;20261025T030000", "20260701T100000", 9),
    ],
)
def test_the_clock_of_the_calendar(head: str, at: str, hour: int) -> None:
    (made,) = meetings(f"DTSTART:{at}\nSUMMARY:x", f"VERSION:1.0\n{head}")
    assert made.starts_at
    assert made.starts_at.hour == hour


@given(st.text("+-0123456789:TRUE;", max_size=20), st.lists(st.text("+-0123456789:TRUEZ;", max_size=60), max_size=4))
def test_any_zone_is_one_or_none(offset: str, summers: list[str]) -> None:
    defined = zone_definition(offset, summers)
    assert defined is None or defined.startswith("TZID:")
    made = read("DTSTART:20260701T100000\nSUMMARY:x", "\n".join(["VERSION:1.0", f"TZ:{offset}", *summers]))
    assert len(made) == 1


def test_quoted_text_is_read_in_calendars_of_today_too() -> None:
    (made,) = meetings("DTSTART:20260105T090000Z\nSUMMARY;ENCODING=QUOTED-PRINTABLE:Gr=C3=BC=C3=9Fe", "VERSION:2.0")
    assert made.subject == "Grüße"


def test_what_is_written_nearly_right() -> None:
    (made,) = meetings("DTSTART:20260105T090000Z\nSTATUS:CANCELED\nSUMMARY:x", "VERSION:2.0")
    assert made.status is MeetingStatus.CANCELLED
    assert len(meetings("DTSTART:20260105T090000Z\nRRULE:RRULE:FREQ=WEEKLY;COUNT=2\nSUMMARY:x", "VERSION:2.0")) == 2


@pytest.mark.timeout(20)
def test_a_line_without_an_end_is_looked_at_once() -> None:
    assert joined(b"a" * 300_000 + b"\n=\n") == b"a" * 300_000 + b"\n=\n"

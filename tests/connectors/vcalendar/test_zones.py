"""What a TZID means, however it is written: nine o'clock on 2 July 2024 (summer in the north) in UTC."""

from datetime import UTC, datetime

import pytest

from connectors.vcalendar.read import records
from models.records import BadRecord, MeetingRecord
from tests.connectors.vcalendar.calendars import NOW, calendar, found, standing, times


def nine(parameters: str, head: str = "") -> str:
    """When an event begins whose DTSTART has these parameters."""
    [at] = times(calendar(f"UID:z\nDTSTART{parameters}:20240702T090000\nDURATION:PT1H", head=head))
    return at


def definition(tzid: str, offset: str = "+0300") -> str:
    return (
        f"BEGIN:VTIMEZONE\nTZID:{tzid}\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        f"TZOFFSETFROM:{offset}\nTZOFFSETTO:{offset}\nEND:STANDARD\nEND:VTIMEZONE\n"
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # the zone database, in any case and behind vendors' prefixes
        ("Europe/Berlin", "0702T0700"),
        ("europe/berlin", "0702T0700"),
        ('"Europe/Berlin"', "0702T0700"),
        (" Europe/Berlin ", "0702T0700"),
        ("America/New York", "0702T1300"),
        ("/mozilla.org/20050126_1/Europe/Berlin", "0702T0700"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin", "0702T0700"),
        ("/citadel.org/20190914_1/America/New_York", "0702T1300"),
        ("US/Pacific", "0702T1600"),
        ("US-Pacific", "0702T1600"),
        # Windows, Outlook, Exchange, Lotus
        ("W. Europe Standard Time", "0702T0700"),
        ("W. EUROPE STANDARD TIME", "0702T0700"),
        ("W. Europe Daylight Time", "0702T0700"),
        ("Eastern", "0702T1300"),
        ('"Western/Central Europe"', "0702T0700"),
        ("Pacific Standard Time", "0702T1600"),
        ('"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', "0702T0700"),
        ('"(GMT+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"', "0702T0700"),
        ('"(UTC-05:00) Eastern Time (US & Canada)"', "0702T1300"),
        ('"(GMT-08.00) Pacific Time (US & Canada)"', "0702T1600"),
        ('"(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi"', "0702T0330"),
        ('"(UTC) Dublin, Edinburgh, Lisbon, London"', "0702T0800"),
        ('"(UTC+00:00) Dublin, Edinburgh, Lisbon, London"', "0702T0800"),
        ('"(UTC-03:00) Nowhere Anybody Knows"', "0702T1200"),
        # UTC under other names, offsets
        ('"tzone://Microsoft/Utc"', "0702T0900"),
        ('"TZONE://MICROSOFT/UTC"', "0702T0900"),
        ("Coordinated Universal Time", "0702T0900"),
        ("Z", "0702T0900"),
        ("Etc/GMT+5", "0702T1400"),
        ("GMT-0500", "0702T1400"),
        ("UTC+2", "0702T0700"),
        ("+05:30", "0702T0330"),
    ],
)
def test_names_of_zones_that_are_not_defined(name: str, expected: str) -> None:
    assert nine(f";TZID={name}", head="X-WR-TIMEZONE:Europe/Berlin\n") == expected


@pytest.mark.parametrize(
    ("parameter", "defined"),
    [
        ("Mine", "Mine"),
        ("mine", "MINE"),
        ('"Mine"', "Mine"),
        ("Our office", "Our office"),
        ('"tzone://Microsoft/Custom"', "tzone://Microsoft/Custom"),
        ("tzone://Microsoft/Custom", "tzone://Microsoft/Custom"),  # unlawful: not quoted
        ('"(UTC+03:00) Here, There"', "(UTC+03:00) Here\\, There"),
        ('"(UTC+03:00) Here, There"', "(UTC+03:00) Here, There"),
        ("(UTC+03:00) Here, There", "(UTC+03:00) Here\\, There"),  # unlawful: not quoted
        ('"Here; there"', "Here\\; there"),
        ('"http://zones.example/mine?a=b"', "http://zones.example/mine?a=b"),
        ("Europe/Berlin", "Europe/Berlin"),  # the file's own word holds over the database's
        ("W. Europe Standard Time", "W. Europe Standard Time"),
        ("tzone://Microsoft/Utc", "tzone://Microsoft/Utc"),
        ('"Brasília"', "Brasília"),
    ],
)
def test_the_file_s_own_definition(parameter: str, defined: str) -> None:
    assert nine(f";TZID={parameter}", head=definition(defined)) == "0702T0600"
    assert nine(f";tzid={parameter};X-OTHER=1", head=definition(defined)) == "0702T0600"


@pytest.mark.parametrize(
    "broken",
    [
        definition("Europe/Berlin").replace("TZOFFSETTO:+0300\n", ""),
        definition("Europe/Berlin").replace("TZOFFSETTO:+0300", "TZOFFSETTO:three"),
        definition("Europe/Berlin").replace("DTSTART:16010101T000000\n", ""),
        definition("Europe/Berlin").replace("DTSTART:16010101T000000", "DTSTART:once"),
        "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nEND:VTIMEZONE\n",
        "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nX-LIC-LOCATION:Europe/Berlin\nBEGIN:STANDARD\nEND:STANDARD\nEND:VTIMEZONE\n",
    ],
)
def test_the_database_where_the_definition_is_broken(broken: str) -> None:
    assert nine(";TZID=Europe/Berlin", head=broken) == "0702T0700"


def test_a_broken_definition_may_still_name_its_place() -> None:
    head = "BEGIN:VTIMEZONE\nTZID:Home\nX-LIC-LOCATION:Europe/Berlin\nBEGIN:STANDARD\nEND:STANDARD\nEND:VTIMEZONE\n"
    assert nine(";TZID=Home", head=head) == "0702T0700"


def test_a_definition_that_ends_long_before_the_event_says_nothing_of_it() -> None:
    """khal and others write only the changes around the first occurrence."""
    khal = (
        "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\n"
        "BEGIN:DAYLIGHT\nDTSTART:20140330T030000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\n"
        "BEGIN:STANDARD\nDTSTART:20141026T020000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    assert nine(";TZID=Europe/Berlin", head=khal) == "0702T0700"
    [early] = times(calendar("UID:z\nDTSTART;TZID=Europe/Berlin:20140702T090000", head=khal))
    [before] = times(calendar("UID:z\nDTSTART;TZID=Europe/Berlin:20130702T090000", head=khal))
    assert (early, before) == ("0702T0700", "0702T0700")


def test_a_definition_that_ends_shortly_before_the_event_is_followed_by_the_database() -> None:
    """iCalcreator writes the changes from the first of its events to the last but one."""
    cut = (
        "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\n"
        "BEGIN:STANDARD\nDTSTART:20221030T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nRDATE:20231029T030000\nEND:STANDARD\n"
        "BEGIN:DAYLIGHT\nDTSTART:20230326T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    assert nine(";TZID=Europe/Berlin", head=cut) == "0702T0700"
    at_odds = cut.replace("+0200", "+0500").replace("+0100", "+0400")  # not what the database has: it's the file's word
    assert nine(";TZID=Europe/Berlin", head=at_odds) == "0702T0500"


def test_names_that_differ_by_case_alone_may_be_two_zones() -> None:
    """Google exports an account's own zone under the name somebody once misspelt."""
    head = definition("Europe/Lisbon", "+0000") + definition("Europe/lisbon", "+0100")
    named = {name: nine(f";TZID={name}", head=head) for name in ("Europe/Lisbon", "Europe/lisbon", "EUROPE/LISBON")}
    assert named == {"Europe/Lisbon": "0702T0900", "Europe/lisbon": "0702T0800", "EUROPE/LISBON": "0702T0900"}


def test_several_zones_in_one_definition() -> None:
    """The Events Calendar writes them so; a zone is what follows its own name."""
    still = "BEGIN:STANDARD\nDTSTART:20240101T000000\nTZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\n"
    moved = still.replace("STANDARD", "DAYLIGHT").replace("TO:+0000", "TO:-0300")
    head = f"BEGIN:VTIMEZONE\nTZID:Mine\n{still}TZID:Yours\n{moved}END:VTIMEZONE\n"
    assert nine(";TZID=Mine", head=head) == "0702T0900"
    assert nine(";TZID=Yours", head=head) == "0702T1200"


def test_a_zone_nobody_knows_is_the_calendar_s_own_and_told() -> None:
    events = (f"UID:{number}\nDTSTART;TZID=Atlantis:20240702T090000" for number in range(3))
    text = calendar(*events, head="X-WR-TIMEZONE:Europe/Berlin\n")
    [bad] = [one for one in found(text) if isinstance(one, BadRecord)]
    assert bad.where == "0.ics: time zone Atlantis"
    assert bad.reason == "this time zone is not known: its times are taken as Europe/Berlin"
    meeting, *_ = standing(text)
    assert meeting.starts_at == datetime(2024, 7, 2, 7, tzinfo=UTC)
    assert "its time zone is not known (Atlantis)" in meeting.notes[0]


def test_two_files_may_define_one_name_in_two_ways() -> None:
    event = "UID:{}\nDTSTART;TZID=Mine:20240702T090000"
    first = calendar(event.format(1), head=definition("Mine"))
    second = calendar(event.format(2), head=definition("Mine", "-0500"))
    assert times(first, second) == ["0702T0600", "0702T1400"]


@pytest.mark.parametrize(
    ("line", "expected", "all_day"),
    [
        ("DTSTART;TZID=Europe/Berlin:20240702T090000Z", "0702T0900", False),  # Z is UTC whatever TZID says
        ("DTSTART;TZID=Asia/Tokyo;VALUE=DATE:20240702", "0702T0000", True),
        ("DTSTART;VALUE=DATE;TZID=America/New_York:20240702", "0702T0000", True),
        ("DTSTART;TZID=America/New_York:20240702", "0702T0000", True),
        ("DTSTART;VALUE=DATE:20240702T090000", "0702T0000", True),
        ("DTSTART:20240702", "0702T0000", True),
        ("DTSTART:20240702T090000", "0702T0700", False),  # no zone: the calendar's own
        ("DTSTART:20240702T0900", "0702T0700", False),
        ("DTSTART:2024-07-02T09:00:00+02:00", "0702T0700", False),
        ("DTSTART:20240701T240000Z", "0702T0000", False),
        ("dtstart;value=date-time:20240702t090000z", "0702T0900", False),
    ],
)
def test_times_as_they_are_written(line: str, expected: str, all_day: bool) -> None:
    text = calendar(f"UID:z\n{line}", head="X-WR-TIMEZONE:Europe/Berlin\n")
    [meeting] = standing(text)
    assert times(text) == [expected]
    assert meeting.all_day is all_day


@pytest.mark.parametrize("year", ["19700329", "16010101", "18930401", "20230101"])
def test_a_definition_s_rules_hold_from_its_own_beginning(year: str) -> None:
    berlin = (
        f"BEGIN:VTIMEZONE\nTZID:Home\nBEGIN:DAYLIGHT\nDTSTART:{year}T020000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\n"
        f"TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nBEGIN:STANDARD\nDTSTART:{year}T030000\n"
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    texts = [
        calendar(f"UID:z\nDTSTART;TZID={tzid}:2024{day}T{hour}3000", head=berlin)
        for tzid in ("Home", "Europe/Paris")
        for day, hour in (
            ("0331", "01"),
            ("0331", "02"),
            ("0331", "03"),
            ("1027", "02"),
            ("1027", "03"),
            ("0701", "12"),
        )
    ]
    starts = [
        [one.starts_at for one in records([("z", text)], NOW) if isinstance(one, MeetingRecord)] for text in texts
    ]
    assert starts[:6] == starts[6:]

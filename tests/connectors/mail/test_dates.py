"""Dates as they are met: the moment is the one their writer meant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.dates import date_header, received_header
from connectors.headers import Beside, email_record
from connectors.mail.loose_dates import names_zone, without_comments
from models.records import EmailRecord

EIGHT = datetime(2024, 7, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 1 Jul 2024 10:00:00 GMT+0200",
        "Mon, 1 Jul 2024 09:00:00 GMT +0100",
        "Mon, 1 Jul 2024 10:00:00 UTC+02:00",
        "Mon Jul 01 2024 16:00:00 GMT+0800 (China Standard Time)",
        "Mon, 1 Jul 2024 10:00:00 +02:00",
        "Mon, 1 Jul 2024 04:00:00 (EDT) -0400",
        "Mon, 1 Jul 2024 04:00:00 EDT -0400",
        "Mon, 1 Jul (comment about date) 2024 10:00:00 +0200",
        "(a (nested \\) one)) Mon (b), 1 (c) Jul (d) 2024 (e) 10 : 00 : 00 (f) +0200 (g",
        "Mon, 1 Jul 2024 10:00:00 AM +0200",
        "Mon, 1 Jul 2024 10:00 a.m. +0200",
        "Monday, July 1, 2024 8:00 AM",
        "Mon, 1 Jul 2024 10:00:00.123 +0200",
        "Mon, 1 Jul 2024 10:00:00,5 +0200",
        "2024-07-01T08:00:00Z",
        "2024-07-01T10:00:00.123456+02:00",
        "2024-07-01 10:00:00 +0200",
        "2024/07/01 08:00:00",
        "01.07.2024 08:00",
        "Mon Jul  1 08:00:00 2024",
        "Mon Jul  1 10:00:00 +0200 2024",
        "Mon Jul  1 04:00:00 EDT 2024",
        "Mon, 1-Jul-24 08:00:00 GMT",
        "Mon, 01 Jul 2024 8:00:00 Z",
        "Mon,1 Jul 2024 10:00:00 +0200",
        "1 Jul 2024 11.00.00 +0300",
        "Mon, 1 Jul 124 08:00:00 GMT",
        "Mon, 1 Jul 2024 10:00:00 CEST",
        "Mon, 1 Jul 2024 08:00:00 XYZT",
        "Mon, 1 Jul 2024 08:00:00 +9999",
        "Mon, 1 Jul 2024\r\n 10:00:00 +0200",
        'Mon, 1 Jul 2024 08:00:00 "GMT"',
        "mon, 1 JUL 2024 10:00:00 +0200",
        "7/1/2024 8:00:00 AM",
        "07/01/2024 10:00 +0200",
        "1-7-2024 08:00",
        "\u6708, 1 7 2024 17:00:00 +0900",
        "2024\u5e747\u67081\u65e5 08:00:00",
        "2024-7-1 08:00:00",
        "Mon, 1 Jul 2024 10:0:0 +0200",
        "=?utf-8?Q?Mon=2C_1_Jul_2024_10=3A00=3A00_+0200?=",
    ],
)
def test_one_moment_in_many_forms(value: str) -> None:
    assert date_header(value) == EIGHT
    assert received_header(f"from a by b with ESMTP; {value}") == EIGHT


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1 Jul 2024 12:00 AM GMT", datetime(2024, 7, 1, tzinfo=UTC)),
        ("1 Jul 2024 12:00 PM GMT", datetime(2024, 7, 1, 12, tzinfo=UTC)),
        ("1 Jul 2024 11:30 PM -0100", datetime(2024, 7, 2, 0, 30, tzinfo=UTC)),
        ("1 Jul 2024 24:00:00 GMT", datetime(2024, 7, 2, tzinfo=UTC)),
        ("1 Jul 2024 25:00:00 GMT", None),
        ("1 Jul 2024 10:60:00 GMT", None),
        ("1 Jul 2024", datetime(2024, 7, 1, tzinfo=UTC)),
        ("13/07/2024 10:00:00", datetime(2024, 7, 13, 10, tzinfo=UTC)),
        ("07/13/2024 10:00:00", datetime(2024, 7, 13, 10, tzinfo=UTC)),
        ("13-7-2024 1:2:3", datetime(2024, 7, 13, 1, 2, 3, tzinfo=UTC)),
        ("7/2024 10:00:00", None),
        ("Jul 2024", None),
        ("Jul 2024 10:00:00", None),
        ("10:00:00 +0200", None),
        ("2024-13-01T10:00:00Z", None),
        ("1 Jul 98 10:00:00 GMT", datetime(1998, 7, 1, 10, tzinfo=UTC)),
        ("1 Jul 31 10:00:00 GMT", datetime(2031, 7, 1, 10, tzinfo=UTC)),
    ],
)
def test_times_of_day_and_years(value: str, expected: datetime | None) -> None:
    assert date_header(value) == expected


def test_a_semicolon_in_the_comment_behind_a_hop() -> None:
    assert received_header("from a by b; Mon, 1 Jul 2024 10:00:00 +0200 (envelope-from <x>; queue y)") == EIGHT


MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)).map(lambda at: at.replace(microsecond=0))
OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


@given(MOMENTS, OFFSETS, st.sampled_from(["{}", "GMT{}", "(x) {}", "UTC {}", "{} (CEST)"]), st.booleans())
def test_any_moment_in_any_zone(local: datetime, ahead: timedelta, zone: str, colon: bool) -> None:
    minutes = abs(int(ahead.total_seconds())) // 60
    offset = f"{'-' if ahead < timedelta() else '+'}{minutes // 60:02}{':' if colon else ''}{minutes % 60:02}"
    value = f"{local:%a, %d %b %Y %H:%M:%S} {zone.format(offset)}"
    assert date_header(value) == local.replace(tzinfo=UTC) - ahead


@given(st.text("0123456789:+-JanFebSu,. ()ZGMTapm;/", max_size=60))
def test_anything_is_a_moment_or_none(value: str) -> None:
    found = date_header(value)
    assert found is None or found.tzinfo is UTC


@given(st.text("(a\\) ", max_size=40))
def test_comments_go_whole(text: str) -> None:
    assert "(" not in without_comments(text).replace("\\(", "")


@pytest.mark.parametrize(
    "value",
    [
        "mån, 1 juli 2024 10:00:00 +0200 (CEST)",
        "Mo, 01 Jul 2024 10:00:00 0200",
        "lun., 1 juil. 2024 10:00:00 +0200",
        "lun, 1 lug 2024 10:00:00 +0200",
        "pon, 1 lip 2024 10:00:00 +0200",
        "ma, 1 heinä 2024 11:00:00 +0300",
        "Пн, 1 июл 2024 11:00:00 +0300",
    ],
)
def test_one_moment_in_many_languages(value: str) -> None:
    assert date_header(value) == EIGHT


@pytest.mark.parametrize(
    ("value", "month"),
    [
        ("mar., 17 mai 2005 12:00:00 +0000", 5),
        ("mar, 3 mar 2009 10:00:00 +0100", 3),
        ("gio, 5 ago 2010 10:00:00 +0200", 8),
        ("fre, 28 maj 1999 21:47:11 +0200", 5),
        ("Mo, 02 M\u00e4r 2009 09:00:00 +0100", 3),
        ("jeu. 6 ao\u00fbt 2015 10:00:00 +0200", 8),
        ("qua, 3 out 2012 10:00:00 -0300", 10),
        ("Вт, 13 мая 2014 12:00:00 +0400", 5),
        ("mié., 1 dic. 2010 10:00:00 -0300", 12),
    ],
)
def test_months_in_many_languages(value: str, month: int) -> None:
    found = date_header(value)
    assert found
    assert found.month == month


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("05-FEB-2021 22:05:02", False),
        ("Tue Jul 24 18:55:07 2007", False),
        ("2024-07-01 08:00:00", False),
        ("1-Jul-2024", False),
        ("Mon, 1 Jul 2024", False),
        ("Fri, 5 Feb 2021 22:05:02 +0800", True),
        ("Fri, 5 Feb 2021 22:05:02 GMT", True),
        ("2024-07-01T08:00:00Z", True),
        ("Di, 17 Mai 2005 12:31:00 0200", True),
    ],
)
def test_which_dates_name_their_zone(value: str, named: bool) -> None:
    assert names_zone(value) is named


def test_a_time_of_day_somewhere_on_earth_is_that_of_its_receipt() -> None:
    received = "from a by b;\n\t Fri, 5 Feb 2021 22:05:02 +0800"

    def at(date: str) -> tuple[datetime | None, datetime | None]:
        headers = {"from": "a@x.example", "to": "b@y.example", "date": date, "received": received}
        record = email_record("1", headers, Beside("here"))
        assert isinstance(record, EmailRecord)
        return record.sent_at, record.received_at

    receipt = datetime(2021, 2, 5, 14, 5, 2, tzinfo=UTC)
    assert at("05-FEB-2021 22:05:02") == (None, receipt)
    assert at("Fri, 5 Feb 2021 14:05:00 GMT") == (datetime(2021, 2, 5, 14, 5, tzinfo=UTC), receipt)
    assert at("01-FEB-2021 22:05:02") == (datetime(2021, 2, 1, 22, 5, 2, tzinfo=UTC), receipt)

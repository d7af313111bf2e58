"""What is broken, cut off, folded or oddly encoded spoils only itself, and every entry is counted with its place."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.vcalendar.recognize import is_calendar
from models.enums import Response
from models.records import Attendee, BadRecord, Mailbox, MeetingRecord
from tests.connectors.vcalendar.calendars import calendar, counted, found, hours, meetings, standing, times

GOOD = "UID:good\nDTSTART:20240702T090000Z"


@pytest.mark.parametrize(
    ("broken", "note"),
    [
        ("BEGIN:VALARM\nACTION:DISPLAY\nTRIGGER:PT-2H\nEND:VALARM", None),
        ("BEGIN:VALARM\nTRIGGER:-PT5M\nUID:alarm\nDTSTART:never\nEND:VALARM", None),
        ("BEGIN:VALARM\nTRIGGER:-PT5M", None),  # it never ends
        ("BEGIN:X-OWN\nDTSTART:20200101\nBEGIN:X-OWN\nEND:X-OWN\nEND:X-OWN", None),
        ("DTEND:None", "its DTEND is not a valid time"),
        ("DTEND;TZID=\x00:20240703T09", "its DTEND is not a valid time"),
        ("DURATION:PT1W", "when it ends cannot be read"),
        ("DURATION:P9999D", "when it ends cannot be read"),
        ("DURATION:", "when it ends cannot be read"),
        ("DTEND:20240701T090000Z", "it ends before it begins, so its end is not known"),
        ("DURATION:-PT1H", "it ends before it begins, so its end is not known"),
        ("RDATE:20230302Z,never", "a date of its RDATE cannot be read"),
        ("EXDATE:never\nRRULE:FREQ=DAILY;COUNT=1", "a date of its EXDATE cannot be read"),
        ("SEQUENCE:first\nDTSTAMP:long ago\nLAST-MODIFIED:", "its DTSTAMP is not a valid time"),
        ("ATTENDEE\nORGANIZER;:\n;;;\n:::\n\x01\x02", None),
        ('ATTENDEE;CN="unclosed:mailto:a@x.example', None),
        ("X-LONG:" + "x" * 100_000, None),
    ],
)
def test_a_broken_part_spoils_only_itself(broken: str, note: str | None) -> None:
    texts = calendar(f"UID:b\nDTSTART:20240702T090000Z\n{broken}", GOOD)
    first, second, *_ = meetings(texts)
    assert (first.starts_at, first.ical_uid) == (second.starts_at, "b")
    assert second.ical_uid == "good"
    reasons = [one.reason for one in found(texts) if isinstance(one, BadRecord)]
    if note:
        assert note in first.notes
    assert reasons == ([f"{note}: the rest is read"] if note and "DTSTAMP" not in note else [])


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;UNTL=20260401;BYDAY=TU",
        "FREQ=SOMETIMES",
        "",
        "RSCALE=CHINESE;FREQ=YEARLY",
        "FREQ=WEEKLY;INTERVAL=0",
    ],
)
def test_a_rule_that_cannot_be_followed_leaves_the_first_occurrence_and_is_told(rule: str) -> None:
    texts = calendar(f"UID:b\nDTSTART:20240702T090000Z\nRRULE:{rule}", GOOD)
    assert times(texts) == ["0702T0900", "0702T0900"]
    [bad] = [one for one in found(texts) if isinstance(one, BadRecord)]
    assert bad.where == "0.ics: event b, line 4: how it repeats"
    assert bad.reason.endswith("only its first occurrence is read")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("UID:b", "this event does not say when it begins"),
        ("", "this event does not say when it begins"),
        ("UID:b\nDTSTART:whenever", "its DTSTART is not a valid time"),
        ("UID:b\nDTSTART:20240732T090000Z", "its DTSTART is not a valid time"),
        ("UID:b\nDTSTART:20240702T250000Z", "its DTSTART is not a valid time"),
        ("UID:b\nDTSTART:00000101T000000Z", "its DTSTART is not a valid time"),
        ("UID:b\nDTSTART:99991231T235959Z", "this event is in the year 9999"),
        ("UID:b\nDTSTART;VALUE=DATE:18000101", "this event is in the year 1800"),
        (
            "UID:b\nRECURRENCE-ID:never\nDTSTART:20240702T090000Z",
            "which occurrence of its series this changes cannot be read",
        ),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(event: str, reason: str) -> None:
    bad, good = found(calendar(event, GOOD)[:-1], calendar())
    assert isinstance(bad, BadRecord)
    assert (bad.reason, bad.where.startswith("0.ics: ")) == (reason, True)
    assert bad.where.endswith("line 4")
    assert isinstance(good, MeetingRecord)


WHOLE = calendar("UID:1\nDTSTART:20240701T090000Z", GOOD)


@pytest.mark.parametrize("cut", range(3, len(WHOLE) - 60, 7))
def test_a_text_that_breaks_off_is_told_and_the_next_one_is_read(cut: int) -> None:
    records = found(WHOLE[:-cut], calendar("UID:other\nDTSTART:20240703T090000Z"))
    assert any(isinstance(one, BadRecord) and one.where.startswith("0.ics") for one in records)
    assert [one.ical_uid for one in records if isinstance(one, MeetingRecord)][-1] == "other"


def test_a_calendar_behind_prose_is_read() -> None:
    assert times(b"Dear all,\nhere it is:\n\n" + calendar(GOOD)) == ["0702T0900"]
    assert counted(b"Dear all,\n\n" + calendar(GOOD)) == {}


def test_what_is_told_comes_in_one_order() -> None:
    """A position in a file is a number of records: it must mean the same in every run."""
    spoilt = [
        f"UID:s\nRECURRENCE-ID:202407{day}T090000Z\nDTSTART:202407{day}T100000Z\nDTEND:x" for day in range(10, 30)
    ]
    texts = [calendar("UID:s\nDTSTART:20240701T090000Z\nDTEND:x\nRRULE:FREQ=DAILY", *spoilt) for _ in range(5)]
    assert all(found(text) == found(texts[0]) for text in texts)


def test_an_event_within_an_event_is_two_of_which_one_is_broken() -> None:
    text = calendar(f"UID:outer\nDTSTART:20240701T090000Z\nBEGIN:VEVENT\n{GOOD}")
    assert times(text) == ["0702T0900"]
    assert counted(text) == {"unreadable": 1}


def test_everything_that_is_no_event_is_counted() -> None:
    kinds = ("VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY")
    head = "".join(f"BEGIN:{kind}\nUID:{kind}\nDTSTART:20240702T090000Z\nEND:{kind}\n" for kind in kinds)
    assert counted(calendar(GOOD, head=head)) == {"task": 1, "journal entry": 1, "free time": 1, "availability": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (calendar(GOOD).replace(b"\r\n", b"\n"), 1),
        (calendar(GOOD).replace(b"\r\n", b"\r"), 1),
        (calendar(GOOD).replace(b"\r\n", b"\r\r\n"), 1),
        (b"\xef\xbb\xbf" + calendar(GOOD), 1),
        (calendar(GOOD).decode().encode("utf-16"), 1),
        (b"\r\n\r\n" + calendar(GOOD), 1),
        (calendar(GOOD).lower().replace(b"uid:good", b"UID:good"), 1),
        (calendar(GOOD).replace(b"BEGIN:VEVENT", b"BEGIN:VEVENT  "), 1),
        (calendar(GOOD).replace(b"BEGIN:VEVENT", b"BEGIN: VEVENT"), 1),
        (b"\r\n".join(calendar(GOOD).split(b"\r\n")[3:7]), 1),  # an event without a calendar
        (b"", 0),
        (b"\r\n", 0),
        (calendar(), 0),
    ],
)
def test_texts_as_they_are_met(text: bytes, expected: int) -> None:
    assert len(meetings(text)) == expected
    assert counted(text) == {}
    assert is_calendar(text) is bool(text.strip())


@pytest.mark.parametrize("text", [b"<html>", b"BEGIN:VCARD\r\nEND:VCARD", b"From a@b", b"x" * 1000])
def test_what_is_no_calendar_is_told(text: bytes) -> None:
    assert not is_calendar(text)
    [bad] = found(text)
    assert isinstance(bad, BadRecord)
    assert bad.reason == "there is no calendar in this file"


@pytest.mark.parametrize("at", range(1, 30))
def test_folding_may_cut_anywhere_even_within_a_letter(at: int) -> None:
    line = 'UID:f\nSUMMARY:Grüße aus 東京\nORGANIZER;CN="Ärger, Jörg":mailto:joerg@x.example\nDTSTART:20240702T090000Z'
    raw = calendar(line).split(b"\r\n")
    folded = b"\r\n".join(one[:at] + (b"\r\n " + one[at:] if len(one) > at else b"") for one in raw)
    [meeting] = standing(folded)
    assert meeting.subject == "Grüße aus 東京"
    assert meeting.organizer == Mailbox("joerg@x.example", "Ärger, Jörg")


def test_blank_lines_between_a_line_and_its_fold_are_passed_over() -> None:
    """Mozilla's calendars that went through a program which ends every line twice."""
    text = calendar("UID\n\n :folded\nDTSTART\n :20240702T090000Z\nSUMMARY\n\n\n :Lunch")
    [meeting] = standing(text)
    assert (meeting.subject, times(text)) == ("Lunch", ["0702T0900"])
    assert times(text.replace(b"\r\n", b"\r\n\r\n")) == ["0702T0900"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@x.example", Attendee("bob@x.example", "Bob", Response.ACCEPTED)),
        ("attendee;cn=Bob;partstat=accepted:MAILTO:bob@X.Example", Attendee("bob@x.example", "Bob", Response.ACCEPTED)),
        ('ATTENDEE;CN="Roe; Bob: the \n one":mailto:bob@x.example', Attendee("bob@x.example", "Roe; Bob: the one")),
        ("ATTENDEE;CN=^'Bob^' Roe:mailto:bob@x.example", Attendee("bob@x.example", "Bob' Roe".replace("'", '"'))),
        ("ATTENDEE;CN=bob@x.example:mailto:bob@x.example", Attendee("bob@x.example")),
        ("ATTENDEE:mailto:mailto:bob@x.example", Attendee("bob@x.example")),
        ("ATTENDEE:mailto%3Abob@x.example", Attendee("bob@x.example")),
        ("ATTENDEE:mailto:bob%40x.example", Attendee("bob@x.example")),
        ("ATTENDEE:mailto:<bob@x.example>", Attendee("bob@x.example")),
        ("ATTENDEE:mailto:Bob Roe <bob@x.example>", Attendee("bob@x.example", "Bob Roe")),
        ("ATTENDEE:bob@x.example", Attendee("bob@x.example")),
        ("ATTENDEE;EMAIL=bob@x.example:urn:uuid:1234", Attendee("bob@x.example")),
        ("ATTENDEE;CN=Bob;EMAIL=bob@x.example:invalid:nomail", Attendee("bob@x.example", "Bob")),
        ("ATTENDEE;EMAIL=bob@x.example:/O=EXCHANGE/CN=RECIPIENTS/CN=BOB", Attendee("bob@x.example")),
        ("ATTENDEE;CN=Bob: x:mailto:bob@x.example", Attendee("bob@x.example", "Bob")),
        ("ATTENDEE;CUTYPE=ROOM:mailto:red@x.example", Attendee("red@x.example", resource=True)),
        ("ATTENDEE;PARTSTAT=DELEGATED:mailto:bob@x.example", Attendee("bob@x.example", "", Response.DECLINED)),
    ],
)
def test_people_in_every_spelling(line: str, expected: Attendee) -> None:
    [meeting] = standing(calendar(f"{GOOD}\n{line}"))
    assert meeting.attendees == (expected,)


@pytest.mark.parametrize(
    "line", ["ATTENDEE:invalid:nomail", "ATTENDEE:", "ATTENDEE:mailto:", "ATTENDEE;CN=Bob:urn:uuid:1"]
)
def test_who_has_no_address_is_left_out(line: str) -> None:
    [meeting] = standing(calendar(f"{GOOD}\n{line}"))
    assert meeting.attendees == ()


def test_lengths_of_every_kind() -> None:
    def length(lines: str) -> float:
        [meeting] = standing(calendar(f"UID:l\n{lines}"))
        assert meeting.starts_at is not None
        assert meeting.ends_at is not None
        return (meeting.ends_at - meeting.starts_at) / hours(1)

    assert length("DTSTART:20240702T090000Z") == 0
    assert length("DTSTART;VALUE=DATE:20240702") == 24
    assert length("DTSTART;VALUE=DATE:20240702\nDTEND;VALUE=DATE:20240702") == 24
    assert length("DTSTART;VALUE=DATE:20240702\nDTEND;VALUE=DATE:20240705") == 72
    assert length("DTSTART:20240702T090000Z\nDURATION:PT1H30M") == 1.5
    assert length("DTSTART:20240702T090000Z\nDURATION:+P1DT2H") == 26
    assert length("DTSTART:20240702T090000Z\nDTEND;TZID=Europe/Berlin:20240702T120000") == 1
    # of two the end holds; a day on the clock may have 23 hours
    assert length("DTSTART:20240702T090000Z\nDTEND:20240702T100000Z\nDURATION:PT5H") == 1
    assert length("DTSTART;TZID=Europe/Berlin:20240330T120000\nDURATION:P1D") == 23


def test_a_period_has_its_own_length() -> None:
    periods = "RDATE;VALUE=PERIOD:20240703T090000Z/PT3H,20240704T090000Z/20240704T110000Z,20240705T090000Z/soon"
    found = standing(calendar(f"{GOOD}\nDURATION:PT1H\n{periods}"))
    assert [(one.ends_at - one.starts_at) / hours(1) for one in found if one.starts_at and one.ends_at] == [1, 3, 2, 1]


PIECES = st.sampled_from(
    [
        "BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTIMEZONE", "END:VTIMEZONE", "BEGIN:VALARM",
        "END:VALARM", "BEGIN:STANDARD", "END:STANDARD", "BEGIN:VTODO", "END:VTODO", "UID:a", "UID:b", "TZID:Mine",
        "DTSTART;TZID=Mine:20240702T090000", "DTSTART:20240702T090000Z", "DTSTART;VALUE=DATE:20240702", "DTSTART:x",
        "DTEND:20240702T100000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3", "RRULE:FREQ=WEEKLY;UNTIL=20240801", "RRULE:x",
        "EXDATE:20240703T090000Z", "RDATE:20240710T090000Z", "RECURRENCE-ID:20240703T090000Z", "SEQUENCE:1", "METHOD:CANCEL",
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20240703T090000Z", "STATUS:CANCELLED", "TZOFFSETTO:+0200", "TZOFFSETFROM:x",
        "METHOD:REPLY", 'ATTENDEE;CN=":mailto:a@x', " folded", "X-WR-TIMEZONE:Europe/Berlin", ";=:", "DTSTAMP:20240101T000000Z",
        'DTSTART;TZID="a:b":20240702T090000', "DTSTART;TZID=a:b:20240702T090000", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
    ]
)  # fmt: skip


@example(["END:VTIMEZONE"])
@settings(max_examples=10 * settings().max_examples, deadline=None)
@given(st.lists(PIECES | st.text(max_size=12), max_size=30))
def test_any_lines_give_values_and_nothing_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    for record in found(text):
        assert isinstance(record, MeetingRecord | BadRecord)
        if isinstance(record, MeetingRecord) and record.starts_at:
            assert record.starts_at.utcoffset() is not None
            assert record.ends_at is not None
            assert record.ends_at >= record.starts_at
    # the same lines in the middle of a lawful calendar spoil nothing around them
    around = found(calendar(GOOD), text, calendar("UID:last\nDTSTART:20240702T090000Z"))
    assert {"good", "last"} <= {one.ical_uid for one in around if isinstance(one, MeetingRecord)}


@settings(max_examples=3 * settings().max_examples, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_values(raw: bytes) -> None:
    for text in (raw, b"BEGIN:VCALENDAR\n" + raw, b"BEGIN:VEVENT\nUID:a\nDTSTART:" + raw + b"\nEND:VEVENT"):
        assert all(isinstance(one, MeetingRecord | BadRecord) for one in found(text))

"""Updates, cancellations, changed occurrences: the latest version stands, wherever it lies; the others are counted."""

from itertools import permutations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import MeetingStatus
from models.records import BadRecord, MeetingRecord
from tests.connectors.vcalendar.calendars import calendar, counted, found, meetings, standing, times

WEEKLY = "UID:u\nDTSTAMP:20240101T000000Z\nDTSTART:20240108T100000Z\nDTEND:20240108T110000Z\nRRULE:FREQ=WEEKLY;COUNT=4"
USUAL = ["0108T1000", "0115T1000", "0122T1000", "0129T1000"]


def version(at: str, sequence: int, stamp: str = "20240101T000000Z", **more: str) -> str:
    lines = "".join(f"\n{name}:{value}" for name, value in more.items())
    return f"UID:u\nDTSTART:{at}\nDURATION:PT1H\nSEQUENCE:{sequence}\nDTSTAMP:{stamp}{lines}"


def places(*events: str) -> list[tuple[bytes, ...]]:
    """The same events in every order: in one calendar, in calendars of one text, in texts of their own."""
    ways: list[tuple[bytes, ...]] = []
    for order in permutations(events):
        alone = tuple(calendar(event) for event in order)
        ways += [(calendar(*order),), (b"".join(alone),), alone]
    return ways


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        (version("20240310T090000Z", 2), version("20240303T090000Z", 1)),
        (version("20240303T090000Z", 2), version("20240310T090000Z", 1)),
        (version("20240310T090000Z", 1, "20240101T000000Z"), version("20240303T090000Z", 0, "20240201T000000Z")),
        (version("20240310T090000Z", 1, "20240201T000000Z"), version("20240303T090000Z", 1, "20240101T000000Z")),
        (
            version("20240310T090000Z", 1, **{"LAST-MODIFIED": "20240201T000000Z"}),
            version("20240303T090000Z", 1, **{"LAST-MODIFIED": "20240101T000000Z"}),
        ),
        (version("20240310T090000Z", 1), version("20240303T090000Z", 0).replace("SEQUENCE:0\n", "")),
        (version("20240310T090000Z", 1), version("20240303T090000Z", 0).replace("SEQUENCE:0", "SEQUENCE:none")),
    ],
)
def test_the_latest_version_stands(later: str, earlier: str) -> None:
    [expected] = times(calendar(later))
    for texts in places(later, earlier):
        assert times(*texts) == [expected]
        assert counted(*texts) == {"superseded": 1}


def test_begin_and_end_are_from_one_version() -> None:
    [meeting] = standing(calendar(version("20240303T090000Z", 0)), calendar(version("20240310T150000Z", 1)))
    assert (meeting.ends_at - meeting.starts_at).seconds == 3600  # type: ignore[operator] # both are said


def test_copies_are_counted_as_such() -> None:
    one = calendar(version("20240303T090000Z", 1))
    assert times(one, one, one) == ["0303T0900"]
    assert counted(one, one, one) == {"duplicate": 2}


def cancel(sequence: int = 1, stamp: str = "20240201T000000Z", **more: str) -> bytes:
    return calendar(version("20240303T090000Z", sequence, stamp, **more), head="METHOD:CANCEL\n")


@pytest.mark.parametrize(
    "cancellation",
    [
        cancel(),
        cancel(STATUS="CANCELLED"),
        cancel(sequence=0),  # some forget to count up
        calendar("UID:u\nSEQUENCE:1\nDTSTAMP:20240201T000000Z", head="METHOD:CANCEL\n"),  # without a time
        calendar(version("20240303T090000Z", 1, "20240201T000000Z", STATUS="CANCELLED"), head="METHOD:PUBLISH\n"),
    ],
)
def test_a_cancellation_anywhere_cancels(cancellation: bytes) -> None:
    invitation = calendar(version("20240303T090000Z", 0), head="METHOD:REQUEST\n")
    for texts in permutations((invitation, cancellation)):
        [meeting] = meetings(*texts)
        assert meeting.status is MeetingStatus.CANCELLED
        assert counted(*texts) == {"superseded": 1}


def test_what_is_planned_anew_after_a_cancellation_stands() -> None:
    anew = calendar(version("20240304T090000Z", 2, "20240202T000000Z"))
    for texts in permutations((calendar(version("20240303T090000Z", 0)), cancel(), anew)):
        assert times(*texts) == ["0304T0900"]


MOVED = "UID:u\nRECURRENCE-ID:20240122T100000Z\nDTSTART:20240123T150000Z\nDURATION:PT1H\nSEQUENCE:1"
DROPPED = "UID:u\nRECURRENCE-ID:20240122T100000Z\nDTSTART:20240122T100000Z\nSEQUENCE:2\nSTATUS:CANCELLED"


def test_a_changed_occurrence_in_a_place_of_its_own() -> None:
    for texts in places(WEEKLY, MOVED):
        assert times(*texts) == ["0108T1000", "0115T1000", "0123T1500", "0129T1000"]
        assert counted(*texts) == {}
        moved = next(one for one in meetings(*texts) if f"{one.starts_at:%m%d}" == "0123")
        assert f"{moved.recurrence_at:%m%dT%H%M}" == "0122T1000"


def test_a_changed_occurrence_that_is_cancelled_later() -> None:
    for texts in places(WEEKLY, MOVED, DROPPED):
        assert times(*texts) == ["0108T1000", "0115T1000", "0129T1000"]
        assert counted(*texts) == {"superseded": 1}


@pytest.mark.parametrize(
    "recurrence",
    [
        "RECURRENCE-ID:20240122T100000Z",
        "RECURRENCE-ID;TZID=Europe/Berlin:20240122T110000",
        "RECURRENCE-ID;VALUE=DATE:20240122",
        'RECURRENCE-ID;TZID="(UTC+01:00) Berlin":20240122T110000',
        "RECURRENCE-ID:20240122T100000",  # no zone: on the clock of the series
    ],
)
def test_an_occurrence_is_found_however_it_is_named(recurrence: str) -> None:
    moved = f"UID:u\n{recurrence}\nDTSTART:20240123T150000Z\nDURATION:PT1H"
    assert times(calendar(WEEKLY), calendar(moved)) == ["0108T1000", "0115T1000", "0123T1500", "0129T1000"]


@pytest.mark.parametrize(
    "left_out",
    [
        "EXDATE:20240115T100000Z,20240122T100000Z",
        "EXDATE:20240115T100000Z\nEXDATE:20240122T100000Z",
        "EXDATE;VALUE=DATE:20240115,20240122",
        "EXDATE;TZID=Europe/Berlin:20240115T110000,20240122T110000",
        "EXDATE:20240115T100000,20240122T100000",
        "EXDATE:never,20240115T100000Z,20240122T100000Z",
        "EXRULE:FREQ=WEEKLY;COUNT=3",  # RFC 2445
    ],
)
def test_occurrences_that_are_left_out(left_out: str) -> None:
    expected = ["0108T1000", "0129T1000"]
    assert times(calendar(f"{WEEKLY}\n{left_out}")) == expected


DAYS = "UID:u\nDTSTART;VALUE=DATE:20240401\nRRULE:FREQ=DAILY;COUNT=3"


@pytest.mark.parametrize(
    "named",
    [
        "RECURRENCE-ID;VALUE=DATE:20240402",
        "RECURRENCE-ID;TZID=Europe/Berlin:20240402T000000",
        "RECURRENCE-ID:20240401T220000Z",
    ],
)
def test_a_day_of_a_series_of_days_is_found_however_it_is_named(named: str) -> None:
    moved = f"UID:u\n{named}\nDTSTART;VALUE=DATE:20240410"
    texts = calendar(DAYS, moved, head="X-WR-TIMEZONE:Europe/Berlin\n")
    assert times(texts) == ["0401T0000", "0403T0000", "0410T0000"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("DTSTART:20240115T140000Z\nDTEND:20240115T150000Z", ["0108T1000", "0115T1400", "0122T1400", "0129T1400"]),
        ("DTSTART:20240116T090000Z\nDURATION:PT2H", ["0108T1000", "0116T0900", "0123T0900", "0130T0900"]),
        ("DTSTART;VALUE=DATE:20240116", ["0108T1000", "0116T0000", "0123T0000", "0130T0000"]),
        ("DTSTART:20240115T100000Z\nSTATUS:CANCELLED", ["0108T1000"]),
    ],
)
def test_this_and_all_following(change: str, expected: list[str]) -> None:
    onward = f"UID:u\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240115T100000Z\nSEQUENCE:1\n{change}"
    for texts in places(WEEKLY, onward):
        assert times(*texts) == expected
        assert len({one.key for one in meetings(*texts)}) == 4
        assert [f"{one.recurrence_at:%m%dT%H%M}" for one in meetings(*texts)] == USUAL


def test_an_occurrence_that_was_changed_and_then_deleted_is_gone() -> None:
    """Some programs leave the change where it was, and say in a later version of the series that the day is left out."""
    series = "UID:x\nSEQUENCE:{}\nDTSTART:20240701T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3{}"
    moved = "UID:x\nSEQUENCE:2\nRECURRENCE-ID:20240708T090000Z\nDTSTART:20240709T110000Z"
    left_out = "\nEXDATE:20240708T090000Z"
    assert times(calendar(series.format(3, left_out), moved)) == ["0701T0900", "0715T0900"]
    assert counted(calendar(series.format(3, left_out), moved)) == {"superseded": 1}
    # the same day left out and changed in one version: the change says more
    assert times(calendar(series.format(2, left_out), moved)) == ["0701T0900", "0709T1100", "0715T0900"]


def test_a_series_that_names_an_occurrence_of_long_before_it_is_a_series() -> None:
    """Connect Daily writes RECURRENCE-ID:19700101 into every one."""
    said = "UID:x\nRECURRENCE-ID:{}\nDTSTART:20240701T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3"
    assert times(calendar(said.format("19700101T070000Z"))) == ["0701T0900", "0708T0900", "0715T0900"]
    assert times(calendar(said.format("20240708T090000Z"))) == ["0701T0900"]  # one, with the rule of its series


def test_this_and_all_following_keeps_the_clock_of_the_series() -> None:
    series = "UID:u\nDTSTART;TZID=Europe/Berlin:20240318T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=4"
    onward = "UID:u\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240325T090000Z\nDTSTART:20240325T130000Z\nDURATION:PT1H"
    assert times(calendar(series, onward)) == ["0318T0900", "0325T1300", "0401T1200", "0408T1200"]


def test_an_occurrence_with_a_change_of_its_own_within_all_following() -> None:
    onward = "UID:u\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240115T100000Z\nDTSTART:20240115T140000Z\nDURATION:PT1H"
    for texts in places(WEEKLY, onward, MOVED):
        assert times(*texts) == ["0108T1000", "0115T1400", "0123T1500", "0129T1400"]


def test_a_series_moved_as_a_whole_leaves_no_phantoms_of_its_changed_occurrences() -> None:
    anew = WEEKLY.replace("20240108", "20240109").replace("20240101T", "20240103T") + "\nSEQUENCE:2"
    texts = (calendar(WEEKLY, MOVED), calendar(anew))
    for order in permutations(texts):
        assert times(*order) == ["0109T1000", "0116T1000", "0123T1000", "0130T1000"]
        assert counted(*order) == {"superseded": 2}


def test_what_had_taken_place_when_a_series_was_cancelled_did() -> None:
    for rule in ("\nRRULE:FREQ=WEEKLY;COUNT=4", ""):
        end = f"UID:u\nSEQUENCE:1\nDTSTAMP:20240120T000000Z\nDTSTART:20240108T100000Z\nDTEND:20240108T110000Z{rule}"
        for texts in permutations((calendar(WEEKLY), calendar(end, head="METHOD:CANCEL\n"))):
            assert times(*texts) == ["0108T1000", "0115T1000"]
            assert [one.status is MeetingStatus.CANCELLED for one in meetings(*texts)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        ("DTSTAMP:20240120T000000Z", []),  # when the file was exported
        ("DTSTAMP:20240601T000000Z\nLAST-MODIFIED:20240120T000000Z", ["0108T1000", "0115T1000"]),
        ("", []),
    ],
)
def test_an_exported_file_says_by_last_modified_when_a_series_was_cancelled(stamps: str, expected: list[str]) -> None:
    ended = WEEKLY.replace("DTSTAMP:20240101T000000Z", f"STATUS:CANCELLED\n{stamps}")
    assert times(calendar(ended)) == expected


def test_a_series_whose_rule_ends_before_it_begins_was_deleted() -> None:
    deleted = WEEKLY.replace("COUNT=4", "UNTIL=20240101")  # Confluence
    [meeting] = meetings(calendar(deleted))
    assert meeting.status is MeetingStatus.CANCELLED


def test_a_series_of_which_nothing_is_left_is_counted() -> None:
    assert counted(calendar(f"{WEEKLY}\nEXDATE;VALUE=DATE:20240108,20240115,20240122,20240129")) == {
        "never takes place": 1
    }


def test_what_is_added_to_a_series() -> None:
    added = calendar("UID:u\nDTSTART:20240205T100000Z\nDURATION:PT1H\nSEQUENCE:1", head="METHOD:ADD\n")
    assert times(calendar(WEEKLY), added) == [*USUAL, "0205T1000"]


@pytest.mark.parametrize("method", ["REPLY", "REFRESH", "COUNTER", "DECLINECOUNTER"])
def test_answers_and_questions_are_counted_and_change_nothing(method: str) -> None:
    answer = calendar(version("20240310T090000Z", 9, "20240301T000000Z"), head=f"METHOD:{method}\n")
    for texts in permutations((calendar(version("20240303T090000Z", 0)), answer)):
        assert times(*texts) == ["0303T0900"]
        assert counted(*texts) == {method.lower(): 1}


@pytest.mark.parametrize("method", ["", "PUBLISH", "REQUEST", "X-UNHEARD-OF"])
def test_other_methods_are_events(method: str) -> None:
    assert times(calendar(version("20240303T090000Z", 0), head=f"METHOD:{method}\n")) == ["0303T0900"]


#: A change that begins where the series has ended, and one that is changed itself at once.
LATE = "UID:u\nRECURRENCE-ID;RANGE=THISANDFUTURE:20250106T100000Z\nDTSTART:20250106T140000Z"

ENTRIES = (
    LATE,
    WEEKLY,
    WEEKLY.replace("T100000", "T120000") + "\nSEQUENCE:1",
    MOVED,
    DROPPED,
    "UID:u\nRECURRENCE-ID;RANGE=THISANDFUTURE:20240115T100000Z\nDTSTART:20240115T140000Z\nSEQUENCE:1",
    version("20240303T090000Z", 0),
    version("20240303T090000Z", 0),
    version("20240310T090000Z", 0).replace("UID:u", "UID:v"),
    "DTSTART:20240303T090000Z\nSUMMARY:no uid",
    "UID:w\nDTSTART:whenever",
)


@given(
    st.lists(
        st.tuples(st.sampled_from(ENTRIES), st.sampled_from(("", "METHOD:CANCEL\n", "METHOD:REPLY\n"))), max_size=7
    ),
    st.randoms(use_true_random=False),
)
def test_order_and_place_do_not_matter_and_every_entry_is_counted(entries: list[tuple[str, str]], dice: Random) -> None:
    texts = [calendar(event, head=head) for event, head in entries]

    def notes(*texts: bytes) -> list[str]:
        # where an entry without a UID or a broken one stands is told by its place
        return sorted(str(one) for one in found(*texts) if isinstance(one, MeetingRecord))

    mixed = list(texts)
    dice.shuffle(mixed)
    expected = notes(*texts)
    assert notes(*mixed) == expected
    assert notes(b"".join(texts)) == expected
    assert len(found(*texts)) >= len(entries)
    if not any("RRULE" in event for event, _ in entries):
        whole = [
            one for one in found(*texts) if not (isinstance(one, BadRecord) and one.where.endswith("a part of it"))
        ]
        assert len(whole) == len(entries)
    keys = [one.key for one in found(*texts)]
    assert len(keys) == len(set(keys)) or any("whenever" in event for event, _ in entries)

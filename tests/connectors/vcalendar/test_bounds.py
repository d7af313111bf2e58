"""Time and memory grow with the text: twice the input gives at most about twice the output, and there are ends to it."""

import time
import tracemalloc
from collections.abc import Callable

import msgspec
import pytest

from connectors.vcalendar.recurrence.allowance import MOST_IN_SERIES, MOST_PLACES_IN_SERIES
from models.records import BadRecord, MeetingRecord, Record
from tests.connectors.vcalendar.calendars import NOW, calendar, found

START = "DTSTART:19900101T090000Z"


def events(count: int, lines: str) -> bytes:
    return calendar(*(f"UID:{number}\n{lines}" for number in range(count)))


def definitions(count: int) -> bytes:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Z{0}\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n"
        "TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\nEND:DAYLIGHT\nEND:VTIMEZONE\n"
    )
    used = [f"UID:{n}\nDTSTART;TZID=Z{n}:20240701T090000\nRRULE:FREQ=WEEKLY;COUNT=3" for n in range(count)]
    return calendar(*used, head="".join(zone.format(n) for n in range(count)))


def guests(count: int) -> str:
    return "\n".join(f"ATTENDEE;CN=Guest {n}:mailto:guest{n}@x.example" for n in range(count))


def parts(count: int) -> str:
    part = "BEGIN:STANDARD\nDTSTART:1970{:02}01T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:STANDARD\n"
    return "BEGIN:VTIMEZONE\nTZID:Mine\n" + "".join(part.format(n % 12 + 1) for n in range(count)) + "END:VTIMEZONE\n"


MANY = 200
#: Inputs a stranger may send, at a size.
INPUTS: dict[str, Callable[[int], bytes]] = {
    "single events": lambda size: events(10 * size, "DTSTART:20240701T090000Z"),
    "daily series": lambda size: events(max(size // 100, 1), "DTSTART:20200101T090000Z\nRRULE:FREQ=DAILY"),
    "series that never come true": lambda size: events(size // 4, f"{START}\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30"),
    "barren days": lambda size: events(size // 200, "DTSTART:19000101T090000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    "barren seconds": lambda size: events(size // 200, f"{START}\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
    "seconds of an hour": lambda size: events(size // 100, f"{START}\nRRULE:FREQ=SECONDLY;BYHOUR=25,3;BYMINUTE=59"),
    "rules in one event": lambda size: events(1, START + "\nRRULE:FREQ=YEARLY" * size),
    "left out": lambda size: events(1, f"{START}\nRRULE:FREQ=DAILY;COUNT=300" + "\nEXDATE:19900201T090000Z" * 10 * size),
    "left out by rules": lambda size: events(1, f"{START}\nRRULE:FREQ=DAILY;COUNT=9" + "\nEXRULE:FREQ=YEARLY" * size),
    "added": lambda size: events(1, START + "\nRDATE:" + ",".join(["19900201T090000Z"] * 10 * size)),
    "zones": definitions,
    "parts of a zone": lambda size: calendar("UID:z\nDTSTART;TZID=Mine:20240701T090000", head=parts(size)),
    "broken parts of a zone": lambda size: calendar(
        "UID:z\nDTSTART;TZID=Mine:20240701T090000",
        head="BEGIN:VTIMEZONE\nTZID:Mine\n" + "BEGIN:STANDARD\n" * 10 * size + "END:VTIMEZONE\n",
    ),
    "versions of one event": lambda size: calendar(
        *(f"UID:v\nSEQUENCE:{n}\nDTSTART:20240701T090000Z" for n in range(2 * size))
    ),
    "changed occurrences": lambda size: calendar(
        f"UID:v\n{START}\nRRULE:FREQ=DAILY;COUNT=300",
        *(f"UID:v\nRECURRENCE-ID:1990{n // 28 % 12 + 1:02}{n % 28 + 1:02}T090000Z\n{START}" for n in range(2 * size)),
    ),
    "this and following": lambda size: calendar(
        f"UID:v\n{START}\nRRULE:FREQ=DAILY;COUNT=300",
        *(
            f"UID:v\nRECURRENCE-ID;RANGE=THISANDFUTURE:1990{n // 28 % 12 + 1:02}{n % 28 + 1:02}T090000Z\n{START}"
            for n in range(size)
        ),
    ),
    "guests of a series": lambda size: calendar(f"UID:g\n{START}\nRRULE:FREQ=WEEKLY;COUNT=300\n{guests(2 * size)}"),
    "components without an end": lambda size: b"BEGIN:VEVENT\nUID:x\n" * 20 * size,
    "alarms without an end": lambda size: calendar("UID:a\nDTSTART:20240701T090000Z" + "\nBEGIN:VALARM" * 20 * size),
    "parameters": lambda size: calendar("UID:a\nDTSTART" + ";A=B" * 50 * size + ":20240701T090000Z"),
    "quotes": lambda size: calendar("UID:a\nDTSTART:20240701T090000Z\nATTENDEE;CN=" + '"' * 50 * size),
    "folds": lambda size: calendar("UID:a\nDTSTART:20240701T090000Z\nSUMMARY:" + "\n x" * 50 * size),
}  # fmt: skip


def cost(text: bytes) -> tuple[float, int, int]:
    """CPU seconds, peak bytes, and bytes of the records as they are stored."""
    tracemalloc.start()
    begun = time.process_time()
    size = sum(len(msgspec.json.encode(one)) for one in found(text))
    spent = time.process_time() - begun
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return spent, peak, size


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", INPUTS)
def test_twice_the_input_costs_at_most_about_twice(kind: str) -> None:
    found(INPUTS[kind](8))  # what is made once is made
    once, twice = cost(INPUTS[kind](MANY)), cost(INPUTS[kind](2 * MANY))
    # time is measured on a busy machine: three times and half a second allow for that, four would be quadratic
    assert twice[0] <= 3 * once[0] + 0.5
    assert twice[1] <= 2.5 * once[1] + 2_000_000
    assert twice[2] <= 2.5 * once[2] + 10_000
    assert twice[0] < 60


def reading(text: bytes) -> tuple[list[MeetingRecord], list[str]]:
    records: list[Record] = found(text)
    return (
        [one for one in records if isinstance(one, MeetingRecord)],
        [one.reason for one in records if isinstance(one, BadRecord)],
    )


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))),
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=20",
        "FREQ=HOURLY",
        "FREQ=YEARLY;BYHOUR=1,2,3,4,5,6,7,8,9",
    ],
)
def test_what_comes_many_times_a_day_is_no_meeting_of_people_and_takes_nothing_from_others(rule: str) -> None:
    weekly = f"UID:other\n{START}\nRRULE:FREQ=WEEKLY;COUNT=10"
    meetings, reasons = reading(calendar(f"UID:many\n{START}\nRRULE:{rule}", weekly))
    assert len(meetings) == 1 + 10
    assert reasons == ["it repeats many times a day: only its first occurrence is read"]


def test_the_last_occurrences_of_a_long_series_are_kept() -> None:
    meetings, reasons = reading(events(1, "DTSTART:19500101T090000Z\nRRULE:FREQ=DAILY"))
    assert len(meetings) == MOST_IN_SERIES
    assert meetings[-1].starts_at is not None
    assert meetings[-1].starts_at > NOW
    assert reasons == [f"it repeats too often: only its last {MOST_IN_SERIES} occurrences are read"]


def test_a_crowd_is_not_multiplied_without_end() -> None:
    meetings, reasons = reading(calendar(f"UID:g\n{START}\nRRULE:FREQ=DAILY\n{guests(300)}"))
    assert len(meetings) * 300 <= MOST_PLACES_IN_SERIES
    assert len(reasons) == 1


@pytest.mark.timeout(120)
def test_all_series_of_a_text_share_one_allowance() -> None:
    begun = time.process_time()
    meetings, reasons = reading(events(2000, "DTSTART:19000101T090000Z\nRRULE:FREQ=DAILY"))
    assert len(meetings) < 250_000
    assert len({one.ical_uid for one in meetings}) == 2000
    assert any("repeat too often in all" in reason for reason in reasons)
    assert time.process_time() - begun < 60

"""Calendars of our own making in every shape that is met: what is said, in which zone, by which program.

`shapes()` names each text; none is copied from a file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

#: Up to when series are compared.
UNTIL = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Clock:
    """A zone: its names, and when its clocks change as RRULE parts and hours, "" where they never do."""

    olson: str
    windows: str
    shown: str  # as Windows shows it
    standard: str
    daylight: str = ""
    to_daylight: str = ""
    to_standard: str = ""
    at: tuple[str, str] = ("020000", "030000")


CLOCKS = (
    Clock(
        "Europe/Berlin", "W. Europe Standard Time", "(UTC+01:00) Amsterdam, Berlin, Bern", "+0100", "+0200",
        "BYMONTH=3;BYDAY=-1SU", "BYMONTH=10;BYDAY=-1SU",
    ),
    Clock(
        "America/New_York", "Eastern Standard Time", "(UTC-05:00) Eastern Time (US & Canada)", "-0500", "-0400",
        "BYMONTH=3;BYDAY=2SU", "BYMONTH=11;BYDAY=1SU", ("020000", "020000"),
    ),
    Clock("Asia/Kolkata", "India Standard Time", "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "+0530"),
    Clock(
        "Australia/Sydney", "AUS Eastern Standard Time", "(UTC+10:00) Canberra, Melbourne, Sydney", "+1000", "+1100",
        "BYMONTH=10;BYDAY=1SU", "BYMONTH=4;BYDAY=1SU",
    ),
)  # fmt: skip


def definition(clock: Clock, tzid: str, year: int) -> str:
    """A VTIMEZONE whose observances begin in `year`."""
    daylight = clock.daylight or clock.standard

    def part(kind: str, before: str, after: str, rule: str, at: str) -> str:
        repeats = f"RRULE:FREQ=YEARLY;{rule}\n" if rule else ""
        begins = {1601: "16010101", 1970: "19700101"}[year]
        return f"BEGIN:{kind}\nDTSTART:{begins}T{at}\nTZOFFSETFROM:{before}\nTZOFFSETTO:{after}\n{repeats}END:{kind}\n"

    parts = part("STANDARD", daylight, clock.standard, clock.to_standard, clock.at[1])
    if clock.daylight:
        parts += part("DAYLIGHT", clock.standard, daylight, clock.to_daylight, clock.at[0])
    return f"BEGIN:VTIMEZONE\nTZID:{tzid}\n{parts}END:VTIMEZONE\n"


def _escaped(name: str) -> str:
    return name.replace(",", "\\,").replace(";", "\\;")


#: A program: how it names a zone as a parameter and in its definition, and when its definitions begin.
Producer = Callable[[Clock], tuple[str, str, int]]

PRODUCERS: dict[str, Producer] = {
    "google": lambda clock: (clock.olson, clock.olson, 1970),
    "outlook": lambda clock: (f'"{clock.windows}"', clock.windows, 1601),
    "exchange": lambda clock: (f'"{clock.shown}"', _escaped(clock.shown), 1601),
    "custom": lambda _: ('"tzone://Microsoft/Custom"', "tzone://Microsoft/Custom", 1601),
    "mozilla": lambda clock: (f"/mozilla.org/20050126_1/{clock.olson}", f"/mozilla.org/20050126_1/{clock.olson}", 1970),
}

#: What is said: properties of the first event, then of the others; `{}` stands for the parameters of a local time.
TEN = "DTSTART{}:20240318T100000\nDTEND{}:20240318T110000"
KINDS: dict[str, tuple[str, ...]] = {
    "single": (TEN,),
    "single, two days": ("DTSTART{}:20240330T220000\nDTEND{}:20240331T040000",),
    "no end": ("DTSTART{}:20240318T100000",),
    "all day": ("DTSTART;VALUE=DATE:20240318",),
    "three days": ("DTSTART;VALUE=DATE:20240318\nDTEND;VALUE=DATE:20240321",),
    "duration": ("DTSTART{}:20240318T100000\nDURATION:PT1H30M",),
    "duration of a day": ("DTSTART{}:20240330T120000\nDURATION:P1D",),
    "duration of weeks": ("DTSTART{}:20240325T120000\nDURATION:P2W",),
    "in the gap": ("DTSTART{}:20240331T023000\nDURATION:PT1H",),
    "in the gap of New York": ("DTSTART{}:20240310T023000\nDURATION:PT1H",),
    "twice an hour": ("DTSTART{}:20241027T023000\nDURATION:PT1H",),
    "daily": (f"{TEN}\nRRULE:FREQ=DAILY;COUNT=20",),
    "daily, early": ("DTSTART{}:20240329T023000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=5",),
    "every third day": (f"{TEN}\nRRULE:FREQ=DAILY;INTERVAL=3;COUNT=12",),
    "daily in months": (f"{TEN}\nRRULE:FREQ=DAILY;BYMONTH=3,5;COUNT=20",),
    "daily on days": (f"{TEN}\nRRULE:FREQ=DAILY;BYDAY=MO,FR;COUNT=9",),
    "daily, twice": (f"{TEN}\nRRULE:FREQ=DAILY;BYHOUR=10,15;COUNT=9",),
    "weekly": (f"{TEN}\nRRULE:FREQ=WEEKLY",),
    "weekly, all day": ("DTSTART;VALUE=DATE:20240318\nRRULE:FREQ=WEEKLY;COUNT=6",),
    "weekly on days": (f"{TEN}\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=14",),
    "every other week": (f"{TEN}\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;COUNT=9",),
    "every other week from Sunday": (f"{TEN}\nRRULE:FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,SU;COUNT=9",),
    "weekly in months": (f"{TEN}\nRRULE:FREQ=WEEKLY;BYMONTH=3,6;COUNT=9",),
    "monthly": (f"{TEN}\nRRULE:FREQ=MONTHLY;COUNT=9",),
    "second Tuesday": ("DTSTART{}:20240312T100000\nRRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=9",),
    "last Friday": ("DTSTART{}:20240329T100000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=9",),
    "the 31st": ("DTSTART{}:20240131T100000\nRRULE:FREQ=MONTHLY;COUNT=9",),
    "last day": ("DTSTART{}:20240131T100000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=9",),
    "15th and last": ("DTSTART{}:20240115T100000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=15,-1;COUNT=9",),
    "last working day": ("DTSTART{}:20240329T100000\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=9",),
    "second and third": ("DTSTART{}:20240402T100000\nRRULE:FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=1,3;COUNT=9",),
    "first Monday and every Tuesday": ("DTSTART{}:20240401T100000\nRRULE:FREQ=MONTHLY;BYDAY=1MO,TU;COUNT=15",),
    "Friday the 13th": ("DTSTART{}:20240913T100000\nRRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=4",),
    "every quarter": ("DTSTART{}:20240115T100000\nRRULE:FREQ=MONTHLY;INTERVAL=3;COUNT=6",),
    "yearly": (f"{TEN}\nRRULE:FREQ=YEARLY;COUNT=3",),
    "29 February": ("DTSTART{}:20240229T100000\nRRULE:FREQ=YEARLY;COUNT=2",),
    "yearly in months": ("DTSTART{}:20240115T100000\nRRULE:FREQ=YEARLY;BYMONTH=1,7;COUNT=5",),
    "last Sunday of March": ("DTSTART{}:20240331T100000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;COUNT=3",),
    "twentieth Monday": ("DTSTART{}:20240513T100000\nRRULE:FREQ=YEARLY;BYDAY=20MO;COUNT=3",),
    "days of the year": ("DTSTART{}:20240101T100000\nRRULE:FREQ=YEARLY;BYYEARDAY=1,100,-1;COUNT=7",),
    "weeks of the year": ("DTSTART{}:20240513T100000\nRRULE:FREQ=YEARLY;BYWEEKNO=20,30;BYDAY=MO;COUNT=5",),
    "first week": ("DTSTART{}:20240101T100000\nRRULE:FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=3",),
    "election day": (
        "DTSTART{}:20241105T100000\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8;COUNT=2",
    ),
    "until in UTC": (f"{TEN}\nRRULE:FREQ=DAILY;UNTIL=20240322T120000Z",),
    "until the last in UTC": ("DTSTART:20240318T100000Z\nRRULE:FREQ=DAILY;UNTIL=20240322T100000Z",),
    "until in local time": (f"{TEN}\nRRULE:FREQ=DAILY;UNTIL=20240322T100000",),
    "until a day": (f"{TEN}\nRRULE:FREQ=DAILY;UNTIL=20240322",),
    "until a day, all day": ("DTSTART;VALUE=DATE:20240318\nRRULE:FREQ=DAILY;UNTIL=20240322",),
    "for ever": (f"{TEN}\nRRULE:FREQ=MONTHLY;UNTIL=99991231T235959Z",),
    "Gregorian": (f"{TEN}\nRRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;COUNT=5",),
    "every six hours": (f"{TEN}\nRRULE:FREQ=HOURLY;INTERVAL=6;COUNT=9",),
    "every twelve hours, in minutes": (f"{TEN}\nRRULE:FREQ=MINUTELY;INTERVAL=720;COUNT=9",),
    "without one": (f"{TEN}\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE{{}}:20240320T100000",),
    "without several": (f"{TEN}\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE{{}}:20240320T100000,20240321T100000",),
    "without a day": (f"{TEN}\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE;VALUE=DATE:20240320",),
    "without the first": (f"{TEN}\nRRULE:FREQ=DAILY;COUNT=5\nEXDATE{{}}:20240318T100000",),
    "and another": (f"{TEN}\nRRULE:FREQ=DAILY;COUNT=3\nRDATE{{}}:20240401T150000",),
    "only dates": (f"{TEN}\nRDATE{{}}:20240401T150000,20240402T150000",),
    "moved": (
        f"{TEN}\nRRULE:FREQ=DAILY;COUNT=5",
        "RECURRENCE-ID{}:20240320T100000\nDTSTART{}:20240321T160000\nDTEND{}:20240321T170000\nSEQUENCE:1",
    ),
    "one cancelled": (
        f"{TEN}\nRRULE:FREQ=DAILY;COUNT=5",
        "RECURRENCE-ID{}:20240320T100000\nDTSTART{}:20240320T100000\nSTATUS:CANCELLED",
    ),
    "from the third on": (
        f"{TEN}\nRRULE:FREQ=WEEKLY;COUNT=8",
        "RECURRENCE-ID;RANGE=THISANDFUTURE{}:20240401T100000\nDTSTART{}:20240402T140000\nDTEND{}:20240402T153000",
    ),
    "an occurrence alone": ("RECURRENCE-ID{}:20240320T100000\nDTSTART{}:20240321T160000\nDURATION:PT1H",),
}


def text(events: tuple[str, ...], parameter: str = "", head: str = "") -> str:
    """A calendar of one UID; `parameter` is put where the kinds have `{}`."""
    body = "".join(
        f"BEGIN:VEVENT\nUID:u@x.example\nDTSTAMP:20240101T000000Z\nSUMMARY:s\n{event.replace('{}', parameter)}\nEND:VEVENT\n"
        for event in events
    )
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//tests//EN\n{head}{body}END:VCALENDAR\n"
    return whole.replace("\n", "\r\n")


def shapes() -> Iterator[tuple[str, str]]:
    """Every kind in UTC, and by every program in every zone: its name and its text."""
    for kind, events in KINDS.items():
        in_utc = tuple(_utc(event) for event in events)
        yield f"{kind} / UTC", text(in_utc)
        for producer, names in PRODUCERS.items():
            for clock in CLOCKS:
                parameter, tzid, year = names(clock)
                head = definition(clock, tzid, year)
                yield f"{kind} / {producer} / {clock.olson}", text(events, f";TZID={parameter}", head)


def _utc(event: str) -> str:
    lines = []
    for line in event.split("\n"):
        name, _, value = line.partition(":")
        lines.append(
            f"{name.replace('{}', '')}:{','.join(f'{one}Z' for one in value.split(','))}" if "{}" in name else line
        )
    return "\n".join(lines)

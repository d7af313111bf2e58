"""One VEVENT as said: when it is, which occurrence and which version of it this is. What is broken in it is noted."""

from datetime import UTC, datetime, timedelta, tzinfo

from connectors.text import clean
from connectors.vcalendar.components import Component
from connectors.vcalendar.properties import Properties, Property, properties
from connectors.vcalendar.times import DAY, Moment, UnreadableTimeError, duration, moment
from connectors.vcalendar.version_one import modern
from connectors.vcalendar.zones.of_calendar import Zones

NEVER = datetime(1, 1, 1, tzinfo=UTC)
LONG_BEFORE = 366 * DAY  # a series begins: no occurrence of its own was there
HIGHEST_SEQUENCE = 1 << 31
LONGEST_UID = 1000
CANCELLED = {"CANCELLED", "CANCELED"}  # the second as Americans spell it

Version = tuple[int, datetime, bool, str]
"""Which of several versions is the latest: SEQUENCE, then when it was written (RFC 5546 2.1.4), then what cancels."""


class Event:
    """A VEVENT whose properties have been read; `zones` is that of its calendar."""

    def __init__(self, component: Component, zones: Zones) -> None:
        self.component = component
        self.digest = component.digest()
        self.zones = zones
        old = component.calendar.old or any("QUOTED-PRINTABLE" in line for line in component.lines)
        self.said: Properties = properties(list(modern(component.lines)) if old else component.lines)
        self.notes: dict[str, None] = {}  # each once
        self.method = component.calendar.method
        self.uid = clean(self.value("UID"), LONGEST_UID)
        self.begin = self._time("DTSTART")
        self.recurrence = self._original_start()
        self.future = "THISANDFUTURE" in self._parameter("RECURRENCE-ID", "RANGE")
        self.cancelled = self.method == "CANCEL" or self.value("STATUS").upper() in CANCELLED
        self.version = self._version()
        self._periods: dict[datetime, timedelta] = {}
        self._end = self._time("DTEND")
        self._length = self._duration()
        if self.begin is not None and self.ends(self.begin) < self.utc(self.begin):
            self._note("it ends before it begins, so its end is not known")

    def value(self, name: str) -> str:
        """Return the value of the first property of that name, or ""."""
        return self.said[name][0].value if name in self.said else ""

    def all(self, name: str) -> list[Property]:
        """Return all properties of that name."""
        return self.said.get(name, [])

    @property
    def sequence(self) -> int | None:
        """SEQUENCE, None where it is not said."""
        said = self.value("SEQUENCE")
        return min(int(said), HIGHEST_SEQUENCE) if said.isascii() and said.isdigit() and len(said) < 20 else None

    @property
    def stamp(self) -> datetime | None:
        """When this version was written: the later of DTSTAMP and LAST-MODIFIED."""
        said = (self._time(name) for name in ("DTSTAMP", "LAST-MODIFIED"))
        return max((at.utc() for at in said if at), default=None)

    @property
    def cancelled_at(self) -> datetime | None:
        """When it was cancelled: a cancellation says so by DTSTAMP; of a copy of an event that is when it was made."""
        at = self._time("DTSTAMP" if self.method == "CANCEL" else "LAST-MODIFIED")
        return at.utc() if at else None

    @property
    def clock(self) -> tzinfo:
        """The zone on whose clock it repeats."""
        return UTC if self.begin is None or self.begin.day else self.begin.zone or self.zones.own

    def utc(self, at: Moment) -> datetime:
        """Return a time of this event in UTC; one without a zone is on the clock of the event."""
        return at.utc(self.clock)

    def day(self, at: Moment) -> datetime:
        """Return the day of a time, as midnight UTC; one in UTC is looked at on the calendar's own clock."""
        wall = at.utc().astimezone(self.zones.own) if at.zone is UTC else at.wall
        return datetime(wall.year, wall.month, wall.day, tzinfo=UTC)

    def slot(self, at: Moment) -> datetime:
        """Return the original start that a RECURRENCE-ID or EXDATE names; of a series of days the day it names."""
        return self.day(at) if self.begin is not None and self.begin.day else self.utc(at)

    def moments(self, name: str) -> list[Moment]:
        """Return the times of all properties of that name (EXDATE, RDATE); a period's length is kept for `ends`."""
        found = []
        for one in self.all(name):
            for value in one.value.split(","):
                start, slash, rest = value.strip().partition("/")
                try:
                    found.append(moment(one._replace(value=start), self.zones))
                    if slash:
                        begin = self.utc(found[-1])
                        length = duration(rest)
                        end = (
                            self.utc(moment(one._replace(value=rest), self.zones)) if length is None else begin + length
                        )
                        self._periods[begin] = end - begin
                except UnreadableTimeError:
                    self._note(f"a date of its {name} cannot be read")
        return found

    def ends(self, begin: Moment) -> datetime:
        """Return the end of the event as if it began at `begin`, which is on its own clock.

        DTEND gives every occurrence the same exact length, DURATION the same on the clock (RFC 5545 3.8.5.3).
        """
        start = self.utc(begin)
        if start in self._periods:
            return start + self._periods[start]
        if self._end is not None and self.begin is not None:
            length = self.utc(self._end) - self.utc(self.begin)
            return start + (length or (DAY if begin.day else length))  # many write a day that ends as it begins
        if self._length is None:
            return start + (DAY if begin.day else timedelta(0))
        days = timedelta(days=self._length.days)
        return self.utc(begin._replace(wall=begin.wall + days)) + (self._length - days)

    def _duration(self) -> timedelta | None:
        length = duration(self.value("DURATION")) if self._end is None else None
        if length is None and self._end is None and "DURATION" in self.said:
            self._note("when it ends cannot be read")
        return length

    def _note(self, remark: str) -> None:
        self.notes[remark] = None

    def _version(self) -> Version:
        return self.sequence or 0, self.stamp or NEVER, self.cancelled, self.digest

    def _original_start(self) -> Moment | None:
        """Return RECURRENCE-ID; Connect Daily says one of 1970 in every series, of which it can be no occurrence."""
        at = self._time("RECURRENCE-ID")
        if at is None or self.begin is None or "RRULE" not in self.said:
            return at
        if self.utc(at) >= self.utc(self.begin) - LONG_BEFORE:
            return at
        del self.said["RECURRENCE-ID"]
        return None

    def _time(self, name: str) -> Moment | None:
        for one in self.all(name):
            try:
                return moment(one, self.zones)
            except UnreadableTimeError as error:
                self._note(str(error))
        return None

    def _parameter(self, name: str, parameter: str) -> str:
        return self.said[name][0].parameters.get(parameter, "").upper() if name in self.said else ""

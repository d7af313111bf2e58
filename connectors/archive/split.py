"""Cuts an iCalendar file into calendars and events before anything is parsed: what is broken spoils only itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON
from icalendar.timezone.zoneinfo import ZONEINFO

_EDGE = re.compile(r"^(BEGIN|END):(VCALENDAR|VEVENT|VTIMEZONE)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(r"\r?\n[ \t]")
_UID = re.compile(r"^UID(?:;[^:\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)
_TZID = re.compile(r'TZID=("?)([^":;,\n]{1,200})\1')
_TZID_LINE = re.compile(r"^TZID(?:;[^:\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)
_RRULE = re.compile(r"^RRULE[^\n]*$", re.MULTILINE | re.IGNORECASE)
_known = ZONEINFO()


@dataclass(slots=True)
class RawCalendar:
    """One VCALENDAR: its own properties, the zones it defines, and its events by UID, each as unfolded text."""

    head: str = ""
    zones: dict[str, str] = field(default_factory=dict)
    events: dict[str, list[str]] = field(default_factory=dict)
    unfinished: bool = False

    def property(self, name: str) -> str:
        """Give the calendar's own property of that name, or ""."""
        found = re.search(rf"^{name}(?:;[^:\n]*)?:(.*)$", self.head, re.MULTILINE | re.IGNORECASE)
        return found[1].strip() if found else ""

    def text(self, uid: str) -> str:
        """Give the events of one UID as a calendar of their own, with the zones they use."""
        events = _TZID.sub(self._zone, "\n".join(self.events[uid]))
        used = {found[2] for found in _TZID.finditer(events)}
        zones = [_renamed(tzid, zone) for tzid, zone in self.zones.items() if _own(tzid, zone) in used]
        return "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:keepwarm", *zones, events, "END:VCALENDAR", ""))

    def _zone(self, found: re.Match[str]) -> str:
        tzid = found[2]
        if zone_name(tzid) is None and tzid in self.zones:
            return f'TZID="{_own(tzid, self.zones[tzid])}"'
        return f'TZID="{zone_name(tzid) or tzid}"'


def calendars(content: str) -> Iterator[RawCalendar]:
    """Give the calendars in a file, in order; events outside any calendar make one of their own."""
    text = _FOLD.sub("", content.replace("\0", "")).replace("\r\n", "\n")
    calendar, begin, inside, head = RawCalendar(), 0, "", 0
    for edge in _EDGE.finditer(text):
        what, kind = edge[1].upper(), edge[2].upper()
        if kind == "VCALENDAR":
            if what == "END" or calendar.events:
                calendar.head += text[head : edge.start()]
                yield calendar
                calendar = RawCalendar()
            head, inside = edge.end(), ""
        elif what == "BEGIN":
            if inside:
                calendar.unfinished = True
            else:
                calendar.head += text[head : edge.start()]
            begin, inside = edge.start(), kind
        elif inside == kind:
            _keep(calendar, kind, text[begin : edge.end()])
            head, inside = edge.end(), ""
    if inside:
        calendar.unfinished = True
    if calendar.events or calendar.unfinished:
        yield calendar


def _keep(calendar: RawCalendar, kind: str, component: str) -> None:
    if kind == "VTIMEZONE":
        tzid = _TZID_LINE.search(component)
        if tzid:
            calendar.zones[tzid[1].strip()] = component
        return
    uid = _UID.search(component)
    name = uid[1].strip() if uid else ""
    # Without a UID an event is known by what it says.
    calendar.events.setdefault(name or f"no-uid:{_digest(component)}", []).append(component)


def zone_name(tzid: str) -> str | None:
    """Give the name the zone database knows a zone by: Olson's, Windows', or Olson's behind a vendor's prefix."""
    if tzid in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[tzid]
    parts = tzid.strip("/").split("/")
    for start in range(len(parts)):
        name = "/".join(parts[start:])
        if _known.knows_timezone_id(name):
            return name
    return None


def _own(tzid: str, zone: str) -> str:
    # The parser remembers zones by name for good: another file's zone of the same name must not be taken for this one.
    return f"own-{_digest(tzid + zone)}"


def _renamed(tzid: str, zone: str) -> str:
    # A zone's rules are yearly; another rule would have the parser count seconds to the end of time.
    lawful = _RRULE.sub(lambda rule: rule[0] if "FREQ=YEARLY" in rule[0].upper() else "X-LEFT-OUT:1", zone)
    return _TZID_LINE.sub(f"TZID:{_own(tzid, zone)}", lawful, count=1)


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()

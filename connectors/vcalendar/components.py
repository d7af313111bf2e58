"""iCalendar text cut into components before anything is read in them: what is broken spoils only itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from connectors.text import from_bytes
from connectors.vcalendar.version_one import joined

#: A fold, and blank lines before it: some programs end every line twice. Looked for at the first of them only.
_FOLD = re.compile(rb"(?<!\n)\n+[ \t]")
_EDGE = re.compile(r"(BEGIN|END)[ \t]*:[ \t]*([A-Z0-9-]+)[ \t]*", re.IGNORECASE)
_HEAD = re.compile(r"(METHOD|X-WR-TIMEZONE|VERSION|TZ|DAYLIGHT)(?:;[^:]*)?:[ \t]*(.*)", re.IGNORECASE)
_TZID = re.compile(r"TZID(?:;[^:]*)?:(.*)", re.IGNORECASE)
#: What is kept of an event: when it is, who is in it, which version of it this is. Everything else is passed over.
_KEPT = re.compile(
    r"(UID|DTSTART|DTEND|DURATION|RECURRENCE-ID|RRULE|RDATE|EXDATE|EXRULE|SEQUENCE|DTSTAMP|LAST-MODIFIED|STATUS"
    r"|SUMMARY|ORGANIZER|ATTENDEE)[;:]",
    re.IGNORECASE,
)
#: Components of a calendar that are no events, and what they are.
OTHERS = {"VTODO": "task", "VJOURNAL": "journal entry", "VFREEBUSY": "free time", "VAVAILABILITY": "availability"}


@dataclass(slots=True, eq=False)
class Calendar:
    """What holds for all events of one VCALENDAR: its method, its own zone, the zones it defines by name.

    `old` is one in vCalendar 1.0, of which `offset` and `summers` are the TZ and DAYLIGHT.
    """

    method: str = ""
    zone: str = ""
    zones: dict[str, str] = field(default_factory=dict)
    old: bool = False
    offset: str = ""
    summers: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Component:
    """An event, task or the like: its unfolded lines, as far as they are kept, and where it stands in its text.

    `whole` is False for one, a calendar included, that never ends: the text breaks off, or another begins within it.
    """

    kind: str
    calendar: Calendar
    line: int
    lines: list[str] = field(default_factory=list)
    whole: bool = False

    def digest(self) -> str:
        """Name it by what it says."""
        said = "\n".join((self.kind, *sorted(self.lines)))
        return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def unfolded(content: bytes) -> str:
    """Return iCalendar bytes as text, a property a line; folding may cut within a character, so it is undone first."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16", "replace").encode("utf-8", "replace")
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    if b"\r" in content:
        content = re.sub(rb"\r+\n", b"\n", content)
        content = content.replace(b"\r", b"" if b"\n" in content else b"\n")
    return from_bytes(_FOLD.sub(b"", joined(content)))


def components(content: bytes) -> Iterator[Component]:
    """Yield the events and other entries of a text in order; zones and methods are known when all have been given."""
    calendar, current, inner = Calendar(), None, ""
    zone: list[str] | None = None
    opened = 0
    for number, line in enumerate(unfolded(content).split("\n"), 1):
        edge = _EDGE.fullmatch(line) if line[:1] in "BEbe" else None
        if edge is None:
            if not inner or zone is not None:
                _keep(line, calendar, current, zone)
            continue
        begins, kind = edge[1].upper() == "BEGIN", edge[2].upper()
        if kind == "VCALENDAR" or (begins and kind in {"VEVENT", "VTIMEZONE", *OTHERS}):
            if current is not None and current.lines:  # it was not ended
                yield current
            current, inner, zone = None, "", None
            if kind == "VCALENDAR":
                calendar, opened = Calendar(), number if begins else 0
            elif kind == "VTIMEZONE":
                zone = []
            else:
                current = Component(kind, calendar, number)
        elif kind == "VTIMEZONE":
            _define(calendar, zone or [])
            zone = None
        elif zone is not None:
            zone.append(line)
        elif current is not None and kind == current.kind:
            current.whole = True
            yield current
            current, inner = None, ""
        elif begins:
            inner = inner or kind  # an alarm: nothing in it matters, whatever it holds
        elif kind == inner:
            inner = ""
    if current is not None and current.lines:
        yield current
    elif opened:
        yield Component("VCALENDAR", calendar, opened)


def _keep(line: str, calendar: Calendar, current: Component | None, zone: list[str] | None) -> None:
    """Keep a line where it belongs: to the zone that is being defined, the entry that is open, or the calendar."""
    if zone is not None:
        zone.append(line)
    elif current is None:
        _note(calendar, line)
    elif _KEPT.match(line):
        current.lines.append(line)


def _note(calendar: Calendar, line: str) -> None:
    found = _HEAD.match(line)
    if found is None:
        return
    value = found[2].strip()
    match found[1].upper():
        case "METHOD":
            calendar.method = value.upper()
        case "VERSION":
            calendar.old = value == "1.0"
        case "TZ":
            calendar.offset = value
        case "DAYLIGHT":
            calendar.summers.append(value)
        case _:
            calendar.zone = value


def _define(calendar: Calendar, lines: list[str]) -> None:
    """Keep a definition by its name; a calendar plugin of WordPress puts several, each after its own, into one."""
    named = [(at, found[1]) for at, line in enumerate(lines) if (found := _TZID.fullmatch(line))]
    ends = [*(at for at, _ in named[1:]), len(lines)]
    for number, ((at, name), end) in enumerate(zip(named, ends, strict=False)):  # no name, no definition
        calendar.zones.setdefault(zone_name(name), "\n".join(lines[at if number else 0 : end]))


def zone_name(tzid: str) -> str:
    r"""Give a TZID as both its definition (where text is escaped: "\,") and a parameter (where it is not) write it."""
    return re.sub(r"\\([,;:\\])", r"\1", tzid).strip().strip('"').strip()

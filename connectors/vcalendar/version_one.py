"""vCalendar 1.0, which phones and organizers wrote before iCalendar and some still do, put into iCalendar's words.

Source: "vCalendar, The Electronic Calendaring and Scheduling Exchange Format", versit Consortium, 1996 (rules: 2.2).
"""

import re
from binascii import a2b_qp
from collections.abc import Iterator, Sequence

from connectors.mail.charsets import decode

#: The name under which the zone of a whole calendar (TZ, DAYLIGHT) is defined.
ZONE = "vCalendar 1.0"

_CODED = re.compile(rb"(?im)^[a-z-]++(?=[^:\n]*quoted-printable)[^:\n]*:(?:[^\n]*=\n)+")
_PROPERTY = re.compile(r"([A-Z-]+)((?:;[^:]*)?):(.*)", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(r";CHARSET=\"?([^;\"]{1,40})", re.IGNORECASE)
_ROLE = re.compile(r";ROLE=(?:ORGANIZER|OWNER)\b", re.IGNORECASE)
_STATUS = re.compile(r";STATUS=(ACCEPTED|CONFIRMED|DECLINED|TENTATIVE|DELEGATED)\b", re.IGNORECASE)

_RULE = re.compile(r"(D|W|MP|MD|YM|YD)(\d{1,4})((?:\s+\S+)*?)(?:\s+(?:#(\d{1,5})|(\d{8}T?\S*)))?\s*")
_FREQUENCIES = {"D": "DAILY", "W": "WEEKLY", "MP": "MONTHLY", "MD": "MONTHLY", "YM": "YEARLY", "YD": "YEARLY"}
_DAY = re.compile(r"(MO|TU|WE|TH|FR|SA|SU)\$?")
_ORDINAL = re.compile(r"(\d{1,3})([+-]?)\$?")
_OFFSET = re.compile(r"\s*([+-])(\d{1,2}):?(\d\d)?")
MOST_HOURS = 15  # that a clock is ahead of UTC, or behind it
_TWICE = "2"  # how often a rule without a number repeats


def joined(content: bytes) -> bytes:
    """Join the lines of quoted-printable values, which end in "=" where they go on; line ends are LF."""
    if b"=\n" not in content:
        return content
    return _CODED.sub(lambda found: found[0].replace(b"=\n", b""), content)


def modern(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of an event in iCalendar's words; what iCalendar has too stays as it is."""
    for line in lines:
        found = _PROPERTY.fullmatch(line)
        if found is None:
            yield line
            continue
        name, parameters, value = found[1].upper(), found[2], found[3]
        if "QUOTED-PRINTABLE" in parameters.upper():
            charset = _CHARSET.search(parameters)
            value = " ".join(decode(a2b_qp(value.encode()), charset[1] if charset else "utf-8").splitlines())
        if name in {"RRULE", "EXRULE"}:
            value = rule(value)
        elif name in {"EXDATE", "RDATE"}:
            value = value.replace(";", ",")
        elif name == "ATTENDEE":
            answer = _STATUS.search(parameters)
            if answer:
                parameters += f";PARTSTAT={answer[1].upper().replace('CONFIRMED', 'ACCEPTED')}"
            if _ROLE.search(parameters):
                yield f"ORGANIZER:{value}"
        yield f"{name}{parameters}:{value}"


def rule(value: str) -> str:
    """Return a rule such as "W2 TU TH #4" as an RRULE; one that can't be read stays as it is."""
    found = _RULE.fullmatch(value.strip().upper())
    if found is None:
        return value
    kind, interval, said, times, until = found.groups()
    names = _conditions(kind, said.split())
    if names is None:
        return value
    parts = [f"FREQ={_FREQUENCIES[kind]}", f"INTERVAL={interval}"]
    by = {"W": "BYDAY", "MP": "BYDAY", "MD": "BYMONTHDAY", "YM": "BYMONTH", "YD": "BYYEARDAY"}.get(kind)
    if names:
        parts.append(f"{by}={','.join(names)}")
    number = int(_TWICE if times is None else times)
    if until:
        parts.append(f"UNTIL={until}")
    elif number:  # none: for ever
        parts.append(f"COUNT={number * max(len(names), 1)}")  # "#" counts weeks or months
    return ";".join(parts)


def _conditions(kind: str, words: Sequence[str]) -> list[str] | None:
    """Return which days or months a rule names; None where they can't be read (times of day, for one)."""
    found, ordinal = list[str](), ""
    for word in words:
        day, number = _DAY.fullmatch(word), _ORDINAL.fullmatch(word)
        if word == "LD" and kind == "MD":
            found.append("-1")
        elif day and kind in {"W", "MP"}:
            found.append(ordinal + day[1])
        elif number and kind == "MP":
            ordinal = number[2] + number[1]
        elif number and kind in {"MD", "YM", "YD"}:
            found.append(number[2].strip("+") + number[1])
        else:
            return None
    return found


def zone_definition(offset: str, summers: Sequence[str]) -> str | None:
    """Return a calendar's TZ and DAYLIGHT lines as the inside of a VTIMEZONE; None where TZ names no offset."""
    standard = _offset(offset)
    if standard is None:
        return None
    lines = [f"TZID:{ZONE}", *_onset("STANDARD", "19000101T000000", standard, standard)]
    for summer in summers:
        flag, ahead, begin, end, *_ = *(part.strip() for part in summer.split(";")), "", "", "", ""
        if flag.upper() == "TRUE" and begin and end and (moved := _offset(ahead)):
            lines += _onset("DAYLIGHT", begin, standard, moved)
            lines += _onset("STANDARD", end, moved, standard)
    return "\n".join(lines)


def _onset(kind: str, begin: str, before: str, after: str) -> list[str]:
    return [f"BEGIN:{kind}", f"DTSTART:{begin}", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", f"END:{kind}"]


def _offset(value: str) -> str | None:
    found = _OFFSET.fullmatch(value.rstrip())
    if found is None or int(found[2]) > MOST_HOURS or int(found[3] or 0) > 59:
        return None
    return f"{found[1]}{found[2]:0>2}{found[3] or '00'}"

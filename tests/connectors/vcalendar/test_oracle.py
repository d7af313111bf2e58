"""Our reading of every shape in `corpus` against ical.js's; where the two differ, the RFC that says who is right."""

from connectors.vcalendar.read import records
from connectors.vcalendar.recurrence.allowance import AHEAD
from models.enums import MeetingStatus
from models.records import MeetingRecord
from tests.connectors.vcalendar.corpus import UNTIL, shapes
from tests.connectors.vcalendar.oracles import Span, ical_js

#: Kinds in which ical.js reads some shapes otherwise, and why we do not.
EXPLAINED = {
    "in the gap": "RFC 5545 3.3.5: a time that a change of clocks skips has the offset of before the change",
    "in the gap of New York": "RFC 5545 3.3.5, as above",
    "twice an hour": "RFC 5545 3.3.5: of a time that comes twice the first is meant",
    "daily, early": "RFC 5545 3.3.5: one of its days falls into the gap",
    "29 February": "RFC 5545 3.3.10: a date that does not exist is ignored (ical.js: 1 March)",
    "twentieth Monday": "RFC 5545 3.3.10: without BYMONTH the ordinal counts within the year (its example, 20MO)",
    "weeks of the year": "RFC 5545 3.3.10: BYWEEKNO names weeks of the year (ical.js gives every week)",
    "first week": "RFC 5545 3.3.10: as above; the first week may begin in December (ISO 8601)",
    "until in local time": "unlawful; the clock of DTSTART is meant, as libical, node-ical and sabre read it, not UTC",
    "until a day": "RFC 5545 3.3.10: UNTIL bounds inclusively, so the meeting of that day is one",
    "only dates": "RFC 5545 3.8.2.4: DTSTART is the first instance, also where only RDATE follows",
}


def ours(text: str) -> list[Span]:
    return sorted(
        (int(record.starts_at.timestamp()), int(record.ends_at.timestamp()))
        for record in records([("calendar.ics", text.encode())], UNTIL - AHEAD)
        if isinstance(record, MeetingRecord)
        and record.status is not MeetingStatus.CANCELLED
        and record.starts_at is not None
        and record.ends_at is not None
    )


def disagreements() -> dict[str, list[str]]:
    """The shapes of each kind that ical.js reads otherwise."""
    texts = list(shapes())
    found: dict[str, list[str]] = {}
    for (name, text), theirs in zip(texts, ical_js([text for _, text in texts], UNTIL), strict=True):
        if isinstance(theirs, str) or ours(text) != sorted(theirs):
            found.setdefault(name.split(" / ")[0], []).append(f"{name}: {ours(text)[:4]} and {theirs[:4]}")
    return found


def test_ical_js_agrees_or_the_rfc_is_on_our_side() -> None:
    found = disagreements()
    assert {kind: shapes for kind, shapes in found.items() if kind not in EXPLAINED} == {}
    agreed = [kind for kind in EXPLAINED if kind not in found]
    assert not agreed, f"ical.js agrees by now: take {agreed} off the list"


def test_every_program_s_zones_are_read_alike() -> None:
    """Whatever a zone is called and however it is defined, a kind has the same times in it."""
    readings: dict[tuple[str, str], set[tuple[Span, ...]]] = {}
    for name, text in shapes():
        kind, *rest = name.split(" / ")
        readings.setdefault((kind, rest[-1]), set()).add(tuple(ours(text)))
    assert {place: times for place, times in readings.items() if len(times) != 1} == {}

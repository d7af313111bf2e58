"""Small calendars for tests, and what is read of them."""

from datetime import UTC, datetime, timedelta

from connectors.vcalendar.read import records
from models.enums import MeetingStatus
from models.records import BadRecord, MeetingRecord, Record

NOW = datetime(2024, 6, 1, tzinfo=UTC)

#: Why a component is no meeting of its own.
COUNTED = {"superseded", "duplicate", "task", "journal entry", "free time", "availability"}


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar of these events, each the lines within a VEVENT; `head` stands before them."""
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//tests//EN\n{head}{body}END:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()


def found(*texts: bytes, now: datetime = NOW) -> list[Record]:
    """All records of some texts that are read together."""
    return list(records([(f"{number}.ics", text) for number, text in enumerate(texts)], now))


def meetings(*texts: bytes, now: datetime = NOW) -> list[MeetingRecord]:
    """What is a meeting, cancelled or not."""
    return [one for one in found(*texts, now=now) if isinstance(one, MeetingRecord) and one.not_a_meeting is None]


def standing(*texts: bytes, now: datetime = NOW) -> list[MeetingRecord]:
    """The meetings that are not cancelled, by time."""
    kept = [one for one in meetings(*texts, now=now) if one.status is not MeetingStatus.CANCELLED]
    return sorted(kept, key=lambda one: one.starts_at or NOW)


def times(*texts: bytes, now: datetime = NOW) -> list[str]:
    """When these begin, as "0702T0900" of their year, in UTC."""
    return [f"{one.starts_at:%m%dT%H%M}" for one in standing(*texts, now=now)]


def counted(*texts: bytes) -> dict[str, int]:
    """How many entries are no meeting of their own, by reason; "unreadable" among them."""
    reasons = [
        "unreadable" if isinstance(one, BadRecord) else one.not_a_meeting
        for one in found(*texts)
        if isinstance(one, BadRecord) or (isinstance(one, MeetingRecord) and one.not_a_meeting)
    ]
    return {reason: reasons.count(reason) for reason in reasons if reason}


def hours(count: int) -> timedelta:
    return timedelta(hours=count)

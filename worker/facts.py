"""Facts: from one person's touches by day to the plain values that rules may use; pure."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import NamedTuple

from models.enums import Touch

#: one value of a fact, as CEL sees it
Value = float | bool | str
Facts = Mapping[str, Value]

#: seconds
DAY = 86_400
#: 1970-01-01 as a proleptic ordinal
EPOCH = 719_163

MAILS = frozenset({Touch.OUT_ONE, Touch.OUT, Touch.IN_ONE, Touch.IN})
MEETINGS = frozenset({Touch.MET_ONE, Touch.MET})
#: what breaks a silence; copies, crowds and unanswered invitations do not
DIRECT = MAILS | MEETINGS
ALONE = frozenset({Touch.OUT_ONE, Touch.IN_ONE, Touch.MET_ONE})
OUTWARD = frozenset({Touch.OUT_ONE, Touch.OUT})
INWARD = frozenset({Touch.IN_ONE, Touch.IN})


class Day(NamedTuple):
    """How often one kind of touch happened on one UTC day (days since 1970-01-01)."""

    day: int
    touch: Touch
    count: int  # type: ignore[assignment] # tuple.count is never wanted here


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one person as of `now`; nothing later is in it, except a booked meeting."""

    days: Sequence[Day]  # sorted by (day, touch)
    first_at: datetime | None = None
    last_at: datetime | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    last_met_at: datetime | None = None
    next_meeting_at: datetime | None = None  # booked, not yet over
    introduced_by: str | None = None
    introductions: int = 0  # doors they opened for the user: a fact to remember, never a ratio
    evidence: Sequence[str] = ()  # ids of the newest interactions, newest first


@dataclass(frozen=True, slots=True)
class Habits:
    """What the owner is like, from all histories up to now: what is usual where a pair is too young to say."""

    usual_gap: float = 14.0  # days, median over all gaps
    long_gap: float = 60.0  # days, nine of ten gaps are shorter
    last_day: int | None = None  # the last day on which the user wrote to or met anybody


def day_of(at: datetime) -> int:
    """The UTC day number of an instant."""
    return int(at.timestamp()) // DAY


def monday(day: int) -> int:
    """The Monday on or before a day: the fixed grid on which depth ages and stages change."""
    return day - (day + 3) % 7


def at_day(day: int) -> datetime:
    """Midnight UTC of a day."""
    return datetime.fromtimestamp(day * DAY, UTC)


def contact_days(days: Iterable[Day]) -> list[int]:
    """The distinct days with a direct touch, ascending."""
    found: list[int] = []
    for day, touch, _ in days:
        if touch in DIRECT and (not found or found[-1] != day):
            found.append(day)
    return found


def quantile(ordered: Sequence[float], share: float) -> float:
    """A quantile of an ascending, non-empty sequence, linear between neighbours."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def habits_of(histories: Iterable[History], now: datetime) -> Habits:
    """What is usual for this owner; nothing after `now` is looked at."""
    today = day_of(now)
    gaps: list[float] = []
    last: int | None = None
    for history in histories:
        contacts = [day for day in contact_days(history.days) if day <= today]
        if len(contacts) >= _YOUNG:
            gaps.extend(after - before for before, after in pairwise(contacts))
        for day, touch, _ in history.days:
            if day <= today and (touch in OUTWARD or touch in MEETINGS) and (last is None or day > last):
                last = day
    if not gaps:
        return Habits(last_day=last)
    gaps.sort()
    return Habits(usual_gap=quantile(gaps, 0.5), long_gap=max(7.0, quantile(gaps, 0.9)), last_day=last)


#: with fewer contact days a pair has no rhythm of its own
_YOUNG = 3
#: how many gaps of the owner's a young pair is lent
_LENT = 4


def rhythm(contacts: Sequence[int], habits: Habits) -> tuple[float, float]:
    """The pair's median gap and 90th-percentile gap in days, drawn to the owner's where the pair is young."""
    gaps = sorted(float(after - before) for before, after in pairwise(contacts))
    if not gaps:
        return habits.usual_gap, habits.long_gap
    own = len(gaps) / (len(gaps) + _LENT)
    usual = own * quantile(gaps, 0.5) + (1 - own) * habits.usual_gap
    return usual, max(usual, own * quantile(gaps, 0.9) + (1 - own) * habits.long_gap)


def slow_facts(history: History, before: int, week: int) -> dict[str, Value]:
    """The facts of depth: touches on days earlier than `before`, aged as of the Monday `week`.

    Ages are counted from the Monday, so that a depth changes only when something happened or a week has begun.
    """
    days = history.days
    days = days[: bisect_left(days, (before,))]  # a Day sorts after the bare (day,) of the same day
    year = week - 365
    contact = contact_year = alone_year = meetings = meetings_year = meetings_alone = 0
    seen_out = seen_in = met = False
    first = last = last_meeting = last_alone = first_year = -1
    months: set[int] = set()
    mail: dict[int, float] = {}
    meeting: dict[int, float] = {}
    copies: dict[int, int] = {}
    for day, touch, count in days:
        if touch not in DIRECT:
            if touch is Touch.SEEN or touch is Touch.IN_COPY or touch is Touch.OUT_COPY:
                copies[day] = 1
            continue
        if first < 0:
            first = day
        if day != last:
            contact += 1
            months.add(day // 30)
            if day > year:
                contact_year += 1
                if first_year < 0:
                    first_year = day
            last = day
        if touch in ALONE and day != last_alone and day > year:
            alone_year += 1
            last_alone = day
        if touch in MEETINGS:
            met = True
            meetings += count
            last_meeting = day
            weight = 1.0 if touch is Touch.MET_ONE else 0.6
            monday_of = day - (day + 3) % 7
            meeting[monday_of] = max(weight, meeting.get(monday_of, 0.0))
            if day > year:
                meetings_year += count
                if touch is Touch.MET_ONE:
                    meetings_alone += count
        else:
            if touch in OUTWARD:
                seen_out = True
            else:
                seen_in = True
            monday_of = day - (day + 3) % 7
            weight = 1.0 if touch in ALONE else 0.6
            mail[monday_of] = mail.get(monday_of, 0.0) + weight
    return {
        "two_way": met or (seen_out and seen_in),
        "days_known": float(max(0, week - first)) if first >= 0 else 0.0,
        "contact_days": float(contact),
        "contact_days_year": float(contact_year),
        "alone_days_year": float(alone_year),
        "meetings": float(meetings),
        "meetings_year": float(meetings_year),
        "meetings_alone_year": float(meetings_alone),
        "months_active": float(len(months)),
        "months_active_year": float(sum(1 for month in months if month > week // 30 - 12)),
        "span_year": float(last - first_year) if first_year >= 0 else 0.0,
        # a week of mail counts as at most two days: bursts saturate
        "mail_strength": sum(3.0 * w / (w + 2.0) * 2.0 ** (min(0, m - week) / 120.0) for m, w in mail.items()),
        "meeting_strength": sum(w * 2.0 ** (min(0, m - week) / 180.0) for m, w in meeting.items()),
        "copy_strength": sum(2.0 ** (min(0, day - week) / 120.0) for day in copies),
        "last_touch_age": float(max(0, week - last)) if last >= 0 else 0.0,
        "introduced": history.introduced_by is not None,
        "last_meeting": _date(last_meeting),
        "known_since": _date(first)[:7],
    }


def quick_facts(history: History, habits: Habits, now: datetime) -> dict[str, Value]:
    """The facts of warmth, as of today."""
    today = day_of(now)
    contacts = contact_days(history.days)
    usual, long = rhythm(contacts, habits)
    gaps = [after - before for before, after in pairwise(contacts)]
    last_in, last_out = history.last_in_at, history.last_out_at
    meeting = history.next_meeting_at
    owner_last = habits.last_day
    return {
        "silent_days": float(max(0, today - contacts[-1])) if contacts else 0.0,
        "usual_gap_days": usual,
        "long_gap_days": long,
        "long_silences": float(sum(1 for gap in gaps if gap >= 30)),
        "they_touched_last": last_in is not None and (last_out is None or last_in > last_out),
        "you_touched_last": last_out is not None and (last_in is None or last_out >= last_in),
        "meeting_booked": meeting is not None,
        "days_to_meeting": float(max(0, day_of(meeting) - today)) if meeting is not None else 0.0,
        "introductions": float(history.introductions),
        "introduced_by": history.introduced_by or "",
        "owner_silent_days": float(max(0, today - owner_last)) if owner_last is not None else 0.0,
        "last_touch": _date(contacts[-1]) if contacts else "",
        "next_meeting": meeting.date().isoformat() if meeting is not None else "",
        "established": established(contacts),
    }


def established(contacts: Sequence[int]) -> bool:
    """Whether a pair's silence means something: five contact days over two months in the year before the last one."""
    if len(contacts) < 5:
        return False
    recent = contacts[bisect_left(contacts, contacts[-1] - 365) :]
    return len(recent) >= 5 and recent[-1] - recent[0] >= 60


def facts_of(history: History, habits: Habits, now: datetime) -> Facts:
    """Everything a rule may know before the model has spoken: slow facts aged by the week, quick ones as of today."""
    today = day_of(now)
    return slow_facts(history, today + 1, monday(today)) | quick_facts(history, habits, now)


def _date(day: int) -> str:
    return date.fromordinal(day + EPOCH).isoformat() if day >= 0 else ""

"""The facts of warmth: how the silence of a pair stands today, against what is usual for the two and for the owner."""

from collections.abc import Sequence
from datetime import datetime

from worker.judgement.facts.habits import Habits
from worker.judgement.facts.history import History, date_of, day_of
from worker.judgement.facts.rhythm import established, gaps_of, quantile, year_gaps
from worker.judgement.facts.values import Value

#: a pair with so many gaps has a rhythm of its own; with fewer it is lent the owner's for the rest
OWN_RHYTHM = 6
#: days
LONG_SILENCE = 30


def rhythm(contacts: Sequence[int], habits: Habits) -> tuple[float, float]:
    """The pair's median gap and 90th-percentile gap in days over a year, drawn to the owner's where it is young."""
    gaps = year_gaps(contacts) if contacts else []
    if not gaps:
        return habits.usual_gap, habits.long_gap
    own = min(1.0, len(gaps) / OWN_RHYTHM)
    usual = own * quantile(gaps, 0.5) + (1 - own) * habits.usual_gap
    return usual, max(usual, own * quantile(gaps, 0.9) + (1 - own) * habits.long_gap)


def quick_facts(history: History, contacts: Sequence[int], habits: Habits, now: datetime) -> dict[str, Value]:
    """What today says: `contacts` are the distinct contact days of the history."""
    today = day_of(now)
    usual, long = rhythm(contacts, habits)
    last_in, last_out = history.last_in_at, history.last_out_at
    meeting = history.next_meeting_at
    return {
        "silent_days": float(max(0, today - contacts[-1])) if contacts else 0.0,
        "usual_gap_days": usual,
        "long_gap_days": long,
        "long_silences": float(len([gap for gap in gaps_of(contacts) if gap >= LONG_SILENCE])),
        "they_touched_last": last_in is not None and (last_out is None or last_in > last_out),
        "you_touched_last": last_out is not None and (last_in is None or last_out >= last_in),
        "meeting_booked": meeting is not None,
        "days_to_meeting": float(max(0, day_of(meeting) - today)) if meeting is not None else 0.0,
        "introductions": float(history.introductions),
        "introduced_by": history.introduced_by or "",
        "owner_silent_days": float(habits.silent_days),
        "last_touch": date_of(contacts[-1]) if contacts else "",
        "next_meeting": meeting.date().isoformat() if meeting is not None else "",
        "established": established(contacts),
    }

"""The facts of warmth: how the silence of a pair stands today, against what is usual for the two and for the owner."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from worker.judgement.facts.absence import Absence, awake_days
from worker.judgement.facts.conversations import Conversation, gaps_between
from worker.judgement.facts.habits import Habits
from worker.judgement.facts.history import History, date_of, day_of
from worker.judgement.facts.rhythm import Rhythm, established, gaps_of, quantile
from worker.judgement.facts.values import Value

#: a pair with so many gaps has a rhythm of its own; with fewer it is lent the owner's for the rest
OWN_RHYTHM = 3
#: a rhythm is that of so many days up to the last conversation, but of so many gaps at least
RECENT = 2 * 365
#: days: conversations that last so long run into each other
BUSY = 6
BUSY_GAP = 14
#: days
LONG_SILENCE = 30
#: a booked meeting ends a silence if it comes within so many days, or so many times the usual gap
SOON = 28
SOON_USUAL = 1.5


def rhythm_of(found: Sequence[Conversation], habits: Habits) -> Rhythm:
    """How often a pair talks: over the last two years of it, drawn to the owner's habit where it is young."""
    every = gaps_between(found)
    if not every:
        return Rhythm(habits.usual_gap, habits.long_gap, 0, 0)
    recent = sum(1 for one in found[:-1] if one.begins >= found[-1].begins - RECENT)
    first = len(every) - max(OWN_RHYTHM, recent)
    kept = found[max(0, first) :]
    gaps = sorted(_awake(before, after, habits.away) for before, after in pairwise(kept))
    own = min(1.0, len(gaps) / OWN_RHYTHM)
    usual = own * quantile(gaps, 0.5) + (1 - own) * habits.usual_gap
    long = own * quantile(gaps, 0.9) + (1 - own) * habits.long_gap
    busy = usual <= BUSY_GAP and 2 * sum(one.ends - one.begins >= BUSY for one in kept) > len(kept)
    return Rhythm(usual, max(usual, long), max(every), len(gaps), busy)


def _awake(before: Conversation, after: Conversation, away: Sequence[Absence]) -> int:
    return awake_days(before.begins, after.begins, away)


def booked_soon(meeting: datetime | None, usual: float, now: datetime) -> bool:
    """Whether a booked meeting ends a silence: it comes about as soon as the pair would talk anyway."""
    return meeting is not None and day_of(meeting) - day_of(now) <= max(SOON, SOON_USUAL * usual)


def quick_facts(
    history: History, contacts: Sequence[int], rhythm: Rhythm, habits: Habits, now: datetime
) -> dict[str, Value]:
    """What today says.

    Args:
        history: as of `now`.
        contacts: its distinct contact days.
        rhythm: of its conversations.
        habits: the owner's, as of today.
        now: aware UTC.
    """
    today = day_of(now)
    last_in, last_out = history.last_in_at, history.last_out_at
    meeting = history.next_meeting_at
    ahead = max(0, day_of(meeting) - today) if meeting is not None else 0
    return {
        "silent_days": float(max(0, today - contacts[-1])) if contacts else 0.0,
        "usual_gap_days": rhythm.usual,
        "long_gap_days": rhythm.long,
        "long_silences": float(len([gap for gap in gaps_of(contacts) if gap >= LONG_SILENCE])),
        "they_touched_last": last_in is not None and (last_out is None or last_in > last_out),
        "you_touched_last": last_out is not None and (last_in is None or last_out >= last_in),
        "meeting_booked": booked_soon(meeting, rhythm.usual, now),
        "days_to_meeting": float(ahead),
        "introduced_by": history.introduced_by or "",
        "owner_silent_days": float(habits.silent_days),
        "last_touch": date_of(contacts[-1]) if contacts else "",
        "next_meeting": meeting.date().isoformat() if meeting is not None else "",
        "established": established(contacts),
    }

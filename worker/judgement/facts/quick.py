"""The facts of warmth: how the silence of a pair stands today, against what is usual for the two and for the owner."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, pairwise
from typing import NamedTuple

from worker.judgement.facts.absence import Absence, awake_days
from worker.judgement.facts.conversations import Conversation, gaps_between, whole
from worker.judgement.facts.habits import Habits
from worker.judgement.facts.history import History, date_of, day_of
from worker.judgement.facts.rhythm import Rhythm, established, gaps_of, quantile
from worker.judgement.facts.slowing import slower
from worker.judgement.facts.values import Value

#: a pair with so many gaps has a rhythm of its own; with fewer it is lent the owner's for the rest
OWN_RHYTHM = 3
#: a rhythm is that of so many days up to the last conversation, but of so many gaps at least
RECENT = 2 * 365
#: days: conversations that last so long run into each other
BUSY = 6
BUSY_GAP = 14
#: so do those of a pair in touch on so many days a week, over so many days up to the last conversation
BUSY_WEEK = 2.5
LATELY = 183
#: a pair is in touch in bursts when so many of its gaps, and such a share of them, are pauses: at least so many days,
#: and so many times the usual gap; alike within this factor, and apart from all other gaps but this share
PAUSES, PAUSES_SHARE = 3, 0.15
PAUSE, PAUSE_TIMES = 45, 4.0
PAUSES_ALIKE = 2.5
#: where nothing at all lies between pauses and other gaps, they may differ by so much: deadlines are uneven
PARTED_ALIKE = 4.0
#: two are enough where each is about half a year: who meets at the fairs of spring and autumn
HALF_YEARS, HALF_YEAR, HALF_YEARS_ALIKE = 2, 120, 2.0
BETWEEN, BETWEEN_SHARE = 2.5, 0.1
#: shorter pauses are pauses, too, where they are so many times as long as any gap that is none
#: of a pair that talks every two or three weeks at least while it is at work
PARTED, PARTED_TIMES, AT_WORK = 30, 2.0, 18
#: days
LONG_SILENCE = 30
#: a booked meeting ends a silence if it comes within so many days, or so many times the usual gap
SOON = 28
SOON_USUAL = 1.5


class Beats(NamedTuple):
    """When a pair talked: what its rhythm is read from, the same on every day until they talk again."""

    steps: tuple[int, ...] = ()  # the first day of the first conversation kept, then the days to each next one
    last: int = 0  # the last contact day
    longest: int = 0  # days: the longest gap ever
    drawn_out: bool = False  # most conversations go on for days

    def rhythm(self, habits: Habits) -> Rhythm:
        """Read the rhythm, with what is usual for the owner as of a day."""
        if len(self.steps) < 2:
            return Rhythm(habits.usual_gap, habits.long_gap, 0, 0)
        every = _awake(self.steps, habits.away)
        slow = slower(every)
        heads = () if slow else _bursts(self.steps, habits.away)
        gaps = sorted(slow or (_awake(heads, habits.away) if heads else every))
        own = 1.0 if heads else min(1.0, len(gaps) / OWN_RHYTHM)  # half-years alike speak for themselves
        usual = own * quantile(gaps, 0.5) + (1 - own) * habits.usual_gap
        long = own * quantile(gaps, 0.9) + (1 - own) * habits.long_gap
        busy = self.drawn_out and usual <= BUSY_GAP
        lately = 0.0 if slow or heads else float(min(every[-2:]))
        return Rhythm(usual, max(usual, long), self.longest, len(gaps), busy, bool(heads), lately)


def beats_of(found: Sequence[Conversation]) -> Beats:
    """Keep the last two years of a pair's conversations, and OWN_RHYTHM gaps at least where there are so many."""
    every = gaps_between(found)
    if not every:
        return Beats((found[-1].begins,), found[-1].ends) if found else Beats()
    joined = whole(found)
    recent = sum(1 for one in joined[:-1] if one.begins >= joined[-1].begins - RECENT)
    kept = joined[max(0, len(joined) - 1 - max(OWN_RHYTHM, recent)) :]
    return Beats((kept[0].begins, *gaps_between(kept)), found[-1].ends, max(every), _drawn_out(kept))


def _drawn_out(kept: Sequence[Conversation]) -> bool:
    """Whether a new exchange of a pair mostly begins before the last one has ended: no gap between the two is seen."""
    if 2 * sum(one.ends - one.begins >= BUSY for one in kept) > len(kept):
        return True
    lately = [one for one in kept if one.begins >= kept[-1].begins - LATELY]
    return 7 * sum(one.days for one in lately) >= BUSY_WEEK * (lately[-1].ends - lately[0].begins + 1)


def rhythm_of(found: Sequence[Conversation], habits: Habits) -> Rhythm:
    """How often a pair talks: over the last two years of it, drawn to the owner's habit where it is young."""
    return beats_of(found).rhythm(habits)


def _bursts(steps: Sequence[int], away: Sequence[Absence]) -> tuple[int, ...]:
    """The steps from burst to burst, where a pair is in touch in bursts; empty where it is not.

    A co-author writes daily for three weeks before each deadline: what is usual is the months from one to the next.
    Most pairs have gaps of all lengths, which are no bursts: there, short and long ones lie apart.
    """
    gaps = _awake(steps, away)
    usual = quantile(sorted(gaps), 0.5)
    least = _parted(sorted(gaps)) or max(PAUSE, PAUSE_TIMES * usual)
    pauses = [gap for gap in gaps if gap >= least]
    between = sum(BETWEEN * usual < gap < least for gap in gaps)
    long = min(pauses, default=0) >= HALF_YEAR
    fewest, alike = (HALF_YEARS, HALF_YEARS_ALIKE) if long else (PAUSES, PAUSES_ALIKE)
    if len(pauses) < max(fewest, PAUSES_SHARE * len(gaps)) or between > BETWEEN_SHARE * len(gaps):
        return ()
    if len(pauses) >= PAUSES and not between:
        alike = PARTED_ALIKE
    if max(pauses) > alike * min(pauses):
        return ()
    starts = list(accumulate(steps))
    heads = [starts[0], *(after for gap, after in zip(gaps, starts[1:], strict=True) if gap >= least)]
    return (heads[0], *(after - before for before, after in pairwise(heads)))


def _parted(gaps: Sequence[int]) -> int:
    """The shortest pause, where pauses and the other gaps (all ascending) lie far apart and are many; 0 elsewhere."""
    for i in range(max(1, len(gaps) // 2), len(gaps) - PAUSES + 1):
        apart = gaps[i] >= max(PARTED, PARTED_TIMES * gaps[i - 1]) and gaps[i - 1] <= AT_WORK
        if apart and len(gaps) - i >= PAUSES_SHARE * len(gaps):
            return gaps[i]
    return 0


def _awake(steps: Sequence[int], away: Sequence[Absence]) -> Sequence[int]:
    if not away:
        return steps[1:]
    return [awake_days(before, after, away) for before, after in pairwise(accumulate(steps))]


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

"""What prevents naming someone, in words: the user's wish, a meeting, an absence, a hole, or a move (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.enums import Stage, Warmth
from worker.digest.choose.choice import COLD_KINDS, Candidate, Chosen, Move
from worker.digest.choose.occasions.breaks import yearly_break
from worker.digest.choose.occasions.leave import Leave
from worker.digest.choose.record import DECIDED
from worker.digest.digest import LineKind
from worker.judgement.facts import (
    Habits,
    at_day,
    awake_days,
    booked_soon,
    contact_days,
    day_of,
    joined,
    silence_limit,
    year_gaps,
)

#: days without a sign of an owner who is usually active every third day (every other day): away, silences prove nothing
AWAY, AWAY_BUSY = 10, 7
USUALLY_ACTIVE, BUSY = 30, 45
OLD_FRIENDS = (Stage.ROOTED, Stage.DEEP)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user decided, and what is known of absences and of addresses that were left."""

    quiet: Mapping[str, str] = field(default_factory=dict)  # person -> why: "snoozed until 1 December", "muted"
    woken: Mapping[str, datetime] = field(default_factory=dict)  # person -> when a snooze ended
    left: Mapping[str, str] = field(
        default_factory=dict
    )  # person -> the only address they knew, since left by the user
    absences: Mapping[str, datetime] = field(default_factory=dict)  # person -> until when they said to be away
    leaves: Mapping[str, Sequence[Leave]] = field(default_factory=dict)  # person -> when they were away
    listening_since: datetime | None = None  # when the user came to keepwarm


def suppression_reason(
    line: Chosen, one: Candidate, habits: Habits, now: datetime, wishes: Wishes, moved: Mapping[str, Move]
) -> str | None:
    """What prevents naming someone, in words; None if nothing does."""
    history, found = one.history, one.assessment
    silence = line.kind in COLD_KINDS
    if line.person in wishes.quiet:
        return wishes.quiet[line.person]
    if line.about is not None and line.about in wishes.quiet:
        return f"about someone who is {wishes.quiet[line.about]}"
    if found.warmth is Warmth.RESTING:
        return "you let this one rest"
    if found.warmth is Warmth.UNKNOWN:
        return found.reasons[-1]
    if line.kind is not LineKind.THANKS and history.next_meeting_at is not None and _soon(one, now):
        return f"a meeting is booked for {history.next_meeting_at.day} {history.next_meeting_at:%B}"
    if found.vetoed and silence:
        return found.reasons[-1]
    if line.person in wishes.absences and wishes.absences[line.person] > now:
        until = wishes.absences[line.person]
        return f"they are away until {until.day} {until:%B}"
    if silence and (explained := _explained(one, habits, now, wishes.leaves.get(line.person, ()))) is not None:
        return explained
    if silence and _away(habits):
        return f"you have been away for {habits.silent_days} days"
    if silence and line.person in wishes.left:
        return f"they knew only {wishes.left[line.person]}, which you no longer write from"
    move = moved.get(line.person)
    if move is not None and (line.kind is LineKind.GROWING or (silence and line.person == move.old)):
        return "they seem to have moved to another address"
    if silence and wishes.listening_since is not None and _long_lost(one, day_of(wishes.listening_since)):
        return "silent since long before keepwarm came"
    return None


def _explained(one: Candidate, habits: Habits, now: datetime, leaves: Sequence[Leave]) -> str | None:
    """Say what explains a silence without anyone having gone quiet: a leave of theirs, or a break they have yearly."""
    rhythm, contacts = one.assessment.rhythm, contact_days(one.history.days)
    if rhythm is None or not contacts:
        return None
    today = day_of(now)
    away = joined([*habits.away, *(leave.days for leave in leaves)])
    if leaves and awake_days(contacts[-1], today, away) < rhythm.gate:
        back = max(leave.until for leave in leaves) - timedelta(days=1)
        return f"they were away until {back.day} {back:%B}, and may still come back to you"
    ends = yearly_break(contacts, today, rhythm.usual, habits.away)
    if ends is not None:
        return f"they were quiet at this time last year too, until {at_day(ends).day} {at_day(ends):%B}"
    if awake_days(contacts[-1], today, habits.away) < rhythm.gate:
        return "you've written less than usual around your time away"
    return None


def _away(habits: Habits) -> bool:
    if habits.active_90 >= BUSY:
        return habits.silent_days >= AWAY_BUSY
    return habits.active_90 >= USUALLY_ACTIVE and habits.silent_days >= AWAY


def _soon(one: Candidate, now: datetime) -> bool:
    rhythm = one.assessment.rhythm
    return booked_soon(one.history.next_meeting_at, rhythm.usual if rhythm else 0.0, now)


def _long_lost(one: Candidate, before: int) -> bool:
    """Whether a silence of a shallow pair had lasted before a day: the digest is no list of everyone ever lost."""
    contacts = contact_days(one.history.days)
    if not contacts or one.assessment.stage in OLD_FRIENDS:
        return False
    return contacts[-1] + silence_limit(year_gaps(contacts)) + DECIDED < before

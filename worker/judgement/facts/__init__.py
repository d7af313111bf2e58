"""Facts about one person: plain values that rules can use, computed from their days of contact (pure)."""

from datetime import datetime

from worker.judgement.facts.absence import Absence, absences_of, awake_days, joined
from worker.judgement.facts.conversations import Conversation, conversations, gaps_between, starts_of
from worker.judgement.facts.habits import Habits, habits_of
from worker.judgement.facts.history import (
    ACTIVE,
    ALONE,
    DAY,
    DIRECT,
    INWARD,
    MAILS,
    MEETINGS,
    OUTWARD,
    Day,
    History,
    Span,
    at_day,
    contact_days,
    date_of,
    day_of,
    monday,
)
from worker.judgement.facts.quick import Beats, beats_of, booked_soon, quick_facts, rhythm_of
from worker.judgement.facts.relation import are_two_way, is_two_way, why_no_relationship
from worker.judgement.facts.rhythm import (
    EARLIEST,
    Rhythm,
    established,
    gaps_of,
    quantile,
    silence_limit,
    year_gaps,
)
from worker.judgement.facts.slow import slow_facts
from worker.judgement.facts.values import Facts, Value
from worker.judgement.facts.weeks import Week, weeks_of

__all__ = [
    "ACTIVE",
    "ALONE",
    "DAY",
    "DIRECT",
    "EARLIEST",
    "INWARD",
    "MAILS",
    "MEETINGS",
    "OUTWARD",
    "Absence",
    "Beats",
    "Conversation",
    "Day",
    "Facts",
    "Habits",
    "History",
    "Rhythm",
    "Span",
    "Value",
    "Week",
    "absences_of",
    "are_two_way",
    "at_day",
    "awake_days",
    "beats_of",
    "booked_soon",
    "contact_days",
    "conversations",
    "date_of",
    "day_of",
    "established",
    "facts_of",
    "gaps_between",
    "gaps_of",
    "habits_of",
    "is_two_way",
    "joined",
    "monday",
    "quantile",
    "quick_facts",
    "rhythm_of",
    "silence_limit",
    "slow_facts",
    "starts_of",
    "weeks_of",
    "why_no_relationship",
    "year_gaps",
]


def facts_of(history: History, habits: Habits, now: datetime) -> Facts:
    """Everything a rule may know before the model has spoken: slow facts aged by the week, quick ones as of today."""
    slow = slow_facts(weeks_of(history.days), monday(day_of(now)), introduced=history.introduced_by is not None)
    rhythm = rhythm_of(conversations(history.days, history.threads), habits)
    return slow | quick_facts(history, contact_days(history.days), rhythm, habits, now)

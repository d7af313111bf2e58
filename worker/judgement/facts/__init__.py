"""Facts about one person: plain values that rules can use, computed from their days of contact (pure)."""

from datetime import datetime

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
    at_day,
    contact_days,
    date_of,
    day_of,
    monday,
)
from worker.judgement.facts.quick import quick_facts, rhythm
from worker.judgement.facts.rhythm import (
    EARLIEST,
    established,
    gaps_of,
    out_of_the_ordinary,
    quantile,
    silence_limit,
    year_gaps,
)
from worker.judgement.facts.slow import slow_facts
from worker.judgement.facts.values import Facts
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
    "Day",
    "Facts",
    "Habits",
    "History",
    "Week",
    "at_day",
    "contact_days",
    "date_of",
    "day_of",
    "established",
    "facts_of",
    "gaps_of",
    "habits_of",
    "monday",
    "out_of_the_ordinary",
    "quantile",
    "quick_facts",
    "rhythm",
    "silence_limit",
    "slow_facts",
    "weeks_of",
    "year_gaps",
]


def facts_of(history: History, habits: Habits, now: datetime) -> Facts:
    """Everything a rule may know before the model has spoken: slow facts aged by the week, quick ones as of today."""
    slow = slow_facts(weeks_of(history.days), monday(day_of(now)), introduced=history.introduced_by is not None)
    return slow | quick_facts(history, contact_days(history.days), habits, now)

"""Pairs written down as one would tell them: who touched whom, how many days ago."""

from collections.abc import Sequence
from datetime import UTC, datetime

from models.enums import Touch
from worker.judgement.facts import DIRECT, INWARD, MEETINGS, OUTWARD, Day, History, at_day, day_of, habits_of
from worker.judgement.rules import load

#: a Wednesday
NOW = datetime(2026, 11, 18, 9, tzinfo=UTC)
TODAY = day_of(NOW)
BOOK = load()

#: (days ago, touch)
DaysAgo = Sequence[tuple[int, Touch]]


def history(
    past: DaysAgo,
    *,
    next_meeting_at: datetime | None = None,
    introduced_by: str | None = None,
    introduced_at: datetime | None = None,
) -> History:
    """The history of what happened so many days ago."""
    days = sorted({Day(TODAY - ago, touch, 1) for ago, touch in past})
    direct = [at_day(day.day) for day in days if day.touch in DIRECT]
    last = {
        name: max((at_day(day.day) for day in days if day.touch in kinds), default=None)
        for name, kinds in (("in", INWARD), ("out", OUTWARD), ("met", MEETINGS))
    }
    return History(
        days=days,
        first_at=min(direct, default=None),
        last_at=max(direct, default=None),
        last_in_at=last["in"],
        last_out_at=last["out"],
        last_met_at=last["met"],
        next_meeting_at=next_meeting_at,
        introduced_by=introduced_by,
        introduced_at=introduced_at,
        evidence=("e1", "e2"),
    )


def regular(every: int, since: int, until: int) -> list[tuple[int, Touch]]:
    """Mail to and fro every so many days."""
    return [(ago, Touch.OUT_ONE if i % 2 else Touch.IN_ONE) for i, ago in enumerate(range(until, since, every))]


#: an owner who writes to a few people every week
CIRCLE = [history(regular(every, 900, 1 + every // 2)) for every in (3, 5, 7, 14, 30, 60)]
HABITS = habits_of(CIRCLE, NOW)

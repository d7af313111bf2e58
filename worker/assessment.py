"""The judgement of one relationship: depth, stage and warmth with their reasons.

Nothing is stored that a replay could not find again: the stage is what a Schmitt trigger over all Mondays would show,
found by looking back from the newest Monday only as far as each border needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.enums import Stage, Warmth
from worker.cooling import silence_lasts
from worker.facts import Habits, History, at_day, contact_days, day_of, monday, quick_facts, slow_facts
from worker.rules import Rule, RuleBook
from worker.rules.book import Value

#: depth is a number between 0 and this
DEEPEST = 100.0
#: an unrooted contact is not judged by the model: these many silent days are cooling, and cold
CONTACT_COOLING = 60
CONTACT_COLD = 180


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one rule said: points of depth, or percentage points of the probability that the silence lasts."""

    rule: str
    points: float
    reason: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """How things stand with one person; two axes, never mixed."""

    depth: float  # 0-100
    stage: Stage
    contributions: tuple[Contribution, ...]  # the depth before clamping is the sum of these
    warmth: Warmth
    cold_probability: float | None  # 0-1; None where the pair has too few roots to be judged, or data are missing
    usual_gap_days: float | None
    silent_days: int | None  # None: never touched directly
    reasons: tuple[str, ...]  # why the warmth is what it is
    due_at: datetime  # when this has to be assessed again, even if nothing happens


def assess(
    history: History,
    habits: Habits,
    rulebook: RuleBook,
    now: datetime,
    *,
    complete: bool = True,
    resting: bool = False,
) -> Assessment:
    """Judge one relationship as of `now`.

    Args:
        history: everything known up to now.
        habits: of the owner, from all histories up to now.
        rulebook: the rules, read once.
        now: aware UTC.
        complete: False where data may be missing (account disconnected, mid-resync): warmth is then unknown.
        resting: the user lets this relationship rest.
    """
    today = day_of(now)
    week = monday(today)
    facts = slow_facts(history, today + 1, week)
    contributions = [_contribution(rule, points, facts, history) for rule, points in rulebook.ask_depth(facts)]
    depth = _clamp(sum(part.points for part in contributions))
    stage = stage_at(history, rulebook, week)
    facts |= quick_facts(history, habits, now)
    facts["depth"] = depth
    facts["stage"] = stage.value
    contacts = contact_days(history.days)
    silent = max(0, today - contacts[-1]) if contacts else None
    warmth, probability, reasons = _warmth(contacts, facts, habits, rulebook, today, complete=complete, resting=resting)
    return Assessment(
        depth=depth,
        stage=stage,
        contributions=tuple(contributions),
        warmth=warmth,
        cold_probability=probability,
        usual_gap_days=float(facts["usual_gap_days"]) if len(contacts) > 1 else None,
        silent_days=silent,
        reasons=reasons,
        due_at=_due(history, bool(facts["established"]), now),
    )


def stage_at(history: History, rulebook: RuleBook, week: int) -> Stage:
    """The stage as of a Monday (a UTC day number): a border is crossed upwards at `enters`, downwards at `leaves`."""
    stage = Stage.CONTACT
    if not history.days:
        return stage
    first = history.days[0].day
    depths: dict[int, float] = {}
    for border in rulebook.borders:
        at = week
        while at > first:
            if at not in depths:
                depths[at] = depth_at(history, rulebook, at)
            if depths[at] >= border.enters:
                stage = border.stage
                break
            if depths[at] < border.leaves:
                return stage  # borders ascend, and so do their lower edges: the higher ones are not reached either
            at -= 7
        else:
            return stage
    return stage


def depth_at(history: History, rulebook: RuleBook, week: int) -> float:
    """The depth on a Monday, from touches on earlier days only."""
    return _clamp(sum(points for _, points in rulebook.ask_depth(slow_facts(history, week, week))))


def _clamp(depth: float) -> float:
    return round(max(0.0, min(DEEPEST, depth)), 2)


def _contribution(rule: Rule, points: float, facts: Mapping[str, Value], history: History) -> Contribution:
    return Contribution(rule.slug, round(points, 2), rule.reason.quote(facts), tuple(history.evidence[:3]))


def _warmth(
    contacts: list[int],
    facts: dict[str, Value],
    habits: Habits,
    rulebook: RuleBook,
    today: int,
    *,
    complete: bool,
    resting: bool,
) -> tuple[Warmth, float | None, tuple[str, ...]]:
    if resting:
        return Warmth.RESTING, None, ("you let this one rest",)
    if not complete:
        return Warmth.UNKNOWN, None, ("not all mail and meetings have been read, so a silence would prove nothing",)
    if not contacts:
        return Warmth.UNKNOWN, None, ("you two have never been in direct touch",)
    silent = today - contacts[-1]
    if not facts["established"]:
        return _contact_warmth(silent, facts)
    probability = silence_lasts(contacts, habits, today)
    facts["cold_probability"] = 100.0 * probability
    reasons = [_silence(facts)]
    vetoed = False
    at_most = 100.0
    percent = 100.0 * probability
    for rule, points in rulebook.ask_warmth(facts):
        percent += points
        at_most = at_most if rule.at_most is None else min(at_most, rule.at_most)
        vetoed = vetoed or rule.veto
        reasons.append(rule.reason.quote(facts))
    percent = max(0.0, min(100.0, percent, at_most))
    warmth = (
        Warmth.WARM
        if vetoed or percent < rulebook.cooling_at
        else Warmth.COOLING
        if percent < rulebook.cold_at
        else Warmth.COLD
    )
    return warmth, round(percent / 100.0, 4), tuple(reasons)


def _contact_warmth(silent: int, facts: Mapping[str, Value]) -> tuple[Warmth, float | None, tuple[str, ...]]:
    if facts["meeting_booked"]:
        return Warmth.WARM, None, (f"a meeting is booked for {facts['next_meeting']}",)
    warmth = Warmth.WARM if silent < CONTACT_COOLING else Warmth.COOLING if silent < CONTACT_COLD else Warmth.COLD
    return warmth, None, (f"silent for {silent} days; too few roots to say what is usual",)


def _silence(facts: Mapping[str, Value]) -> str:
    last = "they wrote last" if facts["they_touched_last"] else "you wrote last" if facts["you_touched_last"] else ""
    long = int(float(facts["long_silences"]))
    usual, silent = _span(float(facts["usual_gap_days"])), _span(float(facts["silent_days"]))
    parts = [
        f"you two are usually in touch every {usual}, now silent for {silent}",
        f"earlier silences of a month or more that ended: {long or 'none'}",
    ]
    return "; ".join([*parts, last] if last else parts)


def _span(days: float) -> str:
    """A length of time as one says it."""
    if days < 13.5:
        return f"{days:.0f} days" if days >= 1.5 else "day"
    if days < 60:
        return f"{days / 7:.0f} weeks"
    return f"{days / 30.4:.0f} months"


def _due(history: History, established: bool, now: datetime) -> datetime:
    """Depth ages on Mondays, the silence of a rooted pair by the day, and a booked meeting counts when it is over."""
    today = day_of(now)
    due = at_day(today + 1 if established else monday(today) + 7)
    if history.next_meeting_at is not None and history.next_meeting_at > now:
        return min(due, history.next_meeting_at)
    return due

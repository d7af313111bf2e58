"""The judgement of one relationship: depth, stage and warmth with their reasons.

Nothing is stored that a replay could not find again: the stage is what a Schmitt trigger over all Mondays would show,
found by looking back from the newest Monday only as far as each border needs.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.enums import Stage, Warmth
from worker.judgement.cooling import ColdModel, features_of, shipped_model
from worker.judgement.cooling.words import silence_in_words
from worker.judgement.facts import (
    Facts,
    Habits,
    History,
    Week,
    at_day,
    contact_days,
    day_of,
    monday,
    out_of_the_ordinary,
    quick_facts,
    slow_facts,
    weeks_of,
)
from worker.judgement.rules import Rule, RuleBook

#: depth is a number between 0 and this
DEEPEST = 100.0
#: evidence ids kept with each contribution
EVIDENCE = 3
#: without roots the model has nothing to say: so many silent days are cooling, and cold
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
    contributions: tuple[Contribution, ...]  # of the axis of depth: the depth before clamping is the sum of these
    warmth: Warmth
    cold_probability: float | None  # 0-1; None where the pair has too few roots to be judged, or data are missing
    usual_gap_days: float | None
    silent_days: int | None  # None: never touched directly
    reasons: tuple[str, ...]  # why the warmth is what it is
    due_at: datetime  # when this has to be assessed again, even if nothing happens
    adjustments: tuple[Contribution, ...] = ()  # of the axis of warmth: what rules added to the probability, or said
    vetoed: bool = False  # a rule says that this silence is none


def assess(
    history: History,
    habits: Habits,
    rulebook: RuleBook,
    now: datetime,
    *,
    complete: bool = True,
    resting: bool = False,
    model: ColdModel | None = None,
) -> Assessment:
    """Judge one relationship as of `now`.

    Args:
        history: everything known up to now.
        habits: of the owner, from all histories, as of today.
        rulebook: the rules, read once.
        now: aware UTC.
        complete: False where data may be missing (account disconnected, mid-resync): warmth is then unknown.
        resting: the user lets this relationship rest.
        model: the cold model; the one keepwarm brings unless given.
    """
    today = day_of(now)
    week = monday(today)
    weeks = weeks_of(history.days)
    introduced = history.introduced_by is not None
    contacts = contact_days(history.days)
    facts = slow_facts(weeks, week, introduced=introduced)
    parts = [_contribution(rule, points, facts, history) for rule, points in rulebook.ask_depth(facts)]
    depth = _clamp(sum(part.points for part in parts))
    # where this week was silent, the depth of today is that of its Monday
    known = {} if weeks and weeks[-1].monday == week else {week: depth}
    stage = stage_at(weeks, rulebook, week, introduced=introduced, known=known)
    facts |= quick_facts(history, contacts, habits, now)
    facts["depth"] = depth
    facts["stage"] = stage.value
    warmth = _warmth(history, contacts, facts, habits, rulebook, today, complete, resting, model or shipped_model())
    return Assessment(
        depth=depth,
        stage=stage,
        contributions=tuple(parts),
        warmth=warmth.warmth,
        cold_probability=warmth.probability,
        usual_gap_days=round(float(facts["usual_gap_days"]), 1) if len(contacts) > 1 else None,
        silent_days=max(0, today - contacts[-1]) if contacts else None,
        reasons=warmth.reasons,
        due_at=_due(history, bool(facts["established"]), now),
        adjustments=warmth.adjustments,
        vetoed=warmth.vetoed,
    )


def stage_at(
    weeks: Sequence[Week],
    rulebook: RuleBook,
    clock: int,
    *,
    introduced: bool,
    known: Mapping[int, float] | None = None,
) -> Stage:
    """The stage as of a Monday (a UTC day number): a border is crossed upwards at `enters`, downwards at `leaves`.

    In a silence depth goes one way, so its first and its last Monday tell what those between them would.
    `known` are depths on Mondays that need not be found again.
    """
    stage = Stage.CONTACT
    depths = dict(known or {})
    for border in rulebook.borders:
        at = clock
        # before the first week there was nothing, and so no stage
        while weeks and at > weeks[0].monday:
            if at not in depths:
                depths[at] = depth_at(weeks, rulebook, at, introduced=introduced)
            if depths[at] >= border.enters:
                stage = border.stage
                break
            if depths[at] < border.leaves:
                return stage  # borders ascend, and so do their lower edges: the higher ones are not reached either
            silent_from = weeks[bisect_left(weeks, (at,)) - 1].monday + 7
            at = silent_from if silent_from < at else at - 7
        else:
            return stage
    return stage


def depth_at(weeks: Sequence[Week], rulebook: RuleBook, clock: int, *, introduced: bool) -> float:
    """The depth on a Monday, from touches on earlier days only."""
    past = bisect_left(weeks, (clock,))
    facts = slow_facts(weeks, clock, introduced=introduced, upto=past)
    return _clamp(sum([round(points, 2) for _, points in rulebook.ask_depth(facts)]))


def _clamp(depth: float) -> float:
    return round(0.0 if depth < 0.0 else min(depth, DEEPEST), 2)


def _contribution(rule: Rule, points: float, facts: Facts, history: History) -> Contribution:
    return Contribution(rule.slug, round(points, 2), rule.reason.quote(facts), tuple(history.evidence[:EVIDENCE]))


@dataclass(frozen=True, slots=True)
class _Warmth:
    warmth: Warmth
    probability: float | None
    reasons: tuple[str, ...]
    adjustments: tuple[Contribution, ...] = ()
    vetoed: bool = False


def _warmth(
    history: History,
    contacts: Sequence[int],
    facts: dict[str, float | bool | str],
    habits: Habits,
    rulebook: RuleBook,
    today: int,
    complete: bool,
    resting: bool,
    model: ColdModel,
) -> _Warmth:
    if resting:
        return _Warmth(Warmth.RESTING, None, ("you let this one rest",))
    if not complete:
        return _Warmth(Warmth.UNKNOWN, None, ("not everything has been read, so a silence would prove nothing",))
    if not contacts:
        return _Warmth(Warmth.UNKNOWN, None, ("you two have never been in direct touch",))
    percent: float | None = None
    silent = max(0, today - contacts[-1])
    if facts["established"] and facts["two_way"]:
        features = features_of(history.days, contacts, habits, today)
        contributions = model.contributions(features)
        percent = 100.0 * model.probability_of(contributions)
        facts["cold_probability"] = percent
        reasons = silence_in_words(facts, contacts, features, contributions, habits)
    else:
        facts["cold_probability"] = 0.0
        reasons = [f"silent for {silent} days, with too few roots to say what is usual"]
    adjustments = []
    at_most = 100.0
    vetoed = False
    for rule, points in rulebook.ask_warmth(facts):
        percent = None if percent is None else percent + points
        at_most = at_most if rule.at_most is None else min(at_most, rule.at_most)
        vetoed = vetoed or rule.veto
        adjustments.append(_contribution(rule, points, facts, history))
        reasons.append(adjustments[-1].reason)
    if percent is None:
        cooling, cold = silent >= CONTACT_COOLING, silent >= CONTACT_COLD
    else:
        percent = max(0.0, min(100.0, percent, at_most))
        unusual = out_of_the_ordinary(silent, float(facts["usual_gap_days"]))
        cooling, cold = unusual and percent >= rulebook.cooling_at, percent >= rulebook.cold_at
    warmth = Warmth.WARM if vetoed or not cooling else Warmth.COLD if cold else Warmth.COOLING
    probability = None if percent is None else round(percent / 100.0, 4)
    return _Warmth(warmth, probability, tuple(reasons), tuple(adjustments), vetoed)


def _due(history: History, established: bool, now: datetime) -> datetime:
    """Depth ages on Mondays, the silence of a rooted pair by the day, and a booked meeting counts when it is over."""
    today = day_of(now)
    due = at_day(today + 1 if established else monday(today) + 7)
    if history.next_meeting_at is not None and history.next_meeting_at > now:
        return min(due, history.next_meeting_at)
    return due

"""The judgement of one relationship: depth, stage and warmth with their reasons (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from models.enums import Stage, Warmth
from worker.judgement.assessment import Assessment, Contribution
from worker.judgement.cooling import ColdModel, shipped_model
from worker.judgement.facts import (
    Beats,
    Conversation,
    Habits,
    History,
    Value,
    are_two_way,
    at_day,
    beats_of,
    contact_days,
    conversations,
    day_of,
    is_two_way,
    monday,
    quick_facts,
    slow_facts,
    weeks_of,
    why_no_relationship,
)
from worker.judgement.pause import Pause, Standing, blind
from worker.judgement.rules import RuleBook
from worker.judgement.stages import clamp, depth_at, stage_at
from worker.judgement.warmth import Silence, contribution, standing

__all__ = ["Assessment", "Contribution", "assess", "depth_at", "stage_at"]


def assess(
    history: History,
    habits: Habits,
    rulebook: RuleBook,
    now: datetime,
    *,
    complete: bool = True,
    known_until: datetime | None = None,
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
        known_until: what came later is not known, so a silence past it proves nothing; None: all is known up to now.
        resting: the user lets this relationship rest.
        model: the cold model; the one keepwarm brings unless given.
    """
    beside = Beside(complete=complete, known_until=known_until, resting=resting)
    return verdict(history, habits, rulebook, now, beside, model).assessment


class Beside(NamedTuple):
    """What is known beside a history; see `assess`."""

    complete: bool = True
    known_until: datetime | None = None
    resting: bool = False


class Verdict(NamedTuple):
    """A judgement, and what it changes by from day to day while nothing happens.

    With `beats` only the silence grows, and what it is called (`worker.judgement.keep.today`); None: all has to be
    judged again each day, because the model or a rule may say otherwise. `two_way` is what the days alone show,
    whatever the user said of the two.
    """

    assessment: Assessment
    beats: Beats | None
    two_way: bool


def verdict(
    history: History, habits: Habits, rulebook: RuleBook, now: datetime, beside: Beside, model: ColdModel | None = None
) -> Verdict:
    """Judge one relationship as `assess` does, and say whether it has to be judged again tomorrow."""
    today = day_of(now)
    contacts = contact_days(history.days)
    talks = conversations(history.days, history.threads)
    beats = beats_of(talks)
    rhythm = beats.rhythm(habits)
    grown = _grown(history, talks, rulebook, monday(today))
    facts = grown.facts
    facts |= quick_facts(history, contacts, rhythm, habits, now)
    facts["depth"] = grown.depth
    facts["stage"] = grown.stage.value
    pause = Pause.of(contacts[-1], today, rhythm, habits) if contacts else None
    silence = Silence(history, contacts, talks, facts, habits)
    found = _standing(silence, pause, rulebook, beside, model)
    by_day = pause is not None and _by_day(grown.stage, silence, rulebook)
    assessment = _assessment(grown, pause, found, len(talks), _due(history, now, by_day=by_day))
    two_way = are_two_way(history.days) if history.threads else is_two_way(talks)
    return Verdict(assessment, None if by_day else beats, two_way)


def _by_day(stage: Stage, silence: Silence, rulebook: RuleBook) -> bool:
    """Whether tomorrow may say more than that the silence goes on: of those with roots, or with a meeting ahead."""
    rooted = stage is not Stage.CONTACT or bool(silence.facts["established"] and silence.facts["two_way"])
    return rooted or silence.history.next_meeting_at is not None or not rulebook.steady


class _Grown(NamedTuple):
    """How a relationship has grown by the Monday of this week, and the facts that say so."""

    depth: float
    stage: Stage
    parts: tuple[Contribution, ...]
    facts: dict[str, Value]
    no_relationship: str | None


def _grown(history: History, talks: Sequence[Conversation], rulebook: RuleBook, week: int) -> _Grown:
    """Depth and stage, in the week that begins on this Monday."""
    weeks = weeks_of(history.days)
    introduced = history.introduced_by is not None
    facts = slow_facts(weeks, week, introduced=introduced)
    parts = tuple(contribution(rule, points, facts, history, week) for rule, points in rulebook.ask_depth(facts))
    depth = clamp(sum((part.points for part in parts), 0.0))
    no_relationship = why_no_relationship(history, talks)
    stage = Stage.CONTACT
    if no_relationship is None:
        # where this week was silent, the depth of today is that of its Monday
        known = {} if weeks and weeks[-1].monday == week else {week: depth}
        stage = stage_at(weeks, rulebook, week, introduced=introduced, known=known)
    return _Grown(depth, stage, parts, facts, no_relationship)


def _assessment(grown: _Grown, pause: Pause | None, found: Standing, occasions: int, due_at: datetime) -> Assessment:
    """Put together what was found."""
    return Assessment(
        depth=grown.depth,
        stage=grown.stage,
        contributions=grown.parts,
        warmth=found.warmth,
        cold_probability=found.probability,
        usual_gap_days=round(pause.rhythm.usual, 1) if pause and occasions > 1 else None,
        silent_days=pause.days if pause else None,
        reasons=found.reasons,
        due_at=due_at,
        adjustments=found.adjustments,
        vetoed=found.vetoed,
        no_relationship=grown.no_relationship,
        awake_days=pause.awake if pause else 0,
        rhythm=pause.rhythm if pause else None,
        occasions=occasions,
    )


def _standing(
    silence: Silence, pause: Pause | None, rulebook: RuleBook, beside: Beside, model: ColdModel | None
) -> Standing:
    """How things stand, or what stands in the way of saying so."""
    if beside.resting:
        return Standing(Warmth.RESTING, None, ("you let this one rest",))
    if not beside.complete:
        return Standing(Warmth.UNKNOWN, None, ("not everything has been read, so a silence would prove nothing",))
    if pause is None:
        return Standing(Warmth.UNKNOWN, None, ("you two have never been in direct touch",))
    why = blind(pause, beside.known_until)
    if why:
        return Standing(Warmth.UNKNOWN, None, (why,))
    return standing(silence, pause, rulebook, model or shipped_model())


def _due(history: History, now: datetime, *, by_day: bool) -> datetime:
    """Depth ages on Mondays, a silence by the day, and a booked meeting counts when it is over."""
    today = day_of(now)
    due = at_day(today + 1 if by_day else monday(today) + 7)
    if history.next_meeting_at is not None and history.next_meeting_at > now:
        return min(due, history.next_meeting_at)
    return due

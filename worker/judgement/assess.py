"""The judgement of one relationship: depth, stage and warmth with their reasons (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from models.enums import Stage, Warmth
from worker.judgement.assessment import Assessment, Contribution
from worker.judgement.cooling import ColdModel, shipped_model
from worker.judgement.facts import (
    Conversation,
    Habits,
    History,
    Value,
    at_day,
    contact_days,
    conversations,
    day_of,
    monday,
    quick_facts,
    rhythm_of,
    slow_facts,
    weeks_of,
    why_no_relationship,
)
from worker.judgement.rules import RuleBook
from worker.judgement.stages import clamp, depth_at, stage_at
from worker.judgement.warmth import Silence, Standing, blind, contribution, standing

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
    today = day_of(now)
    contacts = contact_days(history.days)
    talks = conversations(history.days, history.threads)
    rhythm = rhythm_of(talks, habits)
    grown = _grown(history, talks, rulebook, monday(today))
    facts = grown.facts
    facts |= quick_facts(history, contacts, rhythm, habits, now)
    facts["depth"] = grown.depth
    facts["stage"] = grown.stage.value
    silence = Silence(history, contacts, talks, rhythm, facts, habits, today)
    unsaid = _unsaid(silence, complete=complete, known_until=known_until, resting=resting)
    found = unsaid or standing(silence, facts, rulebook, model or shipped_model())
    return _assessment(grown, silence, found, now)


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


def _assessment(grown: _Grown, silence: Silence, found: Standing, now: datetime) -> Assessment:
    """Put together what was found."""
    touched = bool(silence.contacts)
    talks = len(silence.talks)
    return Assessment(
        depth=grown.depth,
        stage=grown.stage,
        contributions=grown.parts,
        warmth=found.warmth,
        cold_probability=found.probability,
        usual_gap_days=round(silence.rhythm.usual, 1) if talks > 1 else None,
        silent_days=silence.days if touched else None,
        reasons=found.reasons,
        due_at=_due(silence.history, touched, now),
        adjustments=found.adjustments,
        vetoed=found.vetoed,
        no_relationship=grown.no_relationship,
        awake_days=silence.awake if touched else 0,
        rhythm=silence.rhythm if touched else None,
        occasions=talks,
    )


def _unsaid(silence: Silence, *, complete: bool, known_until: datetime | None, resting: bool) -> Standing | None:
    """What stands in the way of judging warmth; None if nothing does."""
    if resting:
        return Standing(Warmth.RESTING, None, ("you let this one rest",))
    if not complete:
        return Standing(Warmth.UNKNOWN, None, ("not everything has been read, so a silence would prove nothing",))
    if not silence.contacts:
        return Standing(Warmth.UNKNOWN, None, ("you two have never been in direct touch",))
    why = blind(silence, known_until)
    return Standing(Warmth.UNKNOWN, None, (why,)) if why else None


def _due(history: History, touched: bool, now: datetime) -> datetime:
    """Depth ages on Mondays, a silence by the day, and a booked meeting counts when it is over."""
    today = day_of(now)
    due = at_day(today + 1 if touched else monday(today) + 7)
    if history.next_meeting_at is not None and history.next_meeting_at > now:
        return min(due, history.next_meeting_at)
    return due

"""The stage of a relationship: what a Schmitt trigger over all Mondays would show, found by looking back (pure).

Nothing is stored that a replay could not find again: from the newest Monday one looks back only as far as each border
needs.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from models.enums import Stage
from worker.judgement.facts import Week, slow_facts
from worker.judgement.rules import RuleBook

#: depth is a number between 0 and this
DEEPEST = 100.0


def stage_at(
    weeks: Sequence[Week],
    rulebook: RuleBook,
    clock: int,
    *,
    introduced: bool,
    known: Mapping[int, float] | None = None,
) -> Stage:
    """The stage as of a Monday (a UTC day number): a border is crossed upwards at `enters`, downwards at `leaves`.

    In a silence depth goes one way, so its first and its last Monday show what those between them would.
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
    return clamp(sum([round(points, 2) for _, points in rulebook.ask_depth(facts)]))


def clamp(depth: float) -> float:
    """A depth within its bounds, to two places."""
    return round(0.0 if depth < 0.0 else min(depth, DEEPEST), 2)

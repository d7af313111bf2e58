"""How many relationships the user can tend, by their own past, and who could rest when there are more (pure)."""

from collections.abc import Iterable, Sequence
from statistics import median

from models.enums import Stage, Warmth
from worker.judgement.facts import History, contact_days
from worker.network.friends import Friend

#: days in which a relationship that is tended sees a word, and how many such spans are looked at
SPAN, SPANS = 91, 8
#: spans with fewer say nothing yet
ENOUGH = 4
#: who is overdue, before anything is proposed, and how many are proposed at once
MANY, PROPOSED = 4, 3
#: times what is overdue for the two: a quarterly friend a month late is not one to let go
GONE = 1.5


def tended(two_way: Iterable[History], today: int) -> int | None:
    """Say how many two-way relationships the user has kept up at once; None while there is too little past.

    Args:
        two_way: the histories of everyone the user has a two-way relationship with.
        today: a UTC day number.
    """
    spans = [0] * SPANS
    oldest = 0
    for history in two_way:
        ages = {(today - day) // SPAN for day in contact_days(history.days) if day <= today}
        oldest = max(oldest, max(ages, default=0))
        for age in ages:
            if age < SPANS:
                spans[age] += 1
    seen = spans[: min(SPANS, oldest + 1)]
    return round(median(seen)) if len(seen) >= ENOUGH else None


def to_rest(everybody: Iterable[Friend], can_tend: int | None) -> Sequence[Friend]:
    """Propose who could rest, if more than can be tended are warm or cooling: young ones that have gone cold."""
    if can_tend is None:
        return ()
    known = [one for one in everybody if one.assessment.no_relationship is None]
    known = [one for one in known if one.assessment.stage is not Stage.CONTACT]
    overdue = [one for one in known if one.assessment.warmth in {Warmth.COOLING, Warmth.COLD}]
    warm = sum(one.assessment.warmth is Warmth.WARM for one in known)
    surplus = warm + len(overdue) - can_tend
    if surplus <= 0 or len(overdue) < MANY:
        return ()
    young = [one for one in overdue if one.assessment.stage is Stage.GROWING and _gone(one)]
    young.sort(key=lambda one: (-(one.assessment.silent_days or 0), one.person))
    proposed = young[: min(PROPOSED, surplus)]
    return proposed if len(proposed) > 1 else ()


def _gone(one: Friend) -> bool:
    """Whether a silence has gone on for far longer than the two ever took."""
    found = one.assessment
    long = found.rhythm is None or found.awake_days >= GONE * found.rhythm.overdue
    return found.warmth is Warmth.COLD and long

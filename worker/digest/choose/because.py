"""Why someone is in the digest or not, in one clause (pure)."""

from models.enums import Stage
from worker.digest.choose.choice import Candidate, Choice
from worker.judgement.assessment import Assessment


def why_not(one: Candidate, choice: Choice) -> str | None:
    """Say why someone isn't named; None if they are."""
    if any(line.person == one.person for line in choice.chosen):
        return None
    for left_out in choice.suppressed:
        if left_out.person == one.person:
            return left_out.why
    return why_not_considered(one.assessment)


def why_not_considered(found: Assessment) -> str:
    """Say why there was no reason to name someone."""
    if found.no_relationship is not None:
        return found.no_relationship
    if found.stage is Stage.CONTACT:
        return "there are few roots yet"
    rhythm = found.rhythm
    if rhythm is None or found.awake_days < rhythm.gate:
        return "nothing is unusual: you've been in touch about as often as ever"
    return "it's been a little longer than usual, but likely to pick up again by itself"

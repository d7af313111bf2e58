"""Rules of warmth that say nothing while no meeting is booked: then only the silence changes from day to day."""

from collections.abc import Mapping
from typing import Any

from worker.judgement.facts.values import Value

#: What an expression raises that has no answer for some facts.
UNANSWERED = (TypeError, ValueError, RuntimeError, ArithmeticError, LookupError)
#: The facts of a booked meeting, where none is.
NO_MEETING: Mapping[str, Value] = {"meeting_booked": False, "days_to_meeting": 0.0, "next_meeting": ""}


def needs_meeting(when: Any) -> bool:
    """Whether a condition (compiled CEL; None: always) can only hold while a meeting is booked, whatever else is so."""
    if when is None or not NO_MEETING.keys() >= set(when.variables()):
        return False
    import cel

    try:
        return when.execute(cel.Context(dict(NO_MEETING))) is False
    except UNANSWERED:
        return False

"""Whether someone is a relationship at all: two-way, and a person; the reason in words where they are not (pure)."""

from collections.abc import Iterable, Sequence

from worker.judgement.facts.conversations import Conversation, parted
from worker.judgement.facts.history import Day, History

#: conversations in which each of the two must have had a word, unless they met among few
OCCASIONS = 2

NOT_WRITTEN = "you haven't written to them or met them"
NOT_ANSWERED = "they haven't written to you or met you"
ONCE = "so far there was one exchange only"
ONE_REPLY = "you answered once, and it went no further"
ONE_ANSWER = "they answered once, and it went no further"


def why_no_relationship(history: History, found: Sequence[Conversation]) -> str | None:
    """Say why this is no relationship; None if it is one, or if the user said so.

    Two-way is a yes or no: each has had a word in two conversations, or they met among few. How often each wrote is
    no one's business.
    """
    if history.kept:
        return None
    if history.machine:
        return history.machine
    return None if is_two_way(found) else _missing(found)


def is_two_way(found: Iterable[Conversation]) -> bool:
    """Whether each has had a word in two conversations, or they met among few."""
    outward = inward = 0
    for one in found:
        if one.inward:
            if one.met:
                return True
            inward += 1
        outward += one.outward
        if inward >= OCCASIONS and outward >= OCCASIONS:
            return True
    return False


def are_two_way(days: Sequence[Day]) -> bool:
    """The same from all days of a pair, of which few have to be read: the first conversations mostly show it."""
    return is_two_way(parted(days))


def _missing(found: Sequence[Conversation]) -> str:
    yours = sum(one.outward for one in found)
    theirs = sum(one.inward for one in found)
    if not yours:
        return NOT_WRITTEN
    if not theirs:
        return NOT_ANSWERED
    if len(found) == 1:
        return ONCE
    if yours < OCCASIONS:
        return ONE_REPLY
    return ONE_ANSWER

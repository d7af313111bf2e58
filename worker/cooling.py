"""The cold model: how likely it is that today's silence lasts; pure, between facts and assessment."""

import math
from collections.abc import Sequence

from worker.facts import Habits, rhythm


def silence_lasts(contacts: Sequence[int], habits: Habits, today: int) -> float:
    """The probability that a silence as long as today's does not end soon.

    Args:
        contacts: distinct days with a direct touch, ascending, not empty.
        habits: what is usual for the owner.
        today: a UTC day number not before the last contact.
    """
    _, long = rhythm(contacts, habits)
    silent = today - contacts[-1]
    # even at twice the pair's long gap, where a quarter of all silences have ended by then
    return 1.0 / (1.0 + math.exp(-2.2 * math.log((silent + 1.0) / (2.0 * long + 1.0))))

"""A rhythm that has changed: who moved abroad is in touch every two months now, whatever was usual before (pure)."""

from bisect import insort
from collections.abc import Sequence

from worker.judgement.facts.rhythm import quantile

#: so many gaps of the new rhythm, after as many of the old one at least
GAPS = 3
#: three of four new gaps are so many times as long as nine of ten old ones, and so are two of the last three, or most
#: of the last five: an exchange that came in two parts is no return to what was
LATELY = 5
LONGER = 1.5
#: nine of ten new gaps are within so many times their median: a rhythm, where a fading tie has ever longer gaps
STEADY = 1.6


def slower(gaps: Sequence[int]) -> Sequence[int]:
    """Return the gaps since a pair went over to a slower rhythm and kept it; empty where it did not.

    Args:
        gaps: days between conversations, in order.
    """
    if len(gaps) < 2 * GAPS:
        return ()
    lately = max(sorted(gaps[-GAPS:])[1], sorted(gaps[-LATELY:])[2])
    before: list[int] = []  # ascending
    for begins in range(len(gaps) - GAPS + 1):
        if begins >= GAPS and lately > LONGER * (old := quantile(before, 0.9)) and gaps[begins] > LONGER * old:
            since = sorted(gaps[begins:])
            if quantile(since, 0.25) > LONGER * old and quantile(since, 0.9) <= STEADY * quantile(since, 0.5):
                return gaps[begins:]
        insort(before, gaps[begins])
    return ()

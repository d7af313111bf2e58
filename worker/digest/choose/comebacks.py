"""How often those the user had known for as short a time came back after a silence as long (pure)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from worker.digest.choose.choice import Candidate
from worker.judgement.facts import Habits, awake_days, contact_days, conversations, quantile, silence_limit, year_gaps
from worker.judgement.facts.quick import OWN_RHYTHM
from worker.judgement.facts.rhythm import BEYOND, EARLIEST, YEAR

#: what the model says of a silence counts as much as so many earlier ones
PRIOR = 8.0
#: days past the gate after which a silence that still goes on has lasted, unless the pair's own limit comes later
MONTH = 30


@dataclass(frozen=True, slots=True)
class Comebacks:
    """What became of earlier silences of young relationships."""

    ended: Sequence[float] = ()  # how many gates long those were that ended, ascending
    lasted: int = 0

    def reconsidered(self, one: Candidate, likely: float) -> float:
        """Say how likely a silence is to last where those that went on for as long mostly ended: less, never more.

        Only those known for a year at most are measured by others as young. Where theirs mostly lasted, the model knows
        more of this one than they do: to believe them said .59 of quick pairs of whom .42 lasted (coldbench).
        """
        rhythm, contacts = one.assessment.rhythm, contact_days(one.history.days)
        if rhythm is None or not contacts or contacts[-1] - contacts[0] > YEAR:
            return likely
        ended = len(self.ended) - bisect_left(self.ended, one.assessment.awake_days / rhythm.gate)
        return min(likely, (PRIOR * likely + self.lasted) / (PRIOR + self.lasted + ended))


def comebacks_of(everybody: Iterable[Candidate], habits: Habits) -> Comebacks:
    """Find what became of the silences in the first year of each relationship, as far as that is decided by now."""
    silences = [length for one in everybody if one.relates for length in _silences(one, habits)]
    ended = sorted(length for length in silences if length is not None)
    return Comebacks(ended, len(silences) - len(ended))


def _silences(one: Candidate, habits: Habits) -> Iterator[float | None]:
    """How many gates long each silence past its gate was; None for one that lasted."""
    contacts, talks = contact_days(one.history.days), conversations(one.history.days)
    gaps: list[int] = []
    for i in range(1, len(talks)):
        gaps.append(awake_days(talks[i - 1].begins, talks[i].begins, habits.away))
        last = talks[i].ends
        if last - contacts[0] > YEAR:
            return
        own = min(1.0, len(gaps) / OWN_RHYTHM)
        gate = max(EARLIEST, BEYOND * (own * quantile(sorted(gaps), 0.5) + (1 - own) * habits.usual_gap))
        limit = max(gate + MONTH, silence_limit(year_gaps(contacts, bisect_left(contacts, last))))
        if habits.day <= last + limit:
            return
        back = talks[i + 1].begins if i + 1 < len(talks) else None
        if back is None or back - last > limit:
            yield None
        elif (silent := awake_days(last, back, habits.away)) >= gate:
            yield silent / gate

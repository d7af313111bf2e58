"""Which silences are worth a line, and how much: past the pair's own gate, and likely to last (pure)."""

import math
from typing import NamedTuple

from models.enums import Stage, Warmth
from worker.digest.choose.choice import Candidate, Chosen
from worker.digest.choose.comebacks import Comebacks
from worker.digest.choose.steps import line_of, sentences
from worker.digest.digest import LineKind
from worker.judgement.assessment import Assessment
from worker.judgement.facts import Rhythm

#: past the gate a silence is named when it is likelier than not to last (measured: the most is gained there)
THRESHOLD = 0.55
#: each point of depth lowers the bar a little: among friends a needless call costs little, and a lost friend much
CARE = 0.001
#: an overdue silence speaks for itself: only what is surely about to end is not worth a line (less surely, from so many
#: times overdue on), and depth lowers this bar more
OVERDUE_FLOOR, FAR, FLOOR = 0.35, 1.3, 0.25
FLOOR_CARE = 0.0035
#: times the long gap of a steady pair before which it is not named, however likely its silence is to last
BEYOND_LONG = 1.15
#: share of its long gap within which a slow pair (usual gap in days) with gaps of all lengths is not named
UNEVEN, UNEVEN_FROM = 0.8, 28
ROOTS = (Stage.GROWING, Stage.ROOTED, Stage.DEEP)


class Bar(NamedTuple):
    """What a silence has to pass to be named."""

    threshold: float  # how likely it must be to last, where there is no depth or steady rhythm
    shift: float = 0.0  # log odds by which this owner's record raises or lowers what is likely
    comebacks: Comebacks = Comebacks()


def silence_line(one: Candidate, bar: Bar) -> Chosen | None:
    """The line about somebody's silence, or None where it is not worth one.

    Nobody is named before the pair's gate, the owner's absences not counted. Past it the model's probability decides,
    shifted by how often this owner's earlier warnings came true, and by what became of silences of others whom the
    owner had known for as short a time. The gaps of a steady pair say more than the model: it
    is not named within its long gap, and at the latest when it is overdue. A slow pair with gaps of all lengths waits
    for most of its long gap. To wait as long for quick pairs, or for those with few gaps so far, cost the digest much
    of its worth on real mailing lists (coldbench).
    """
    found = one.assessment
    rhythm = found.rhythm
    if not one.relates or rhythm is None or found.silent_days is None or found.stage not in ROOTS:
        return None
    if found.awake_days < rhythm.gate:
        return None
    likely = bar.comebacks.reconsidered(one, _likely(found.cold_probability, bar.shift))
    lasting = likely + CARE * found.depth >= bar.threshold
    if rhythm.steady:
        lasting = lasting and found.awake_days >= BEYOND_LONG * rhythm.long
    elif rhythm.known and rhythm.usual >= UNEVEN_FROM and found.awake_days < UNEVEN * rhythm.long:
        return None
    if rhythm.known:
        lasting = lasting or _speaks_for_itself(found, rhythm, likely)
    if not lasting:
        return None
    kind = LineKind.COLD if found.warmth is Warmth.COLD else LineKind.COOLING
    worth = found.awake_days / rhythm.overdue * (0.5 + found.depth / 100.0)
    return line_of(one, kind, sentences(found.reasons), worth)


def _speaks_for_itself(found: Assessment, rhythm: Rhythm, likely: float) -> bool:
    """Whether a silence is so far beyond what is usual for a pair that it is named though it may well end."""
    beyond = found.awake_days / rhythm.overdue
    floor = FLOOR if beyond >= FAR else OVERDUE_FLOOR
    return beyond >= 1.0 and likely + FLOOR_CARE * found.depth >= floor


def _likely(said: float | None, shift: float) -> float:
    if said is None:
        return 0.0
    odds = math.log(max(said, 1e-6) / max(1.0 - said, 1e-6)) + shift
    return 1.0 / (1.0 + math.exp(-odds))

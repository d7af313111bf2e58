"""Which silences are worth a line, and how much: past the pair's own gate, and likely to last (pure)."""

import math

from models.enums import Stage, Warmth
from worker.digest.choose.choice import Candidate, Chosen
from worker.digest.choose.steps import line_of, sentences
from worker.digest.digest import LineKind

#: a silence of a shallow pair is named when it is about as likely to last as not (measured: the most is gained there)
THRESHOLD = 0.62
#: each point of depth lowers the bar: among friends a needless call costs little, and a lost friend much
CARE = 0.0035
#: below this the silence of even a steady pair is too likely to end by itself for a line; depth lowers this bar too
FLOOR = 0.35
ROOTS = (Stage.GROWING, Stage.ROOTED, Stage.DEEP)


def silence_line(one: Candidate, shift: float, threshold: float) -> Chosen | None:
    """The line about somebody's silence, or None where it is not worth one.

    Nobody is named before the pair's gate. Past it a steady pair goes by its own rhythm, and any other by the model's
    probability, shifted by how often this owner's earlier warnings came true.
    """
    found = one.assessment
    rhythm, silent = found.rhythm, found.silent_days
    if not one.relates or rhythm is None or silent is None or found.stage not in ROOTS:
        return None
    if silent < rhythm.gate:
        return None
    likely = _likely(found.cold_probability, shift) + CARE * found.depth
    if rhythm.steady and not (found.awake_days >= rhythm.overdue and likely >= FLOOR):
        return None
    if not rhythm.steady and likely < threshold:
        return None
    kind = LineKind.COLD if found.warmth is Warmth.COLD else LineKind.COOLING
    worth = found.awake_days / rhythm.overdue * (0.5 + found.depth / 100.0)
    return line_of(one, kind, sentences(found.reasons), worth)


def _likely(said: float | None, shift: float) -> float:
    if said is None:
        return 0.0
    odds = math.log(max(said, 1e-6) / max(1.0 - said, 1e-6)) + shift
    return 1.0 / (1.0 + math.exp(-odds))

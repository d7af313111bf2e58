"""What a judgement says: plain values, which are read far more often than anyone is assessed (pure)."""

from dataclasses import dataclass
from datetime import datetime

from models.enums import Stage, Warmth
from worker.judgement.facts import Rhythm


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one rule said: points of depth, or percentage points of the probability that the silence lasts."""

    rule: str
    points: float
    reason: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """How things stand with one person; two axes, never mixed."""

    depth: float  # 0-100
    stage: Stage
    contributions: tuple[Contribution, ...]  # of the axis of depth: the depth before clamping is the sum of these
    warmth: Warmth
    cold_probability: float | None  # 0-1; None where the pair has too few roots to be judged, or data are missing
    usual_gap_days: float | None  # from the start of one conversation to the next
    silent_days: int | None  # None: never touched directly
    reasons: tuple[str, ...]  # why the warmth is what it is
    due_at: datetime  # when this has to be assessed again, even if nothing happens
    adjustments: tuple[Contribution, ...] = ()  # of the axis of warmth: what rules added to the probability, or said
    vetoed: bool = False  # a rule says that this silence is none
    no_relationship: str | None = None  # why this is a contact only, in words; None for a relationship
    awake_days: int = 0  # the silence without the owner's own absences
    rhythm: Rhythm | None = None  # None: never touched directly
    occasions: int = 0  # conversations

"""What a check of `doctor` finds: how it came out, and one sentence that says how it is and what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a check came out."""

    FINE = "fine"
    ADVICE = "mind"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Check:
    """What one check found."""

    name: str
    level: Level
    sentence: str

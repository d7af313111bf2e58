"""The pause two people are in: how long it has been, and what that means without a model (pure)."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models.enums import Warmth
from worker.judgement.assessment import Contribution
from worker.judgement.cooling.words import silence_in_words
from worker.judgement.facts import Habits, Rhythm, awake_days, day_of

#: without roots the model has nothing to say: so many silent days are cooling, and cold
CONTACT_COOLING = 60
CONTACT_COLD = 180


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand, and what said so."""

    warmth: Warmth
    probability: float | None
    reasons: tuple[str, ...]
    adjustments: tuple[Contribution, ...] = ()
    vetoed: bool = False


class Pause(NamedTuple):
    """How long a pair has been silent, beside its rhythm; made where the two were ever in touch."""

    last: int  # the last contact day (UTC day number)
    today: int
    rhythm: Rhythm
    awake: int  # days of silence without the owner's own absences

    @classmethod
    def of(cls, last: int, today: int, rhythm: Rhythm, habits: Habits) -> "Pause":
        """Make it of the last contact day, and what is usual."""
        return cls(last, today, rhythm, max(0, awake_days(last, today, habits.away)))

    @property
    def days(self) -> int:
        """Days since the last contact."""
        return max(0, self.today - self.last)


def blind(pause: Pause, known_until: datetime | None) -> str | None:
    """Say why a silence proves nothing because what came after a moment is not known; None if it does.

    Within the pair's own gate after its last contact no one is missed; beyond it the silence must have been seen to
    exceed the gate, and what is unknown must be shorter than it.
    """
    if known_until is None or pause.days <= pause.rhythm.gate:
        return None
    seen = max(pause.last, min(pause.today, day_of(known_until)))
    if seen - pause.last > pause.rhythm.gate and pause.today - seen <= pause.rhythm.gate:
        return None
    if known_until.year <= 1970:
        return "your sent mail isn't in this import, so a silence proves nothing"
    return f"what came after {known_until.day} {known_until:%B %Y} isn't known, so a silence proves nothing"


def without_roots(pause: Pause, known_until: datetime | None) -> Standing:
    """Judge a silence of which the model has nothing to say, and no rule either."""
    why = blind(pause, known_until)
    if why:
        return Standing(Warmth.UNKNOWN, None, (why,))
    return Standing(by_days(pause), None, tuple(silence_in_words(pause.rhythm, pause.days)))


def by_days(pause: Pause) -> Warmth:
    """Say how warm two are, from the days of silence alone."""
    gate = pause.rhythm.gate
    return named(cooling=pause.awake >= max(CONTACT_COOLING, gate), cold=pause.awake >= max(CONTACT_COLD, gate))


def named(*, cooling: bool, cold: bool) -> Warmth:
    """Put it into a word."""
    return (Warmth.COLD if cold else Warmth.COOLING) if cooling else Warmth.WARM

"""How things stand with a pair just now: warm, cooling or cold, and why; unknown where a silence proves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from models.enums import Warmth
from worker.judgement.assessment import Contribution
from worker.judgement.cooling import ColdModel, features_of
from worker.judgement.cooling.words import remarks, silence_in_words
from worker.judgement.facts import Conversation, Facts, Habits, History, Rhythm, Value, awake_days, date_of, day_of
from worker.judgement.rules import Rule, RuleBook

#: evidence ids kept with each contribution
EVIDENCE = 3
#: without roots the model has nothing to say: so many silent days are cooling, and cold
CONTACT_COOLING = 60
CONTACT_COLD = 180
#: the silence of a steady pair is cold after so many times what speaks for itself
COLD_AFTER = 2.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand, and what said so."""

    warmth: Warmth
    probability: float | None
    reasons: tuple[str, ...]
    adjustments: tuple[Contribution, ...] = ()
    vetoed: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """One pair today: contact days, conversations, rhythm and facts, with the owner's habits."""

    history: History
    contacts: Sequence[int]
    talks: Sequence[Conversation]
    rhythm: Rhythm
    facts: Facts
    habits: Habits
    today: int

    @property
    def days(self) -> int:
        """Days since the last contact."""
        return max(0, self.today - self.contacts[-1])

    @property
    def awake(self) -> int:
        """The same without the owner's own absences."""
        return max(0, awake_days(self.contacts[-1], self.today, self.habits.away))


def contribution(rule: Rule, points: float, facts: Facts, history: History, today: int) -> Contribution:
    """What a rule says on a UTC day, in words and points."""
    reason = rule.reason.quote(facts, int(date_of(today)[:4]))
    return Contribution(rule.slug, round(points, 2), reason, tuple(history.evidence[:EVIDENCE]))


def blind(silence: Silence, known_until: datetime | None) -> str | None:
    """Say why a silence proves nothing because what came after a moment is not known; None if it does.

    Within the pair's own gate after its last contact nobody is missed; beyond it the silence must have been seen to
    exceed the gate, and what is unknown must be shorter than it.
    """
    if known_until is None or silence.days <= silence.rhythm.gate:
        return None
    seen = max(silence.contacts[-1], min(silence.today, day_of(known_until)))
    if seen - silence.contacts[-1] > silence.rhythm.gate and silence.today - seen <= silence.rhythm.gate:
        return None
    if known_until.year <= 1970:
        return "your sent mail isn't in this import, so a silence proves nothing"
    return f"what came after {known_until.day} {known_until:%B %Y} isn't known, so a silence proves nothing"


def standing(silence: Silence, facts: dict[str, Value], rulebook: RuleBook, model: ColdModel) -> Standing:
    """Judge one silence; `facts` learn the probability, so that rules of warmth may read it."""
    percent: float | None = None
    reasons = silence_in_words(silence.rhythm, silence.days)
    if facts["established"] and facts["two_way"]:
        features = features_of(silence.history.days, silence.contacts, silence.talks, silence.habits, silence.today)
        pushes = model.contributions(features)
        percent = 100.0 * model.probability_of(pushes)
        reasons += remarks(silence.contacts, features, pushes, silence.habits)
    facts["cold_probability"] = percent or 0.0
    adjustments = []
    at_most = 100.0
    vetoed = False
    for rule, points in rulebook.ask_warmth(facts):
        percent = None if percent is None else percent + points
        at_most = at_most if rule.at_most is None else min(at_most, rule.at_most)
        vetoed = vetoed or rule.veto
        adjustments.append(contribution(rule, points, facts, silence.history, silence.today))
        reasons.append(adjustments[-1].reason)
    warmth = Warmth.WARM
    if not vetoed:
        percent = None if percent is None else max(0.0, min(100.0, percent, at_most))
        warmth = _warmth(silence, percent, rulebook, hushed=at_most < rulebook.cooling_at)
    probability = None if percent is None else round(max(0.0, min(100.0, percent, at_most)) / 100.0, 4)
    return Standing(warmth, probability, tuple(reasons), tuple(adjustments), vetoed)


def _warmth(silence: Silence, percent: float | None, rulebook: RuleBook, *, hushed: bool) -> Warmth:
    awake, rhythm = silence.awake, silence.rhythm
    if percent is None:
        cooling, cold = awake >= max(CONTACT_COOLING, rhythm.gate), awake >= max(CONTACT_COLD, rhythm.gate)
    else:
        overdue = rhythm.steady and awake >= rhythm.overdue and not hushed
        cooling = awake >= rhythm.gate and (percent >= rulebook.cooling_at or overdue)
        cold = percent >= rulebook.cold_at or (overdue and awake >= COLD_AFTER * rhythm.overdue)
    return (Warmth.COLD if cold else Warmth.COOLING) if cooling else Warmth.WARM

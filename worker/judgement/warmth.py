"""How things stand with a pair just now: warm, cooling or cold, and why; unknown where a silence proves nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.enums import Warmth
from worker.judgement.assessment import Contribution
from worker.judgement.cooling import ColdModel, features_of
from worker.judgement.cooling.words import remarks, silence_in_words
from worker.judgement.facts import Conversation, Facts, Habits, History, Value, date_of
from worker.judgement.pause import Pause, Standing, by_days, named
from worker.judgement.rules import Rule, RuleBook

#: evidence ids kept with each contribution
EVIDENCE = 3
#: the silence of a pair whose rhythm is known is cold after so many times what speaks for itself
COLD_AFTER = 2.0


@dataclass(frozen=True, slots=True)
class Silence:
    """One pair today: contact days, conversations and facts, with the owner's habits."""

    history: History
    contacts: Sequence[int]
    talks: Sequence[Conversation]
    facts: dict[str, Value]
    habits: Habits


def contribution(rule: Rule, points: float, facts: Facts, history: History, today: int) -> Contribution:
    """What a rule says on a UTC day, in words and points."""
    reason = rule.reason.quote(facts, int(date_of(today)[:4]))
    return Contribution(rule.slug, round(points, 2), reason, tuple(history.evidence[:EVIDENCE]))


def standing(silence: Silence, pause: Pause, rulebook: RuleBook, model: ColdModel) -> Standing:
    """Judge one silence; its facts learn the probability, so that rules of warmth may read it."""
    percent: float | None = None
    facts = silence.facts
    reasons = silence_in_words(pause.rhythm, pause.days)
    if facts["established"] and facts["two_way"]:
        features = features_of(silence.history.days, silence.contacts, silence.talks, silence.habits, pause.today)
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
        adjustments.append(contribution(rule, points, facts, silence.history, pause.today))
        reasons.append(adjustments[-1].reason)
    warmth = Warmth.WARM
    if not vetoed:
        percent = None if percent is None else max(0.0, min(100.0, percent, at_most))
        hushed = at_most < rulebook.cooling_at
        warmth = by_days(pause) if percent is None else _warmth(pause, percent, rulebook, hushed=hushed)
    probability = None if percent is None else round(max(0.0, min(100.0, percent, at_most)) / 100.0, 4)
    return Standing(warmth, probability, tuple(reasons), tuple(adjustments), vetoed)


def _warmth(pause: Pause, percent: float, rulebook: RuleBook, *, hushed: bool) -> Warmth:
    awake, rhythm = pause.awake, pause.rhythm
    overdue = rhythm.known and awake >= rhythm.overdue and not hushed
    cooling = awake >= rhythm.gate and (percent >= rulebook.cooling_at or overdue)
    cold = percent >= rulebook.cold_at or (overdue and awake >= COLD_AFTER * rhythm.overdue)
    return named(cooling=cooling, cold=cold)

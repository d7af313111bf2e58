"""Rules as data: conditions and points over the facts about one person, with the reason in words."""

from worker.judgement.rules.book import Border, Rule, RuleBook, RuleError, Template, load, parse, rules_in_force
from worker.judgement.rules.check import Problem, check
from worker.judgement.rules.vocabulary import BY_NAME, FACTS, Axis, Fact

__all__ = [
    "BY_NAME",
    "FACTS",
    "Axis",
    "Border",
    "Fact",
    "Problem",
    "Rule",
    "RuleBook",
    "RuleError",
    "Template",
    "check",
    "load",
    "parse",
    "rules_in_force",
]

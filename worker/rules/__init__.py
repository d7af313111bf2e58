"""Rules are data: conditions and points over the facts of one person, with the reason in words."""

from worker.rules.book import Border, Rule, RuleBook, RuleError, Template, load, parse
from worker.rules.check import Problem, check
from worker.rules.vocabulary import BY_NAME, FACTS, Axis, Fact

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
]

"""Checks a rule file before it is used: every problem, with the line it stands in, in words."""

import re
from collections.abc import Mapping
from itertools import product
from typing import Any, NamedTuple

from worker.judgement.facts.values import Value
from worker.judgement.rules.book import Rule, RuleError, parse, read_borders, read_rule, read_toml
from worker.judgement.rules.steady import UNANSWERED
from worker.judgement.rules.vocabulary import FACTS


class Problem(NamedTuple):
    """One thing that is wrong: the line (1 is the first), and what to do about it."""

    line: int
    sentence: str


#: values on which every expression is tried: whatever a fact may be, the rule must have an answer
_TRIALS: tuple[dict[str, Value], ...] = tuple(
    {fact.name: number if fact.kind is float else truth if fact.kind is bool else "" for fact in FACTS}
    for number, truth in product((0.0, 1.0, 400.0), (False, True))
)


def check(text: str) -> list[Problem]:
    """Everything that is wrong with a rule file, in the order of its lines; an empty list means it can be used."""
    try:
        document = read_toml(text)
    except RuleError as error:
        found = re.search(r"line (\d+)", str(error))
        return [Problem(int(found[1]) if found else len(text.splitlines()) or 1, str(error))]
    tables = _tables(text)
    problems: list[Problem] = []
    slugs: set[str] = set()
    rules = document.get("rule", [])
    rules = [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []
    for number, raw in enumerate(rules):
        lines = tables[number] if number < len(tables) else {"": 1}
        try:
            rule = read_rule(raw)
            _try(rule)
        except RuleError as problem:
            problems.append(Problem(lines.get(problem.key, lines[""]), _named(raw, str(problem))))
            continue
        if rule.slug in slugs:
            problems.append(Problem(lines.get("slug", lines[""]), f"there are two rules called {rule.slug}"))
        slugs.add(rule.slug)
    if not problems:
        try:
            parse(text)
        except RuleError as problem:
            problems.append(Problem(_find(text, problem.key), str(problem)))
    elif "stages" in document:
        try:
            read_borders(document["stages"])
        except RuleError as problem:
            problems.append(Problem(_find(text, problem.key), str(problem)))
    return sorted(problems)


def _try(rule: Rule) -> None:
    import cel

    for trial in _TRIALS:
        context = cel.Context(trial)
        for key, program in (("when", rule.when), ("points", rule.points)):
            if program is None or isinstance(program, float):
                continue
            try:
                answer = program.execute(context)
            except UNANSWERED as error:
                notify = "; write decimals in arithmetic (2.0, not 2)" if "coerce" in str(error) else ""
                first = str(error).split(". ")[0].split(" — ")[0]
                raise RuleError(f"{key} cannot be worked out: {first}{notify}", key=key) from error
            if key == "when" and not isinstance(answer, bool):
                raise RuleError("when must be true or false", key=key)
            if key == "points" and (isinstance(answer, bool) or not isinstance(answer, int | float)):
                raise RuleError("points must be a number", key=key)


def _named(raw: Mapping[str, Any], sentence: str) -> str:
    slug = raw.get("slug")
    return f"rule {slug}: {sentence}" if isinstance(slug, str) and slug else sentence


def _tables(text: str) -> list[dict[str, int]]:
    """For each [[rule]] the line of its heading (key "") and of each of its keys."""
    tables: list[dict[str, int]] = []
    inside = False
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip()
        if bare.startswith("["):
            inside = re.match(r"\[\[\s*rule\s*\]\]", bare) is not None
            if inside:
                tables.append({"": number})
        elif inside and (key := re.match(r"([A-Za-z_0-9-]+)\s*=", bare)):
            tables[-1].setdefault(key[1], number)
    return tables


def _find(text: str, key: str) -> int:
    """The first line that speaks of a key; the first of all where none does."""
    if key:
        for number, line in enumerate(text.splitlines(), start=1):
            if re.match(rf"\s*\[*\s*(stages\.)?{re.escape(key)}\b", line):
                return number
    return 1

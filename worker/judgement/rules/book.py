"""The rule book: reads rules from TOML, compiles each CEL expression once, and asks them about one person's facts."""

import math
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

from models.enums import Stage
from worker.judgement.facts.values import Facts, Value
from worker.judgement.fingerprint import fingerprint_of
from worker.judgement.rules.steady import UNANSWERED, needs_meeting
from worker.judgement.rules.vocabulary import BY_NAME, Axis
from worker.wording.dates import spoken
from worker.wording.lists import how_often

#: Parts of a key: a rule needs two, and tomllib looks at all that stand above each of them.
DEEPEST = 100


class RuleError(ValueError):
    """A rule file says something that cannot be used; `slug` names the rule, `key` the line's key."""

    def __init__(self, sentence: str, *, slug: str = "", key: str = "") -> None:
        super().__init__(sentence)
        self.slug = slug
        self.key = key


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence that quotes facts.

    `{name}` is the fact as it is, `{name:day}` counted ("1 day", "3 days"), `{name:person/people}` likewise,
    `{name:date}` a day or month in words ("4 March"), and `{name:you've met}` how often, roughly ("you've met a few
    times", "you haven't met").
    """

    text: str
    names: tuple[str, ...]
    _pieces: tuple[tuple[str, str, str], ...] = field(repr=False)  # literal before, name, noun

    @classmethod
    def parse(cls, text: str) -> "Template":
        """Split a sentence at its facts. Raises: RuleError for an unknown fact."""
        pieces: list[tuple[str, str, str]] = []
        at = 0
        for match in _QUOTED.finditer(text):
            name, noun = match[1], match[2] or ""
            if name not in BY_NAME:
                raise RuleError(f"the sentence quotes an unknown fact: {name}", key="reason")
            pieces.append((text[at : match.start()], name, noun))
            at = match.end()
        pieces.append((text[at:], "", ""))
        return cls(text, tuple(dict.fromkeys(name for _, name, _ in pieces if name)), tuple(pieces))

    def quote(self, facts: Facts, year: int | None = None) -> str:
        """The sentence with the facts in it; days of this `year` are written without it."""
        return "".join(before + (_said(facts[name], noun, year) if name else "") for before, name, noun in self._pieces)


_QUOTED = re.compile(r"\{([a-z_0-9]+)(?::([^{}]+))?\}")


_YOU_HAVE = "you've "


def _said(value: Value, how: str, year: int | None) -> str:
    if isinstance(value, str):
        return spoken(value, year) if how == "date" else value
    if how.startswith(_YOU_HAVE):
        done = how.removeprefix(_YOU_HAVE)
        return f"{_YOU_HAVE}{done} {how_often(value)}" if value >= 1 else f"you haven't {done}"
    number = f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"
    if not how:
        return number
    one, _, many = how.partition("/")
    return f"{number} {one if number == '1' else many or one + 's'}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when its condition holds, it gives points, and a reason in words.

    On the axis of depth points are added. On the axis of warmth a rule `adds` percentage points to the probability that
    the silence lasts, `caps` it, or `vetoes` cooling and cold altogether.
    """

    slug: str
    axis: Axis
    reason: Template
    when: Any = field(repr=False)  # compiled CEL, or None: always
    points: Any = field(repr=False)  # compiled CEL, or a number
    cap: float  # the most points, up or down
    at_most: float | None = None  # warmth: the highest probability this rule allows, in percent
    veto: bool = False


@dataclass(frozen=True, slots=True)
class Border:
    """Where a stage begins and where it ends again: apart, so that a depth at the border does not flap."""

    stage: Stage
    enters: float
    leaves: float


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules in the order of the file, the borders of the stages, and which facts they need."""

    depth: tuple[Rule, ...]
    warmth: tuple[Rule, ...]
    borders: tuple[Border, ...]  # ascending
    cooling_at: float  # percent
    cold_at: float  # percent
    fingerprint: str  # of their text
    steady: bool  # no rule of warmth can hold where no meeting is booked
    _depth_facts: tuple[str, ...] = field(repr=False)
    _warmth_facts: tuple[str, ...] = field(repr=False)

    def ask_depth(self, facts: Facts) -> list[tuple[Rule, float]]:
        """The depth rules that hold, with the points each gives."""
        return _ask(self.depth, {name: facts[name] for name in self._depth_facts})

    def ask_warmth(self, facts: Facts) -> list[tuple[Rule, float]]:
        """The warmth rules that hold, with the points each gives."""
        if not self.warmth or (self.steady and facts.get("next_meeting") == ""):
            return []
        return _ask(self.warmth, {name: facts[name] for name in self._warmth_facts})


def _ask(rules: tuple[Rule, ...], facts: dict[str, Value]) -> list[tuple[Rule, float]]:
    """The rules that hold, with their points within their caps; 0/0 is worth nothing.

    Raises:
        RuleError: an expression has no answer for these facts.
    """
    import cel

    context = cel.Context(facts)
    found = []
    for rule in rules:  # all in one place, because it is asked for every week that is looked back on
        points, cap = rule.points, rule.cap
        try:
            if rule.when is not None and rule.when.execute(context) is not True:
                continue
            if points.__class__ is not float:
                points = float(points.execute(context))
        except UNANSWERED as error:
            raise RuleError(f"it cannot be worked out: {error}", slug=rule.slug) from error
        capped = points if -cap <= points <= cap else cap if points > cap else -cap if points < -cap else 0.0
        found.append((rule, capped))
    return found


def load(path: Path | None = None) -> RuleBook:
    """Read the user's own rules, or the ones keepwarm brings. Raises: RuleError, OSError."""
    if path is None:
        return parse(default_text())
    return parse(path.read_text(encoding="utf-8", errors="replace"))


def rules_in_force(path: Path | None) -> RuleBook:
    """Read the rules once for as long as their file stays as it is. Raises: RuleError, OSError."""
    return _read_once(path, path.stat().st_mtime_ns if path else 0)


@lru_cache(maxsize=8)
def _read_once(path: Path | None, changed_at: int) -> RuleBook:
    del changed_at  # only part of the key
    return load(path)


def default_text() -> str:
    """The rules keepwarm brings, as they are written."""
    return files("worker.judgement.rules").joinpath("default.toml").read_text(encoding="utf-8")


def read_toml(text: str) -> dict[str, Any]:
    """Read the tables of a rule file. Raises: RuleError with the line that is no TOML, or deeper than any rule is."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.partition("=")[0].count(".") > DEEPEST:
            raise RuleError(f"this is not TOML: a key with more than {DEEPEST} parts (at line {number})")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RuleError(f"this is not TOML: {error}") from error


def parse(text: str) -> RuleBook:
    """A rule book from TOML text. Raises: RuleError with the first thing that is wrong."""
    document = read_toml(text)
    rules = document.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise RuleError("rules are written as [[rule]] tables")
    read = [read_rule(rule) for rule in rules]
    borders = read_borders(document.get("stages", {}))
    warmth = document.get("warmth", {})
    cooling_at, cold_at = (_number(warmth, key, _WARMTH[key], "warmth") for key in ("cooling_at", "cold_at"))
    if cold_at < cooling_at:
        raise RuleError("cold_at must not be lower than cooling_at", key="cold_at")
    depth = tuple(rule for rule in read if rule.axis is Axis.DEPTH)
    quick = tuple(rule for rule in read if rule.axis is Axis.WARMTH)
    fingerprint = fingerprint_of(text)
    steady = all(needs_meeting(rule.when) for rule in quick)
    return RuleBook(depth, quick, borders, cooling_at, cold_at, fingerprint, steady, _needs(depth), _needs(quick))


_WARMTH = {"cooling_at": 30.0, "cold_at": 65.0}
#: Bytes of an expression, and levels it may be nested: the longest of our own has 200 bytes, and four levels.
LONGEST, DEEPEST = 4096, 32
_UNARY = re.compile(r"(?:[-!]\s*)+")
_KEYS = frozenset({"slug", "axis", "when", "points", "cap", "at_most", "veto", "reason"})


def read_rule(raw: Mapping[str, Any]) -> Rule:
    """One rule from its TOML table. Raises: RuleError."""
    slug = raw.get("slug")
    if not isinstance(slug, str) or not slug:
        raise RuleError("a rule needs a slug")
    try:
        return _read_rule(slug, raw)
    except RuleError as problem:
        raise RuleError(str(problem), slug=slug, key=problem.key) from problem


def _read_rule(slug: str, raw: Mapping[str, Any]) -> Rule:
    for key in raw:
        if key not in _KEYS:
            raise RuleError(f"a rule has no key {key!r}", key=key)
    try:
        axis = Axis(raw.get("axis", ""))
    except ValueError:
        raise RuleError('axis is "depth" or "warmth"', key="axis") from None
    reason = raw.get("reason")
    if not isinstance(reason, str) or not reason:
        raise RuleError("a rule needs a reason: a sentence that quotes facts", key="reason")
    template = Template.parse(reason)
    when = _compile(raw["when"], "when") if "when" in raw else None
    points: Any = raw.get("points", 0)
    cap = _number(raw, "cap", math.inf, "the rule")
    if isinstance(points, str):
        if cap == math.inf:
            raise RuleError("points given as an expression need a cap", key="points")
        points = _compile(points, "points")
    elif isinstance(points, bool) or not isinstance(points, int | float):
        raise RuleError("points are a number or a CEL expression", key="points")
    else:
        points = float(points)
    at_most = _number(raw, "at_most", math.nan, "the rule")
    veto = raw.get("veto", False)
    if not isinstance(veto, bool):
        raise RuleError("veto is true or false", key="veto")
    if axis is Axis.DEPTH:
        if veto or not math.isnan(at_most):
            raise RuleError("veto and at_most belong to the axis of warmth", key="veto" if veto else "at_most")
        for key, names in (("when", _variables(when)), ("points", _variables(points)), ("reason", template.names)):
            for name in names:
                if not BY_NAME[name].slow:
                    raise RuleError(f"{name} changes by the day and has no place in a depth rule", key=key)
    return Rule(slug, axis, template, when, points, cap, None if math.isnan(at_most) else at_most, veto)


def _compile(source: Any, key: str) -> Any:
    if not isinstance(source, str):
        raise RuleError(f"{key} is a CEL expression in quotes", key=key)
    _bound(source, key)
    cel = _library()
    try:
        program = cel.compile(source)
    except ValueError as error:
        raise RuleError(f"{key} is not CEL: {str(error).splitlines()[0]}", key=key) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a bug of the parser's arrives, which is written in Rust
            raise
        raise RuleError(f"{key} is not CEL", key=key) from error
    for name in program.variables():
        if name not in BY_NAME:
            raise RuleError(f"{key} uses an unknown fact: {name}", key=key)
    return program


def _library() -> ModuleType:
    """Load CEL when a rule is first read (most commands ask none), without its own command line.

    That brings an editor for the terminal along, which takes ten times as long to load as the language itself.
    """
    if "cel" not in sys.modules:
        sys.modules["cel.cli"] = ModuleType("cel.cli")
    try:
        return import_module("cel")
    finally:
        if getattr(sys.modules.get("cel.cli"), "__spec__", None) is None:  # ours: whoever wants theirs can load it
            sys.modules.pop("cel.cli", None)


def _bound(source: str, key: str) -> None:
    """Refuse what the parser, which is recursive, cannot take: it would end the process rather than raise.

    Raises:
        RuleError: the expression is too long or nested too deeply.
    """
    if len(source.encode()) > LONGEST:
        raise RuleError(f"{key} is longer than {LONGEST:,} bytes: split the rule into several", key=key)
    # operators nest as well as brackets do: !!!!x, a ? b : c ? d : e
    if max(_depth(source), *(len(run) for run in _UNARY.findall(source)), source.count("?")) > DEEPEST:
        raise RuleError(f"{key} is nested more than {DEEPEST} levels deep: split the rule into several", key=key)


def _depth(source: str) -> int:
    deepest = depth = 0
    for char in source:
        depth += (char in "([{") - (char in ")]}")
        deepest = max(deepest, depth)
    return deepest


def _variables(program: Any) -> tuple[str, ...]:
    return () if program is None or isinstance(program, float) else tuple(program.variables())


def _needs(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    return tuple(sorted({name for rule in rules for part in (rule.when, rule.points) for name in _variables(part)}))


def _number(raw: Mapping[str, Any], key: str, default: float, where: str) -> float:
    value = raw.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RuleError(f"{key} of {where} is a number", key=key)
    return float(value)


def read_borders(raw: Mapping[str, Any]) -> tuple[Border, ...]:
    """The borders of the stages above contact, ascending. Raises: RuleError."""
    borders: list[Border] = []
    for stage in (Stage.GROWING, Stage.ROOTED, Stage.DEEP):
        table = raw.get(stage.value)
        if not isinstance(table, dict):
            raise RuleError(f"[stages.{stage}] needs enters and leaves", key="stages")
        enters, leaves = (_number(table, key, math.nan, f"stage {stage}") for key in ("enters", "leaves"))
        if not leaves < enters or (borders and (enters <= borders[-1].enters or leaves < borders[-1].leaves)):
            raise RuleError(f"stage {stage}: leaves must lie under enters, and stages must ascend", key=stage.value)
        borders.append(Border(stage, enters, leaves))
    return tuple(borders)

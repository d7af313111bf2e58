"""The rule engine: reading, asking and checking rule files."""

import re
from pathlib import Path

import pytest

import worker.judgement.rules
from worker.judgement.rules import FACTS, RuleError, Template, check, load, parse

STAGES = """
[stages]
growing = { enters = 20, leaves = 15 }
rooted = { enters = 45, leaves = 40 }
deep = { enters = 70, leaves = 60 }
"""


def facts(**known: float | bool | str) -> dict[str, float | bool | str]:
    return {fact.name: fact.kind() for fact in FACTS} | known


def test_the_rules_keepwarm_brings_are_in_order() -> None:
    path = Path(worker.judgement.rules.__file__).with_name("default.toml")
    assert check(path.read_text(encoding="utf-8")) == []
    assert load().depth
    assert [rule.slug for rule in load(path).depth] == [rule.slug for rule in load().depth]


def test_rules_that_hold_give_points_within_their_cap() -> None:
    book = parse(
        STAGES
        + """
[[rule]]
slug = "often"
axis = "depth"
when = "contact_days >= 3"
points = "contact_days * 2.0"
cap = 10
reason = "{contact_days:day} of contact"

[[rule]]
slug = "undefined"
axis = "depth"
points = "meetings / meetings"
cap = 10
reason = "nothing over nothing"
"""
    )
    assert [(rule.slug, points) for rule, points in book.ask_depth(facts(contact_days=4.0))] == [
        ("often", 8.0),
        ("undefined", 0.0),
    ]
    assert book.ask_depth(facts(contact_days=400.0))[0][1] == 10.0
    assert [rule.slug for rule, _ in book.ask_depth(facts(contact_days=2.0))] == ["undefined"]


@pytest.mark.parametrize(
    ("text", "known", "sentence"),
    [
        ("{contact_days:day} of contact", {"contact_days": 1.0}, "1 day of contact"),
        ("{contact_days:day} of contact", {"contact_days": 3.0}, "3 days of contact"),
        ("{contact_days:person/people}", {"contact_days": 2.0}, "2 people"),
        ("{mail_strength}", {"mail_strength": 2.345}, "2.3"),
        ("{mail_strength}", {"mail_strength": 12.7}, "13"),
        ("last on {last_meeting}", {"last_meeting": "2026-03-04"}, "last on 2026-03-04"),
        ("last on {last_meeting:date}", {"last_meeting": "2026-03-04"}, "last on 4 March"),
        ("last on {last_meeting:date}", {"last_meeting": "2025-03-04"}, "last on 4 March 2025"),
        ("since {known_since:date}", {"known_since": "2026-03"}, "since March 2026"),
        ("{meetings:you've met} this year", {"meetings": 0.0}, "you haven't met this year"),
        ("{meetings:you've met} this year", {"meetings": 1.0}, "you've met once this year"),
        ("{meetings:you've met} this year", {"meetings": 4.0}, "you've met a few times this year"),
        ("{meetings:you've met} this year", {"meetings": 11.0}, "you've met several times this year"),
        ("{meetings:you've met} this year", {"meetings": 52.0}, "you've met very often this year"),
        ("no fact at all", {}, "no fact at all"),
    ],
)
def test_sentences_quote_facts(text: str, known: dict[str, float | str], sentence: str) -> None:
    assert Template.parse(text).quote(facts(**known), 2026) == sentence


RULE = '[[rule]]\nslug = "x"\naxis = "depth"\nreason = "r"\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (STAGES + "[[rule]\n", 6, "not TOML"),
        (STAGES + '[[rule]]\naxis = "depth"\n', 6, "needs a slug"),
        (STAGES + RULE + 'when = "contact_dayz > 3"\n', 10, "unknown fact: contact_dayz"),
        (STAGES + RULE + 'when = "contact_days >"\n', 10, "not CEL"),
        (STAGES + RULE + 'when = "contact_days"\n', 10, "true or false"),
        (STAGES + RULE + 'points = "contact_days * 2"\ncap = 3\n', 10, "2.0, not 2"),
        (STAGES + RULE + 'points = "contact_days"\n', 10, "need a cap"),
        (STAGES + RULE + 'points = "nope(contact_days)"\ncap = 3\n', 10, "cannot be worked out"),
        (STAGES + RULE + "points = true\n", 10, "number or a CEL expression"),
        (STAGES + RULE + 'when = "silent_days > 3"\n', 10, "no place in a depth rule"),
        (STAGES + RULE + "veto = true\n", 10, "axis of warmth"),
        (STAGES + RULE + "point = 3\n", 10, "no key 'point'"),
        (STAGES + RULE + RULE, 11, "two rules called x"),
        (STAGES + RULE.replace("depth", "deep"), 8, "axis is"),
        (STAGES + RULE.replace('"r"', '"{nobody}"'), 9, "unknown fact: nobody"),
        (STAGES.replace("leaves = 60", "leaves = 80"), 5, "leaves must lie under"),
        (STAGES + "[warmth]\ncooling_at = 90\n", 1, "cold_at"),
        ("", 1, "needs enters and leaves"),
    ],
)
def test_check_says_what_is_wrong_and_where(text: str, line: int, said: str) -> None:
    problems = check(text)
    assert len(problems) == 1
    assert said in problems[0].sentence
    assert problems[0].line == line
    if "true or false" not in said and "cannot be" not in said and "2.0" not in said and "two rules" not in said:
        with pytest.raises(RuleError):
            parse(text)


def test_check_finds_every_broken_rule() -> None:
    text = STAGES + RULE + 'when = "nope"\n' + RULE.replace('"x"', '"y"') + 'when = "neither"\n'
    assert [problem.line for problem in check(text)] == [10, 15]


NESTINGS = [
    ("(", "true", ")"), ("[", "1", "]"), ("!", "true", ""), ("-", "1.0", ""), ("true ? 1.0 : ", "1.0", ""),
    ("{1: ", "1", "}"), ("size(", "'a'", ")"), ("!(", "true", ")"), ("- ", "1.0", ""), ("[1].all(x, ", "true", ")"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "inner", "after"), NESTINGS)
@pytest.mark.parametrize("times", [40, 1000, 100_000])
def test_an_expression_the_parser_cannot_take_is_a_problem_with_its_line(
    before: str, inner: str, after: str, times: int
) -> None:
    text = (
        STAGES
        + f"""
[[rule]]
slug = "deep"
axis = "depth"
reason = "a reason"
points = 1
when = "{before * times}{inner}{after * times}"
"""
    )
    found = check(text)
    assert [problem.line for problem in found] == [12]
    assert re.search("levels deep|longer than 4,096 bytes", found[0].sentence)
    with pytest.raises(RuleError):
        parse(text)


@pytest.mark.parametrize("answer", ["1 / 0 > 2", "9223372036854775807 + 1 > 2", "[1][3] > 2", "int('x') > 1"])
def test_an_expression_without_an_answer_is_a_problem(answer: str) -> None:
    rule = f'[[rule]]\nslug = "x"\naxis = "depth"\nreason = "a reason"\npoints = 1\nwhen = "{answer}"\n'
    assert "cannot be worked out" in check(STAGES + rule)[0].sentence
    with pytest.raises(RuleError, match="cannot be worked out"):
        parse(STAGES + rule).ask_depth(facts())


@pytest.mark.parametrize("text", ["x = " + "[" * 100_000, "[" * 50_000, "a." * 50_000 + "b = 1", f"[{'a.' * 50_000}b]"])
def test_toml_of_any_depth_is_a_problem(text: str) -> None:
    assert check(text)

"""Keep no score: no ratio, count or order of given and received is stored, judged by, shown, exported or derivable.

Each walk is tried on planted violations first, so that it is known to see them.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

import worker.digest
import worker.network
import worker.views
from models.enums import Touch
from models.tables import Base
from tests.worker.pairs import BOOK, HABITS, NOW, DaysAgo, history, regular
from worker.digest.choose.choice import Candidate
from worker.digest.choose.policy import choose
from worker.export.rows import interactions, people, relationships, touches
from worker.judgement.assess import assess
from worker.judgement.rules.vocabulary import FACTS, Fact
from worker.network.roots import Led, grown
from worker.web.api.openapi import description
from worker.web.assistants import values as assistants

ROOT = Path(__file__).parents[1]
SIDES = r"(?:given|gave|received|sent|inward|outward|incoming|outgoing|introductions?|introduced|doors?|thanks|favou?rs?|referrals?)"
TALLY = r"(?:counts?|ratio|share|total|number|rank|balance|percent(?:age)?|tally)"
#: a name that keeps a score: "received_count", "share_of_given", "introductions" as a number, or a ledger's own words
NAMED = re.compile(
    rf"(?:^|_){SIDES}_{TALLY}(?:_|$)|(?:^|_){TALLY}_(?:of_)?{SIDES}(?:_|$)"
    r"|(?:^|_)(?:ratio|reciprocity|balance|owed?s?|debts?|credits?|karma|score)(?:_|$)"
)
#: a sentence that does: "introduced you three times", "you wrote 4, they wrote 9", "twice as often as", "you owe"
SAID = re.compile(
    r"\b(?:ratio|reciproc\w+|karma|scores?|ledger|you owe|owes you|in return|debts?)\b|\d+ ?% of what"
    r"|(?:more|less|times as) (?:often|much)? ?than (?:they|you)|\bwrote \{\w*\} times|\{\w*(?:given|received|doors)\w*\}"
    r"|introduced you (?:to )?(?:\{\w+\}|\d+) (?:times|people)",
    re.IGNORECASE,
)
#: numbers in what introductions and seasons show, each with why it is no tally of one person
NUMBERS = {
    "confidence": "how sure it is that this was an introduction",
    "known_at": "a moment", "at": "a moment", "known_since": "a moment", "size": "people in one email",
    "year": "of a quarter", "number": "of a quarter", "first": "a day", "two_way_since": "a day",
    "met": "people, whoever they are", "contacts": "people", "seedlings": "people", "growing": "people",
    "rooted": "people", "deep": "people", "start": "a moment",
}  # fmt: skip


def names_that_keep_score(names: Iterable[str]) -> list[str]:
    return [name for name in names if NAMED.search(name.lower())]


def sentences_that_keep_score(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if SAID.search(text)]


def tallies(kinds: Iterable[type]) -> list[str]:
    """Fields of what introductions show that are numbers nobody has accounted for."""
    found = []
    for kind in kinds:
        for one in fields(kind) if is_dataclass(kind) else ():
            said = str(one.type)
            if re.search(r"\b(?:int|float)\b", said) and one.name not in NUMBERS:
                found.append(f"{kind.__name__}.{one.name}")
    return found


def modules(package: ModuleType) -> Iterator[ModuleType]:
    yield package
    for found in walk_packages(package.__path__, f"{package.__name__}."):
        yield import_module(found.name)


def values(package: ModuleType) -> set[type]:
    """The dataclasses and structs a package defines."""
    return {
        kind
        for module in modules(package)
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__.startswith(package.__name__)
        and (is_dataclass(kind) or issubclass(kind, msgspec.Struct))
    }  # fmt: skip


def attributes(kinds: Iterable[type]) -> Iterator[str]:
    for kind in kinds:
        if is_dataclass(kind):
            yield from (one.name for one in fields(kind))
        elif issubclass(kind, msgspec.Struct):
            yield from kind.__struct_fields__


@dataclass(frozen=True)
class Ledger:
    """A planted violation."""

    person: str
    introductions: int
    received_count: int = 0


PLANTED = Fact("introductions_received_count", float, "introductions", "how many doors they opened")


def test_planted_violations_are_seen() -> None:
    assert names_that_keep_score(attributes([Ledger])) == ["received_count"]
    assert tallies([Ledger]) == ["Ledger.introductions", "Ledger.received_count"]
    assert names_that_keep_score([PLANTED.name, "given_ratio", "share_of_received", "reciprocity", "favor_balance"])
    for said in (
        "You gave more often than they did.",
        "Anna introduced you to 3 people.",
        "you owe Anna a favor",
        "They wrote {count} times, and you wrote {own} times.",
        "an introduction in return",
        "Your score with Anna",
    ):
        assert sentences_that_keep_score([said]), said
    for fine in ("sent_at", "received_at", "introduced_by", "introduced", "touches_count_days", "counts", "counts_at"):
        assert not names_that_keep_score([fine]), fine


def test_no_table_keeps_score() -> None:
    columns = [
        f"{table.name}.{column.name}".partition(".")[2] for table in Base.metadata.tables.values() for column in table.c
    ]
    assert len(columns) > 80
    assert not names_that_keep_score([*columns, *Base.metadata.tables])


def test_no_fact_and_no_rule_keeps_score() -> None:
    assert not names_that_keep_score(fact.name for fact in FACTS)
    assert not [fact.name for fact in FACTS if "introduc" in fact.name and fact.kind is float]
    rules = (ROOT / "worker/judgement/rules/default.toml").read_text()
    assert not sentences_that_keep_score(rules.splitlines())
    assert "introduc" not in rules  # no points for doors that opened


def test_no_export_keeps_score() -> None:
    names = [column.name for module in (interactions, people, relationships, touches) for column in module.COLUMNS]
    names += interactions.Participant.__struct_fields__
    assert len(names) > 20
    assert not names_that_keep_score(names)


@pytest.mark.parametrize("package", [worker.views, worker.network, worker.digest], ids=lambda package: package.__name__)
def test_no_value_that_pages_and_programs_are_shown_keeps_score(package: ModuleType) -> None:
    assert not names_that_keep_score(attributes(values(package)))


def test_every_number_among_introductions_is_accounted_for() -> None:
    kinds = {kind for kind in values(worker.network) if is_dataclass(kind)}
    assert len(kinds) >= 10
    assert not tallies(kinds)


#: numbers in what programs are given, each with why it is no tally of what somebody gave or received
ANSWERED = {
    "silent_days": "days without a word of either", "months": "days of contact in each month, of both together",
    "group_size": "people in one email or meeting", "status": "of HTTP", "complete": "of a stream", "found": "of a stream",
    "kept": "of a stream", "skipped": "of a stream", "later": "of a stream", "unreadable": "of a stream",
    "contacts": "people", "seedlings": "people", "growing": "people", "rooted": "people", "deep": "people",
    "people_in_it": "people in one email or meeting",
}  # fmt: skip
#: orders in which lists may be asked for
ORDERS = {"need", "depth", "name"}


def answers_that_keep_score(schema: Any) -> list[str]:
    """What a description (OpenAPI, or JSON Schema of a tool) names in any answer or question that keeps a score."""
    found: list[str] = []
    for name, one in _properties(schema):
        if names_that_keep_score([name]):
            found.append(name)
        elif one.get("type") in {"integer", "number"} and name not in ANSWERED and not name.startswith("limit"):
            found.append(f"{name} is a number nobody has accounted for")
        elif _numbers(one.get("items")) and name not in ANSWERED:
            found.append(f"{name} is a list of numbers nobody has accounted for")
        words = {str(word) for word in one.get("enum", ())}
        if name in {"sort", "Sort", "order", "by"} and words - ORDERS:
            found.append(f"{name} orders by {sorted(words - ORDERS)}")
        found += names_that_keep_score(word.replace("-", "_") for word in words)
    return found


def _numbers(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") in {"integer", "number"}


def _properties(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every named part of a description, however deep: properties, parameters, and whole schemas by their name."""
    if isinstance(schema, list):
        for one in schema:
            yield from _properties(one)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("name"), str) and isinstance(schema.get("schema"), dict):
        yield schema["name"], schema["schema"]
    for key, one in schema.items():
        if key in {"properties", "schemas"} and isinstance(one, dict):
            for name, each in one.items():
                for kind in (each, *each.get("anyOf", ()), *each.get("oneOf", ())):
                    yield name, kind
        yield from _properties(one)


PLANTED_ANSWERS: dict[str, Any] = {
    "ratio": {"properties": {"given_ratio": {"type": "number"}}},
    "count": {"properties": {"doors_they_opened": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}},
    "list": {"properties": {"balance_by_year": {"type": "array", "items": {"type": "integer"}}}},
    "plain list": {"properties": {"favors": {"type": "array", "items": {"type": "number"}}}},
    "order": {"parameters": [{"name": "sort", "schema": {"enum": ["name", "introductions"]}}]},
    "deep": {"a": [{"items": {"properties": {"x": {"properties": {"introductions_total": {"type": "string"}}}}}}]},
    "enum": {"properties": {"what": {"enum": ["received-count"]}}},
}


@pytest.mark.parametrize("planted", PLANTED_ANSWERS.values(), ids=PLANTED_ANSWERS)
def test_planted_answers_are_seen(planted: dict[str, Any]) -> None:
    whole = json.loads(description())
    whole["components"]["schemas"]["Planted"] = planted
    assert answers_that_keep_score(whole)


def test_no_answer_to_a_program_keeps_score() -> None:
    whole = json.loads(description())
    named = [name for name, _ in _properties(whole)]
    assert len(named) > 120
    assert {"introduced_by", "led_to", "took_root", "sort"} <= set(named)
    assert answers_that_keep_score(whole) == []


def test_no_answer_to_an_assistant_keeps_score() -> None:
    kinds = [kind for kind in vars(assistants).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]
    kinds.remove(BaseModel)
    assert len(kinds) > 10
    for kind in kinds:
        assert answers_that_keep_score(kind.model_json_schema(mode="serialization")) == [], kind.__name__


def test_no_template_and_no_sentence_keeps_score() -> None:
    texts = [path.read_text() for kind in ("*.j2", "*.html") for path in (ROOT / "worker").rglob(kind)]
    texts += [path.read_text() for path in (ROOT / "worker/wording/errors").glob("*.toml")]
    texts += re.findall(
        r'"([^"\n]{12,})"', "\n".join(path.read_text() for path in (ROOT / "worker/network").rglob("*.py"))
    )
    texts += re.findall(
        r'"([^"\n]{12,})"', "\n".join(path.read_text() for path in (ROOT / "worker/digest").rglob("*.py"))
    )
    assert len(texts) > 50
    assert not sentences_that_keep_score(texts)


MIRROR = {
    Touch.OUT_ONE: Touch.IN_ONE, Touch.OUT: Touch.IN, Touch.OUT_COPY: Touch.IN_COPY,
    Touch.IN_ONE: Touch.OUT_ONE, Touch.IN: Touch.OUT, Touch.IN_COPY: Touch.OUT_COPY,
}  # fmt: skip
TOUCHES = st.sampled_from([*MIRROR, Touch.MET_ONE, Touch.MET, Touch.SEEN])


@given(st.lists(st.tuples(st.integers(1, 900), TOUCHES), min_size=1, max_size=60))
def test_who_wrote_and_who_answered_changes_no_depth(past: DaysAgo) -> None:
    mirrored = [(ago, MIRROR.get(touch, touch)) for ago, touch in past]
    one, other = (assess(history(each), HABITS, BOOK, NOW) for each in (past, mirrored))
    assert (one.depth, one.stage) == (other.depth, other.stage)


def candidates(led: dict[str, str]) -> list[Candidate]:
    """Five friends of different depth and silence, two of them introduced."""
    past = {
        "anna": regular(10, 900, 60), "ben": regular(7, 700, 50), "cleo": regular(14, 500, 70),
        "dora": regular(9, 160, 30), "eli": regular(21, 800, 90),
    }  # fmt: skip
    found = []
    for person, each in past.items():
        by = led.get(person)
        one = history(each, introduced_by=by, introduced_at=NOW.replace(year=NOW.year - 2) if by else None)
        found.append(Candidate(person, one, assess(one, HABITS, BOOK, NOW), person.title()))
    return found


PEOPLE = ["anna", "ben", "cleo", "dora", "eli"]
NOBODY: dict[str, str] = {}


@given(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), max_size=5))
def test_who_introduced_whom_changes_no_depth_and_no_order(led: dict[str, str]) -> None:
    plain, swapped = candidates(NOBODY), candidates({one: other for one, other in led.items() if one != other})
    assert [(one.assessment.depth, one.assessment.stage, one.assessment.warmth) for one in plain] == [
        (one.assessment.depth, one.assessment.stage, one.assessment.warmth) for one in swapped
    ]
    assert [line.person for line in choose(plain, (), HABITS, NOW).chosen] == [
        line.person for line in choose(swapped, (), HABITS, NOW).chosen
    ]


def test_whoever_opened_more_doors_comes_no_earlier_in_the_tree() -> None:
    names = {name: name for name in PEOPLE}
    one = [Led("anna", "ben", NOW), Led("cleo", "dora", NOW.replace(hour=10)), Led("cleo", "eli", NOW.replace(hour=11))]
    assert [door.person for door in grown(one, names)] == ["anna", "cleo"]

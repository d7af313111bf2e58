"""The short form of `python -m tests.fuzz`, which every run of the tests takes."""

import json
import random
from contextlib import suppress

import pytest

from connectors.errors import ConnectorError
from tests.fuzz.mutate import spoiled, spoiled_json
from tests.fuzz.run import Findings, fuzz
from tests.fuzz.seeds import GRAPH_EVENT
from tests.fuzz.targets import Target, targets


@pytest.mark.parametrize("name", [target.name for target in targets()])
def test_nothing_escapes_a_parser(name: str) -> None:
    found = fuzz(400, seed=7, only=name)
    assert found.errors == {}
    assert found.cases[name] >= 100


@pytest.mark.parametrize("target", targets(), ids=lambda target: str(target.name))
def test_honest_inputs_are_read(target: Target) -> None:
    for seed in target.seeds:
        target.read(seed)


def test_a_finding_is_kept_once_with_its_shortest_input() -> None:
    found = Findings()
    target = next(iter(targets()))
    for data in (b"long one", b"short", b"longer again"):
        found.note(target, "KeyError at x.py:1", data)
    assert found.errors == {"mail headers: KeyError at x.py:1": b"short"}


def test_spoiling_is_the_same_for_the_same_seed_and_mostly_changes_something() -> None:
    seed = json.dumps({"a": [1, 2, {"b": "text"}], "c": None}).encode()
    for spoil in (spoiled, spoiled_json):
        made = [spoil(random.Random(number), seed, [seed]) for number in range(200)]
        assert made == [spoil(random.Random(number), seed, [seed]) for number in range(200)]
        assert sum(one != seed for one in made) > 180
        assert len(set(made)) > 150


#: What the long form has found: (target, input).
FOUND = [
    ("IMAP answer", b'* ESEARCH (TAG "A1") UID ALL 1:::5,9'),
    ("Graph event", GRAPH_EVENT.replace(b'"2026-11-29T13:00:00.0000000"', b'"0001-01-01T00:00:00+23:59"')),
    ("Graph event", GRAPH_EVENT.replace(b'"2026-11-29T12:00:00.0000000"', b'"9999-12-31T23:59:59-23:59"')),
]


@pytest.mark.parametrize(("name", "data"), FOUND)
def test_what_was_found_once_is_not_found_again(name: str, data: bytes) -> None:
    (target,) = [target for target in targets() if target.name == name]
    with suppress(ConnectorError):
        target.read(data)

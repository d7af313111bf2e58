"""`people`, `show` and `explain`."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.worker.cli.keepwarm import NOW, ROOT, Keepwarm
from tests.worker.digest.test_compose import home, silent_friend
from tests.worker.homes import ANNA, BEN


def test_people_are_listed_with_the_deepest_first(keepwarm: Keepwarm) -> None:
    lines = keepwarm("people").out.splitlines()
    assert lines[0].split() == ["name", "stage", "depth", "warmth", "last", "contact", "next", "meeting"]
    assert "Anna Berg" in lines[1]
    assert "25 Nov" in lines[1]
    assert "Ben Ochoa" in lines[2]


def test_people_as_json_have_the_columns_of_the_export(keepwarm: Keepwarm) -> None:
    anna, ben = keepwarm("people", "--json").json
    assert (anna["person"], ben["person"]) == (ANNA.address, BEN.address)
    assert anna["depth"] > ben["depth"]
    exported = keepwarm("export", "relationships", "--format", "jsonl").out.splitlines()
    assert sorted(map(len, (anna, ben))) == [16, 16]
    assert len(exported) == 2


def test_people_can_be_narrowed_to_a_stage_or_to_those_going_cold(keepwarm: Keepwarm) -> None:
    stage = keepwarm("people", "--json").json[0]["stage"]
    assert [one["name"] for one in keepwarm("people", "--json", "--stage", stage).json] == ["Anna Berg"]
    assert keepwarm("people", "--json", "--cold").json == []


def test_who_has_gone_quiet_is_listed_as_cold(tmp_path: Path) -> None:
    keepwarm = home(tmp_path, silent_friend())
    assert [one["name"] for one in keepwarm("people", "--json", "--cold").json] == ["Carla Voss"]


def test_the_clock_can_be_set_before_or_after_the_command(keepwarm: Keepwarm) -> None:
    then = "2026-01-01T00:00:00Z"
    assert keepwarm("people", "--json", now=then).json == keepwarm("people", "--json", "--now", then, now=None).json
    assert keepwarm("people", "--json", now=then).json[0]["as_of"] == then


def test_show_draws_the_months_the_last_touches_and_what_is_booked(keepwarm: Keepwarm) -> None:
    said = keepwarm("show", "anna").out
    assert "Anna Berg" in said
    assert "Lunch" in said
    assert "you met" in said
    assert any(bar in said for bar in "▁▂▃▄▅▆▇█")
    story = keepwarm("show", "anna", "--json").json
    assert [touch["subject"] for touch in story["booked"]] == ["Lunch"]
    assert len(story["touches"]) == 54 + 1 + 2
    assert story["whose"] == [{"address": ANNA.address, "why": "their own address"}]


def test_explain_names_rules_points_reasons_and_evidence(keepwarm: Keepwarm) -> None:
    found = keepwarm("explain", "Anna Berg", "--json").json
    assert round(sum(reason["points"] for reason in found["depth_reasons"]), 1) == round(found["depth"], 1)
    met = next(reason for reason in found["depth_reasons"] if reason["rule"] == "met")
    assert {touch["channel"] for touch in met["evidence"]} == {"meeting"}
    said = keepwarm("explain", ANNA.address).out
    for reason in found["depth_reasons"]:
        assert reason["reason"] in said
        assert all(touch["id"] in said for touch in reason["evidence"])


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("anne berg", "Did you mean Anna Berg"),
        ("example", "matches more than one person"),
        ("zacharias", "No person matches 'zacharias'. Run `keepwarm people`"),
    ],
)
def test_an_unclear_person_is_a_clear_error(keepwarm: Keepwarm, words: str, sentence: str) -> None:
    for command in ("show", "explain"):
        found = keepwarm(command, words)
        assert (found.code, found.out) == (1, "")
        assert sentence in found.err
        assert len(found.err.splitlines()) == 1


def test_before_the_first_touch_somebody_is_unknown_not_an_error(keepwarm: Keepwarm) -> None:
    found = keepwarm("explain", "anna", "--json", now="2020-01-01T00:00:00Z").json
    assert (found["depth"], found["warmth"], found["depth_reasons"]) == (0, "unknown", [])


@pytest.mark.parametrize("command", ["people", "status"])
def test_on_a_narrow_screen_no_name_and_no_word_is_cut(keepwarm: Keepwarm, command: str) -> None:
    """A real terminal of 40 columns, as on a phone."""
    ours, theirs = os.openpty()
    wanted = {**os.environ, **keepwarm.environment, "COLUMNS": "40", "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "worker", "--now", NOW, command]
    subprocess.run(line, stdout=theirs, check=True, env={key: text for key, text in wanted.items() if text is not None})
    os.close(theirs)
    said = b""
    with suppress(OSError):  # Linux says so when the other end is closed and all is read
        while part := os.read(ours, 65536):
            said += part
    os.close(ours)
    text = re.sub(r"\x1b\[[0-9;]*m", "", said.decode())
    lines = text.splitlines()
    assert "…" not in text
    assert len(lines) >= 3
    assert max(map(len, lines)) <= 40

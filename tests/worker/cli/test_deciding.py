"""What the person decides holds: it survives new mail, can be taken back, and what is forgotten stays forgotten."""

import sqlite3
from pathlib import Path

import pytest

from models.packed import unpacked
from models.records import Mailbox
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import ANNA, ANNA_AT_HOME, BEN, ME, friendship, live, mail, open_home

MINE = Mailbox(ME, "Me")


def names(keepwarm: Keepwarm) -> list[str]:
    return [one["person"] for one in keepwarm("people", "--json").json]


def decisions(keepwarm: Keepwarm) -> list[tuple[str, str, str]]:
    with sqlite3.connect(keepwarm.home / "keepwarm.db") as database:
        return list(database.execute("SELECT kind, subject, object FROM decisions ORDER BY 1, 2, 3"))


@pytest.fixture
def twice(tmp_path: Path) -> Keepwarm:
    """Anna writes from two addresses that nothing links."""
    runtime = open_home(tmp_path / "home")
    live(runtime, [*friendship(), mail(50, ANNA_AT_HOME, MINE, days=12), mail(51, MINE, ANNA_AT_HOME, days=11)])
    runtime.engine.dispose()
    return Keepwarm(tmp_path / "home")


@pytest.mark.parametrize("kind", ["snooze", "mute", "rest"])
def test_what_quietens_the_digest_is_remembered_and_taken_back(keepwarm: Keepwarm, kind: str) -> None:
    assert keepwarm(kind, "anna").code == 0
    assert decisions(keepwarm) == [(kind, ANNA.address, "")]
    assert keepwarm(kind, "anna", "--off").code == 0
    assert decisions(keepwarm) == []
    assert "wasn't" in keepwarm(kind, "anna", "--off").err


def test_a_resting_relationship_is_not_judged_cold(keepwarm: Keepwarm) -> None:
    keepwarm("rest", "anna")
    assert keepwarm("people", "--json").json[0]["warmth"] == "resting"
    keepwarm("rest", "anna", "--off")
    assert keepwarm("people", "--json").json[0]["warmth"] == "warm"


def test_a_snooze_ends_on_the_day_that_was_said(keepwarm: Keepwarm) -> None:
    assert "until 24 December." in keepwarm("snooze", "anna", "--until", "2026-12-24").err
    assert "until 30 November." in keepwarm("snooze", "anna", "--for", "10d").err
    assert keepwarm("snooze", "anna", "--until", "2020-01-01").code == 2
    assert keepwarm("snooze", "anna", "--for", "soon").code == 2


def test_a_merge_makes_one_person_and_a_split_undoes_it(twice: Keepwarm) -> None:
    before = twice("export", "relationships", "--format", "jsonl").out
    assert sorted(names(twice)) == sorted([ANNA.address, BEN.address, ANNA_AT_HOME.address])
    assert twice("merge", ANNA.address, ANNA_AT_HOME.address).code == 0
    assert sorted(names(twice)) == sorted([min(ANNA.address, ANNA_AT_HOME.address), BEN.address])
    merged = twice("show", "anna", "--json").json
    assert merged["addresses"] == sorted([ANNA.address, ANNA_AT_HOME.address])
    assert {row["why"] for row in merged["whose"]} >= {"you said so"}
    assert twice("merge", ANNA.address, ANNA_AT_HOME.address).code == 1
    assert twice("split", "anna", ANNA_AT_HOME.address).code == 0
    assert twice("export", "relationships", "--format", "jsonl").out == before


def test_only_an_address_somebody_has_can_be_split_off(twice: Keepwarm) -> None:
    assert "doesn't belong" in twice("split", "ben", ANNA.address).err
    assert "nothing to split" in twice("split", "ben", BEN.address).err


def test_a_block_takes_away_what_was_and_lifting_it_brings_it_back(keepwarm: Keepwarm) -> None:
    before = keepwarm("export", "interactions").out
    assert keepwarm("block", "@south.example").code == 0
    assert names(keepwarm) == [ANNA.address]
    assert BEN.address not in keepwarm("export", "interactions").out
    assert keepwarm("block", "@south.example", "--off").code == 0
    assert keepwarm("export", "interactions").out == before
    assert keepwarm("block", "south").code == 1
    assert "your own" in keepwarm("block", ME).err


def test_a_forgotten_person_leaves_no_trace_and_does_not_come_back(keepwarm: Keepwarm, tmp_path: Path) -> None:
    export = tmp_path / "before.jsonl"
    keepwarm("export", "interactions", "--format", "jsonl", "-o", export)
    assert keepwarm("forget", "ben", say="n\n").code == 1
    assert BEN.address in names(keepwarm)
    assert keepwarm("forget", "ben", "--yes").code == 0
    assert names(keepwarm) == [ANNA.address]
    with sqlite3.connect(keepwarm.home / "keepwarm.db") as database:
        dump = "\n".join(database.iterdump())
        records = database.execute("SELECT record FROM sightings WHERE record IS NOT NULL")
        stored = b"".join(unpacked(row[0]) for row in records)
    assert b"north.example" in stored
    assert "south.example" not in dump
    assert "Ochoa" not in dump
    assert b"south.example" not in stored
    assert b"Ochoa" not in stored
    assert keepwarm("connect", "archive", export).code == 0
    assert BEN.address not in keepwarm("export", "interactions").out
    assert BEN.address not in names(keepwarm)


def test_what_was_shared_with_others_stays_without_the_forgotten(keepwarm: Keepwarm) -> None:
    keepwarm("forget", "ben", "--yes")
    left = [line for line in keepwarm("export", "interactions").out.splitlines() if "Coffee" in line]
    assert len(left) == 2


def test_ask_gives_a_verdict_and_what_comes_first(keepwarm: Keepwarm) -> None:
    assert keepwarm("ask", "anna", "--json").json["verdict"] == "well rooted"
    ben = keepwarm("ask", "ben", "--json").json
    assert ben["verdict"] == "too early"
    said = keepwarm("ask", "ben").out
    assert "too early" in said
    assert all(sentence in said for sentence in ben["first"])

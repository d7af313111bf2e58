"""The main paths, as a person walks them: real processes over real files."""

import re
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from tests.sandbox.mailbox import write
from tests.sandbox.world import World
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import NOW


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write(World(mails=300, seed=5, until=NOW), tmp_path_factory.mktemp("world"))


def test_from_files_to_people_and_back_again(empty: Keepwarm, files: list[Path], tmp_path: Path) -> None:
    connected = empty.process("connect", "archive", *files)
    assert (connected.code, connected.out) == (0, "")
    assert re.search(r"^\d+ interactions with \d+ people$", connected.err, re.MULTILINE)
    again = empty.process("sync", "--json")
    assert again.code == 0
    assert all(stream["finished"] for stream in again.json)
    assert len(empty.process("people", "--json").json) > 5
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert empty.process("export", "interactions", "--format", "jsonl", "-o", first).code == 0
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    elsewhere = Keepwarm(tmp_path / "elsewhere")
    assert elsewhere.process("connect", "archive", first).code == 0
    assert elsewhere.process("export", "interactions", "--format", "jsonl", "-o", second).code == 0
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes().splitlines()) > 100
    assert empty.process("export", "interactions", "--format", "jsonl").out.encode() == first.read_bytes()


def test_the_version_is_said_at_once(empty: Keepwarm) -> None:
    began = time.perf_counter()
    assert empty.process("--version", now=None).out.startswith("keepwarm ")
    assert time.perf_counter() - began < 1
    assert not empty.home.exists()


def test_nothing_connected_yet_is_said_with_the_next_step(empty: Keepwarm) -> None:
    found = empty.process("people")
    assert (found.code, found.out) == (1, "")
    assert found.err == (
        "keepwarm: Nothing is connected yet. Start with `keepwarm connect ADDRESS`, or with files: `keepwarm connect archive PATH`.\n"
    )


def test_a_database_of_a_newer_version_is_refused_without_touching_it(keepwarm: Keepwarm) -> None:
    database = sqlite3.connect(keepwarm.home / "keepwarm.db")
    database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.commit()
    found = keepwarm.process("people")
    assert found.code == 1
    assert "newer version of keepwarm" in found.err
    assert "Traceback" not in found.err
    assert "Traceback" in keepwarm.process("people", "--debug").err


def test_a_reader_that_closes_the_pipe_is_no_error(keepwarm: Keepwarm) -> None:
    process = keepwarm.started("export", "interactions")
    assert process.stdout
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("people", "--stage", "wide"), 2),
        (("people", "--now", "yesterday"), 2),
        (("export", "interactions", "--since", "32-13-2020"), 2),
        (("export", "everything"), 2),
        (("conect",), 2),
        (("export", "interactions", "-o", "/nowhere/at/all.csv"), 1),
        (("people", "--user", "nobody@nowhere.example"), 1),
        (("connect", "archive", "/nowhere.mbox"), 1),
    ],
)
def test_wrong_usage_and_failure_have_their_exit_codes(keepwarm: Keepwarm, words: tuple[str, ...], code: int) -> None:
    found = keepwarm(*words)
    assert (found.code, found.out) == (code, "")
    assert found.err
    assert "Traceback" not in found.err


def test_a_bad_setting_is_named(keepwarm: Keepwarm) -> None:
    found = keepwarm("people", KEEPWARM_BACKFILL_DAYS="many")
    assert found.code == 1
    assert "KEEPWARM_BACKFILL_DAYS" in found.err

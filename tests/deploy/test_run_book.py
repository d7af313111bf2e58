"""What the run book says works as it stands there: its commands are taken out of it and given."""

import os
import re
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.places import database
from tests.sandbox.mailbox import write
from tests.sandbox.world import World
from tests.worker.cli.keepwarm import Keepwarm, tree
from tests.worker.homes import NOW
from tests.worker.queue.processes import EMBEDDED, Installation, until
from worker.accounts.connect_archive import connect_archive
from worker.service.one_shot import sync

BOOK = (Path(__file__).parents[2] / "deploy" / "README.md").read_text()
#: Code that stands in the text, line breaks within it taken out.
SAID = [" ".join(code.split()) for code in re.findall(r"`([^`]+)`", BOOK)]


def command(begins: str) -> str:
    """The one command of the run book that begins so."""
    (found,) = {code for code in SAID if code.startswith(begins)}
    return found


def give(line: str, folder: Path, url: str) -> None:
    """Run it as an operator would, in the folder of the installation."""
    program = line.split(maxsplit=1)[0]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    named = {**os.environ, "URL": url.replace("+psycopg", "")}
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=named, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def exports(home: Path, url: str) -> dict[str, str]:
    keepwarm = Keepwarm(home)
    return {
        f"{what}.{form}": keepwarm("export", what, "--format", form, KEEPWARM_DATABASE_URL=url).out
        for what in ("interactions", "people", "relationships")
        for form in ("csv", "jsonl")
    }


def test_every_command_it_names_exists() -> None:
    known = tree()
    for code in SAID:
        for line in re.findall(r"(?:^|/bin/|scheduler |-- )keepwarm ((?:--[a-z]+ )*[a-z][a-z -]*)", code):
            words = [word for word in line.split() if not word.startswith("-")]
            name = next((" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known), None)
            assert name is not None or any(one.startswith(f"{words[0]} ") for one in known), code
            if name is not None:
                options = {option for param in known[name].params for option in param.opts}
                assert {word for word in line.split() if word.startswith("--")} <= options, code


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_made_while_it_runs_brings_everything_back(kind: str, tmp_path: Path) -> None:
    world, home = World(7, until=NOW, mails=400), tmp_path / "home"
    home.mkdir()
    with ExitStack() as open_:
        old, new = (open_.enter_context(database()) for _ in range(2)) if kind == "postgresql" else ("", "")
        with Installation(home, old) as installation:
            runtime = installation.open()
            user = connect_archive(runtime, write(world, home / "box"), me=[world.owner.address]).user_id
            sync(runtime, user)
            before = exports(home, old)
            installation.start(*EMBEDDED)  # it ticks, and writes, while the backup is made
            until(lambda: '"event": "tick"' in (tmp_path / "home.log").read_text())
            give(command("pg_dump " if old else "sqlite3 "), home, old)
            installation.keepwarm("disconnect", world.owner.address, "--erase", "--yes")
            assert exports(home, old)["interactions.csv"].count("\n") == 1
            runtime.engine.dispose()
        give(command("pg_restore " if old else "rm -f keepwarm.db-wal"), home, new)
        with Installation(home, new) as installation:
            assert exports(home, new) == before
            runtime = installation.open()
            sync(runtime, user)
            assert exports(home, new) == before
            runtime.engine.dispose()

"""Running the program in tests: in this process for breadth, as a real one where that matters."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import typer
import typer.testing
from typer.testing import CliRunner

from worker.cli.app import app

ROOT = Path(__file__).parents[3]
NOW = "2026-11-20T09:00:00Z"

# Typer's runner puts all commands together anew for each call, which takes longer than most of them.
typer.testing._get_command = cache(typer.main.get_command)  # type: ignore[attr-defined]  # it has no other seam


@dataclass(frozen=True)
class Answer:
    """What a call said, and how it ended."""

    out: str
    err: str
    code: int

    @property
    def json(self) -> Any:
        """What it said to a script."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Keepwarm:
    """The program with a home of its own, and a clock that is the same in every call."""

    home: Path

    @property
    def environment(self) -> dict[str, str | None]:
        """The settings: only ours."""
        mine = {key: None for key in os.environ if key.startswith("KEEPWARM_")}
        return {**mine, "KEEPWARM_HOME": str(self.home), "COLUMNS": "120", "NO_COLOR": "1", "TERM": "dumb"}

    def __call__(self, *words: str | Path, now: str | None = NOW, say: str | None = None, **settings: str) -> Answer:
        """Call it in this process; `say` is typed in."""
        clock = ["--now", now] if now else []
        found = CliRunner().invoke(
            app, [*clock, *map(str, words)], env={**self.environment, **settings}, input=say, prog_name="keepwarm"
        )
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return Answer(found.stdout, found.stderr, found.exit_code)

    def process(self, *words: str | Path, now: str | None = NOW, **settings: str) -> Answer:
        """Call it as a process of its own, to its end."""
        with self.started(*words, now=now, **settings) as process:
            out, err = process.communicate(timeout=120)
        return Answer(out.decode(), err.decode(), process.returncode)

    def started(self, *words: str | Path, now: str | None = NOW, **settings: str) -> subprocess.Popen[bytes]:
        """Start it as a process of its own."""
        clock = ["--now", now] if now else []
        wanted = {**os.environ, **self.environment, **settings, "PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-m", "worker", *clock, *map(str, words)],
            env={key: value for key, value in wanted.items() if value is not None},
            cwd=self.home.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )


def tree() -> dict[str, typer.core.TyperCommand]:
    """Every command by its words: "rules show"."""
    found: dict[str, typer.core.TyperCommand] = {}

    def walk(command: Any, words: tuple[str, ...]) -> None:
        if isinstance(command, typer.core.TyperGroup):
            for name in command.list_commands(context):
                walk(command.get_command(context, name), (*words, name))
        else:
            found[" ".join(words)] = command  # `connect ADDRESS` stands for `connect` and an address

    whole = typer.main.get_command(app)
    context = whole.make_context("keepwarm", [], resilient_parsing=True)
    walk(whole, ())
    return found

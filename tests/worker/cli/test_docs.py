"""README and program say the same, both ways: commands, their options, and the settings."""

import re
from typing import Any

import pytest

from tests.worker.cli.keepwarm import ROOT, Keepwarm, tree
from worker.app.settings import Settings
from worker.cli.reports.exporting import WHAT
from worker.cli.terminal.shape import SHARED

README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `keepwarm ([^`]+)` \| (.+) \|$", README, re.MULTILINE)
TREE = tree()


def already_named() -> dict[str, Any]:
    """Every command a reader should find; `export` counts once for each thing it takes out."""
    found = dict(TREE)
    export = found.pop("export")
    found["connect"] = found.pop("connect ADDRESS")
    return found | {f"export {what}": export for what in WHAT}


def plain(row: str) -> str:
    """The words of a command, without what stands for an argument."""
    return " ".join(word for word in row.split() if word == word.lower() and not word.startswith(("-", "[", "@")))


def test_every_command_is_in_the_readme_and_every_one_there_exists() -> None:
    assert sorted(plain(row) for row, _ in ROWS) == sorted(already_named())


@pytest.mark.parametrize(("row", "meaning"), ROWS)
def test_options_the_readme_names_exist(row: str, meaning: str) -> None:
    known = {option for param in already_named()[plain(row)].params for option in (*param.opts, *param.secondary_opts)}
    assert set(re.findall(r"--[a-z-]+", f"{row} {meaning}")) <= known | {"--failed"}


@pytest.mark.parametrize("words", sorted(TREE))
def test_every_command_has_help_for_itself_and_all_it_takes(words: str, empty: Keepwarm) -> None:
    found = empty(*words.split(), "--help", now=None)
    assert found.code == 0
    assert TREE[words].help
    options = {param.name: param for param in TREE[words].params}
    assert SHARED.keys() <= options.keys()
    for name, param in options.items():
        assert getattr(param, "help", None), f"{words}: {name} has no help"


def test_commands_the_readme_shows_exist() -> None:
    shown = re.findall(r"^\$ (?:\S*/)?keepwarm ([^\n#]+)", README, re.MULTILINE)
    known = {tuple(words.split()) for words in TREE} | {tuple(words.split())[:1] for words in TREE}
    for line in shown:
        first = line.split()[0]
        for word in first.split("|"):
            assert (word,) in known, line


def test_settings_are_in_the_readme_both_ways() -> None:
    table = set(re.findall(r"`(KEEPWARM_[A-Z_]+)`", README))
    assert table == {f"KEEPWARM_{name.upper()}" for name in Settings.model_fields}

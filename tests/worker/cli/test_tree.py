"""The table that says where each command is written, and that only the module of the command called is loaded."""

from importlib import import_module
from pathlib import Path

import pytest
import typer

from tests.worker.cli.test_start import loaded
from worker.cli.app import MODULES


@pytest.mark.parametrize("module", MODULES)
def test_each_module_adds_the_commands_the_table_names(module: str) -> None:
    some = typer.Typer()
    import_module(f"worker.cli.{module}").add(some)
    assert set(typer.main.get_group(some).commands) == set(MODULES[module])


def test_every_module_that_adds_commands_is_in_the_table() -> None:
    folder = Path(__file__).parents[3] / "worker" / "cli"
    adding = {
        ".".join(file.relative_to(folder).with_suffix("").parts)
        for file in folder.rglob("*.py")
        if "\ndef add(app: typer.Typer)" in file.read_text(encoding="utf-8")
    }
    assert adding == set(MODULES)


def test_a_command_loads_no_other(tmp_path: Path) -> None:
    modules = {f"worker.cli.{module}" for module in MODULES}
    assert loaded(tmp_path, "users", "list") & modules == {"worker.cli.admin.house"}

"""The house stays as it was drawn: import directions, whose packages these are, and where time and the world come in."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import connectors
import models
import worker
from tests.folder_map import GUIDE, folder_map, written_map

ROOT = Path(__file__).parents[1]
OURS = ("connectors", "models", "worker")
#: What reads the clock, the environment, the network, or another process.
OUTSIDE = frozenset(
    {"os", "time", "socket", "subprocess", "sqlite3", "urllib.request", "http", "ssl", "httpx", "requests", "random"}
)
PURE = (
    "models", "worker/addresses", "worker/ingest/classify", "worker/ingest/copies", "worker/ingest/redaction", "worker/identity/clusters.py",
    "worker/judgement/rules", "worker/judgement/facts", "worker/judgement/cooling",
    "worker/judgement/assess.py", "worker/judgement/ask.py", "worker/digest/choose", "worker/digest/render", "worker/wording",
    "connectors/addresses.py", "connectors/dates.py", "connectors/headers.py", "connectors/text.py",
)  # fmt: skip


def sources(*places: str) -> list[Path]:
    found = [
        path for place in places for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    ]
    assert all(path.exists() for path in found)
    return sorted(found)


def test_imports_keep_their_directions() -> None:
    # in a process of its own: it silences every logger there is
    line = [str(Path(sys.executable).parent / "lint-imports"), "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_three_packages_are_ours() -> None:
    # an application's plain names: another distribution that ships `models` would overwrite ours in silence
    known = packages_distributions()
    for name in OURS:
        assert set(known.get(name, ())) <= {"keepwarm"}, name
    assert len({Path(str(package.__file__)).parents[1] for package in (connectors, models, worker)}) == 1


@pytest.mark.parametrize("path", sources(*PURE), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_knows_nothing_of_the_world(path: Path) -> None:
    tree = ast.parse(path.read_text())
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in imported if name in OUTSIDE or name.partition(".")[0] in OUTSIDE}
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "utcnow", "today", "environ", "getenv"}


def test_time_is_an_argument() -> None:
    # connectors may look at the clock while they wait for a provider; how long something took may be measured anywhere
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
    read = {
        str(path.relative_to(ROOT))
        for path in sources("models", "worker")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in clocks
    }
    assert read <= {"worker/storage/clock.py", "worker/cli/admin/checks/examine.py"}, (
        "the one clock, and doctor, who questions it"
    )


def test_every_module_says_its_place() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources(*OURS)
        if not (ast.get_docstring(ast.parse(path.read_text())) or "").partition("\n")[0].endswith((".", ":", "?"))
    ]
    assert not silent


def test_the_map_in_the_guide_is_the_tree() -> None:
    assert written_map() == folder_map(), "run `make map`"


def test_the_path_of_one_email_names_a_dozen_files_that_exist() -> None:
    guide = GUIDE.read_text()
    stations = re.findall(
        r"^\d+\. .+$", guide[guide.index("## The path of one email") : guide.index("## Sentences")], re.MULTILINE
    )
    assert 0 < len(stations) <= 12
    for station in stations:
        named = re.findall(r"`([a-z_/]+\.py)`", station)
        assert named, station
        assert [name for name in named if not (ROOT / name).is_file()] == []

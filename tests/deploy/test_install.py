"""The lines of the README that install keepwarm, on a wheel that was built from this folder, and used elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write_mbox
from tests.sandbox.people import OWNER
from tests.services import leave_out, missing

TOP = Path(__file__).parents[2]
README = (TOP / "README.md").read_text(encoding="utf-8")


def run(*words: str | Path, at: Path, **settings: str | Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEEPWARM_")}
    environment |= {name: str(value) for name, value in settings.items()}
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=at, env=environment)
    assert done.returncode == 0, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    leave_out()  # the registry's certificates end
    place = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--quiet", "--wheel", "--outdir", place, TOP, at=place)
    (found,) = place.glob("*.whl")
    return found


def tool(name: str) -> str:
    """Where a program lies: beside this Python, or on the path."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        missing(f"{name} is not installed (it is among the dev extras)")
    return found


def places(place: Path) -> dict[str, str | Path]:
    """Settings that keep what these tools install in a folder; uv is told what pip knows of wheels at hand."""
    at_hand = {"UV_FIND_LINKS": os.environ["PIP_FIND_LINKS"]} if "PIP_FIND_LINKS" in os.environ else {}
    return {
        "HOME": place, "UV_TOOL_DIR": place / "tools", "UV_TOOL_BIN_DIR": place / "bin", "PIPX_HOME": place / "tools",
        "UV_CACHE_DIR": place / "cache", "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never",
        "PIPX_DEFAULT_PYTHON": sys.executable, "PIPX_BIN_DIR": place / "bin", **at_hand,
    }  # fmt: skip


@pytest.mark.timeout(900)
@pytest.mark.parametrize("line", ["uv tool install .", "pipx install ."])
def test_the_readmes_line_installs_a_command_that_works(line: str, wheel: Path, tmp_path: Path) -> None:
    assert line in README
    program, *words = line.split()
    run(tool(program), *words[:-1], wheel, at=tmp_path, **places(tmp_path))
    keepwarm, home = tmp_path / "bin" / "keepwarm", tmp_path / "home"
    assert run(keepwarm, "--version", at=tmp_path).startswith("keepwarm ")
    write_mbox(bulk(1, 60), tmp_path / "all.mbox")
    reads = ("connect", "archive", tmp_path / "all.mbox", "--me", OWNER.address)
    run(keepwarm, *reads, at=tmp_path, KEEPWARM_HOME=home)
    rows = run(keepwarm, "export", "interactions", at=tmp_path, KEEPWARM_HOME=home)
    assert len(rows.splitlines()) > 10

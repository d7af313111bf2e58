"""How cost grows with a mailbox: start, import, size, and the questions asked of it, each against a floor of its own.

    python -m tests.bench.growth [--million] [--runs N] [COUNT...]

Every figure is CPU the system charged a process of its own, the least of some runs, beside a floor taken in the same
run. The mailboxes end yesterday: emails of the future would wait for their time, and their people with them. What is
measured is kept in measured.json, from which `tests.bench.table` writes the README.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.bench.export import WATCH
from tests.bench.importing import FLOOR, OURS, Cost, cost
from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write_mbox
from tests.sandbox.people import OWNER

MEASURED = Path(__file__).parent / "measured.json"
SIZES, MILLION = (12_500, 50_000, 200_000), 1_000_000
#: Emails for each person, and years they are spread over: 200,000 emails of 20,000 people over eight years.
EACH, YEARS = 10, 8
#: What any command has to load: its libraries, and nothing of ours.
LIBRARIES = "import gc; gc.disable(); import sqlalchemy, typer, pydantic, rich.console"


def command(home: Path, *words: str) -> Cost:
    """Run a program on a home with its output in a file."""
    with tempfile.NamedTemporaryFile() as out:
        run = subprocess.run(
            [sys.executable, "-c", WATCH, out.name, *words],
            check=True, capture_output=True, text=True, env=os.environ | {"KEEPWARM_HOME": str(home)},
        )  # fmt: skip
    return Cost(*json.loads(run.stdout))


def write(count: int, path: Path) -> None:
    """Write a mailbox that ends yesterday."""
    until = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    write_mbox(bulk(1, count, people=count // EACH, years=YEARS, until=until), path)


def importing(box: Path, count: int, place: Path, runs: int) -> dict[str, Any]:
    """Import a mailbox into `place`, and the same by the plain script."""
    floors, ours = [], []
    for number in range(runs):
        floors.append(cost(FLOOR, str(box), str(place / f"floor{number}.db")))
        ours.append(cost(OURS, str(box), str(place / f"home{number}"), OWNER.address))
    size = sum(file.stat().st_size for file in (place / "home0").glob("keepwarm.db*"))
    return {
        "floor_us": round(1e6 * min(floors).cpu / count, 1),
        "keepwarm_us": round(1e6 * min(ours).cpu / count, 1),
        "peak_mb": round(min(one.peak for one in ours)),
        "bytes": round(size / count),
    }


def asking(home: Path, runs: int) -> dict[str, float]:
    """Ask for a page of people, one person and an explanation; the start of the program is left out."""
    keepwarm = (sys.executable, "-m", "worker")
    least = min(command(home, *keepwarm, "users", "list").cpu for _ in range(runs))
    person = json.loads(
        subprocess.run(
            [*keepwarm, "people", "--json", "--by-depth"],
            check=True, capture_output=True, text=True, env=os.environ | {"KEEPWARM_HOME": str(home)},
        ).stdout
    )[0]["person"]  # fmt: skip
    asked = {"cold": ("people", "--cold"), "show": ("show", person), "explain": ("explain", person)}
    return {
        name: round(max(0.0, min(command(home, *keepwarm, *words).cpu for _ in range(runs)) - least), 2)
        for name, words in asked.items()
    }


def starting(runs: int) -> dict[str, float]:
    """Start a command on a small home, against what its libraries alone take."""
    with tempfile.TemporaryDirectory() as folder:
        home, box = Path(folder) / "home", Path(folder) / "few.mbox"
        write_mbox(bulk(1, 40, people=4, until=datetime.now(UTC) - timedelta(days=1)), box)
        cost(OURS, str(box), str(home), OWNER.address)
        timed = {
            "python": (sys.executable, "-c", "pass"),
            "libraries": (sys.executable, "-c", LIBRARIES),
            "people": (sys.executable, "-m", "worker", "people"),
            "sync": (sys.executable, "-m", "worker", "sync"),
        }
        return {
            name: round(min(command(home, *words).cpu for _ in range(3 * runs)), 3) for name, words in timed.items()
        }


def exponent(first: dict[str, Any], last: dict[str, Any]) -> float:
    """Say with which power of the size the whole cost grows: 1 is linear."""
    grown = last["count"] * last["keepwarm_us"] / (first["count"] * first["keepwarm_us"])
    return math.log(grown) / math.log(last["count"] / first["count"])


def main(counts: list[int], runs: int) -> None:
    """Measure, print as it goes, and keep what was measured."""
    start = starting(runs)
    print("start", start)
    sizes: list[dict[str, Any]] = []
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            write(count, place / "all.mbox")
            found = {"count": count, "people": count // EACH, **importing(place / "all.mbox", count, place, runs)}
            sizes.append(found | asking(place / "home0", runs))
        print(sizes[-1], f"exponent {exponent(sizes[-2], sizes[-1]):.2f}" if len(sizes) > 1 else "")
    MEASURED.write_text(json.dumps({"start": start, "sizes": sizes}, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", nargs="*", type=int)
    parser.add_argument("--million", action="store_true", help="a million emails too: half an hour")
    parser.add_argument("--runs", type=int, default=2)
    given = parser.parse_args()
    main(given.counts or [*SIZES, *([MILLION] if given.million else [])], given.runs)

"""Exporting a million rows in every format: CPU and memory, beside the sqlite3 shell and DuckDB.

    python -m tests.bench.exports [ROWS [FOLDER [FORMAT...]]]

Each export is a process of its own that writes a file; so is what it stands beside: one query of the sqlite3 shell, and
for Parquet that query's CSV read and written by DuckDB. `a tenth` is the peak of exporting the newest tenth: memory that
does not grow with the rows. Calendars hold meetings only, so each interaction is made one, in a copy. A folder that is
named keeps the database, and is used again.
"""

import shutil
import sqlite3
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from models.digests import AS_DIGITS
from models.enums import Channel, Direction, Role
from models.words import as_words
from tests.bench.export import FLOOR, MOMENT, Cost, cost
from tests.bench.large import fill_large
from tests.sandbox.bulk import END
from worker.app.runtime import open_runtime
from worker.app.settings import Settings

NOW = END + timedelta(hours=1)
#: The touches, as a person would ask the shell for them.
TOUCHES = f"""
SELECT {MOMENT.format("i.occurred_at")}, a.person, coalesce(n.name, a.name, ''), a.address, {as_words("i.direction", Direction)}, {as_words("i.channel", Channel)}, {as_words("p.role", Role)},
    i.subject, (i.ends_at - i.occurred_at) / 60, i.group_size, i.account, {AS_DIGITS.format("i.id")}
FROM interactions i JOIN participations p ON p.interaction = i.number
JOIN addresses a ON a.user_id = p.user_id AND a.number = p.address
LEFT JOIN people n ON n.user_id = a.user_id AND n.key = a.person
WHERE i.user_id = 1 AND i.counts_at <= 4102444800 ORDER BY i.occurred_at, i.id, a.address
"""
DUCKDB = """
import sys, duckdb
duckdb.sql(f"COPY (SELECT * FROM read_csv('{sys.argv[1]}', all_varchar=true)) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd)")
"""


class Kind(NamedTuple):
    """One export: its name, the words that ask for it, and what it stands beside (None: nothing does that)."""

    name: str
    words: tuple[str, ...]
    beside: str | None = None


KINDS = (
    Kind("csv", ("interactions",), "csv"),
    Kind("jsonl", ("interactions", "--format", "jsonl"), "csv"),
    Kind("excel", ("interactions", "--excel"), "csv"),
    Kind("touches", ("touches",), "touches"),
    Kind("sqlite", ("interactions", "--format", "sqlite"), "table"),
    Kind("parquet", ("interactions", "--format", "parquet"), "duckdb"),
    Kind("xlsx", ("interactions", "--format", "xlsx")),
    Kind("ics", ("interactions", "--format", "ics")),
    Kind("vcf", ("relationships", "--format", "vcf")),
)


def beside(name: str, place: Path, home: Path) -> Cost:
    """What another program takes for the same rows."""
    shell, database = ("sqlite3", "-csv", "-header"), str(home / "keepwarm.db")
    match name:
        case "touches":
            return cost(place / "floor", *shell, database, TOUCHES, home=home)
        case "table":
            (place / "floor.db").unlink(missing_ok=True)
            made = f"ATTACH '{place / 'floor.db'}' AS out; CREATE TABLE out.t AS {FLOOR}"
            return cost(place / "none", "sqlite3", database, made, home=home, runs=1)
        case "duckdb":
            first = cost(place / "floor.csv", *shell, database, FLOOR, home=home)
            words = (sys.executable, "-c", DUCKDB, str(place / "floor.csv"), str(place / "floor.parquet"))
            then = cost(place / "none", *words, home=home)
            return Cost(first.cpu + then.cpu, max(first.peak, then.peak))
        case _:
            return cost(place / "floor", *shell, database, FLOOR, home=home)


def meetings(home: Path, place: Path) -> Path:
    """Copy a home, with every interaction a meeting of half an hour."""
    other = place / "meetings"
    other.mkdir()
    shutil.copy(home / "keepwarm.db", other)
    with sqlite3.connect(other / "keepwarm.db") as database:
        database.execute("UPDATE interactions SET channel = 'meeting', ends_at = occurred_at + 1800")
    return other


def main(rows: int, kept: str, names: list[str]) -> None:
    """Print a line for each format."""
    with tempfile.TemporaryDirectory() as folder:
        place, home = Path(folder), Path(kept or folder) / ("" if kept else "home")
        if not (home / "keepwarm.db").exists():
            runtime = open_runtime(Settings(home=home, _env_file=None), lambda: NOW)  # type: ignore[call-arg]  # pydantic-settings' own
            fill_large(runtime, rows, 10_000)
            runtime.engine.dispose()
        newest = sqlite3.connect(home / "keepwarm.db").execute(
            "SELECT count(*), date(max(occurred_at) - (max(occurred_at) - min(occurred_at)) / 10, 'unixepoch')"
            " FROM interactions"
        )
        count, since = newest.fetchone()
        print(
            f"{count:,} interactions\n{'':8} {'ours':>8} {'beside':>8} {'ratio':>6} {'peak':>7} {'a tenth':>8} {'bytes':>8}"
        )
        for kind in KINDS:
            if names and kind.name not in names:
                continue
            at = meetings(home, place) if kind.name == "ics" else home
            words = (sys.executable, "-m", "worker", "export", *kind.words, "--now", NOW.isoformat())
            ours = cost(place / "ours", *words, "-o", str(place / "file"), home=at, runs=2 if kind.beside else 1)
            size = (place / "file").stat().st_size >> 20
            tenth = cost(place / "ours", *words, "-o", str(place / "file"), "--since", since, home=at, runs=1)
            floor = beside(kind.beside, place, home) if kind.beside else None
            said = f"{floor.cpu:7.2f}s {ours.cpu / floor.cpu:6.2f}" if floor else f"{'':8} {'':6}"
            print(
                f"{kind.name:8} {ours.cpu:7.2f}s {said} {ours.peak:4.0f} MB {tenth.peak:5.0f} MB {size:5} MB",
                flush=True,
            )


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 1_000_000, given[1] if len(given) > 1 else "", given[2:])

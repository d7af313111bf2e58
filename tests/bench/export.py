"""Exporting the interactions of a large history as CSV: time against the sqlite3 shell on the same columns.

    python -m tests.bench.export [COUNT...]

The floor is one query of the sqlite3 shell in CSV mode with the people of each interaction as JSON. Both run as
processes of their own and write to a file; CPU is what the system charged them. `start` is what the program takes to
export nothing; the second ratio leaves it out.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from models.digests import AS_DIGITS
from models.enums import Channel, Direction, Role
from models.words import as_words
from tests.bench.importing import OURS as IMPORT
from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write_mbox
from tests.sandbox.people import OWNER

MOMENT = "strftime('%Y-%m-%dT%H:%M:%SZ', {0}, 'unixepoch')"
FLOOR = f"""
SELECT {AS_DIGITS.format("i.id")} AS id, i.account, {as_words("i.channel", Channel)} AS channel, {as_words("i.direction", Direction)} AS direction, {MOMENT.format("i.occurred_at")} AS occurred_at,
    {MOMENT.format("i.ends_at")} AS ends_at, i.subject, i.thread, i.message_id, i.ical_uid,
    {MOMENT.format("i.recurrence_at")} AS recurrence_at, i.group_size, {as_words("i.my_role", Role)} AS my_role, i.my_response,
    (SELECT json_group_array(json_object('person', coalesce(a.person, a.address), 'name', a.name,
            'address', a.address, 'role', {as_words("p.role", Role)}, 'response', p.response))
        FROM participations p JOIN addresses a ON a.user_id = p.user_id AND a.number = p.address
        WHERE p.interaction = i.number) AS people
FROM interactions i WHERE i.user_id = 1 AND i.counts_at <= 4102444800 ORDER BY i.occurred_at, i.id;
"""
WATCH = """
import json, resource, subprocess, sys
with open(sys.argv[1], "wb") as out:
    subprocess.run(sys.argv[2:], check=True, stdout=out)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


class Cost(NamedTuple):
    """What a process took: CPU seconds and peak resident megabytes."""

    cpu: float
    peak: float


def cost(out: Path, *words: str, home: Path, runs: int = 2) -> Cost:
    """Run a program with its output in a file, and ask the system what it took; the best of some runs."""
    environment = os.environ | {"KEEPWARM_HOME": str(home)}
    costs = [
        subprocess.run(
            [sys.executable, "-c", WATCH, str(out), *words], check=True, capture_output=True, text=True, env=environment
        )
        for _ in range(runs)
    ]
    return min(Cost(*json.loads(run.stdout)) for run in costs)


def main(counts: list[int] | None = None) -> None:
    """Print a line for each size."""
    print(f"{'mails':>8} {'rows':>8} {'sqlite3':>8} {'start':>8} {'csv':>8} {'ratio':>12} {'jsonl':>8} {'peak':>8}")
    for count in counts or [200_000, 600_000]:
        with tempfile.TemporaryDirectory() as folder:
            place, home = Path(folder), Path(folder) / "home"
            write_mbox(bulk(1, count), place / "all.mbox")
            subprocess.run(
                [sys.executable, "-c", IMPORT, str(place / "all.mbox"), str(home), OWNER.address],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            shell = ("sqlite3", "-csv", "-header", str(home / "keepwarm.db"), FLOOR)
            floor = cost(place / "floor.csv", *shell, home=home)
            export = (sys.executable, "-m", "worker", "export", "interactions", "--now", "2099-12-31T00:00:00Z")
            ours = cost(place / "ours.csv", *export, home=home)
            lines = cost(place / "ours.jsonl", *export, "--format", "jsonl", home=home)
            start = cost(place / "none.csv", *export, "--until", "1980-01-01", home=home)
            rows = sum(1 for _ in (place / "ours.jsonl").open("rb"))
            said = " ".join(f"{part.cpu:6.2f} s" for part in (floor, start, ours))
            ratio = f"{ours.cpu / floor.cpu:5.2f} ({(ours.cpu - start.cpu) / floor.cpu:4.2f})"
            print(f"{count:>8} {rows:>8} {said} {ratio:>12} {lines.cpu:6.2f} s {ours.peak:5.0f} MB")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])

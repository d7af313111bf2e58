"""The README's table of how cost grows, written from what `tests.bench.growth` has measured.

python -m tests.bench.table
"""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.bench.growth import MEASURED, exponent

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"(?<=<!-- growth -->\n).*?(?=<!-- /growth -->)", re.DOTALL)


def table(measured: dict[str, Any]) -> str:
    """Write the table, and a line about the start of a command."""
    sizes, start = measured["sizes"], measured["start"]
    rows = [
        ("emails, of people", *(f"{one['count']:,}, {one['people']:,}" for one in sizes)),
        ("an email by a plain script, from the start of the process to its end", *_each(sizes, "floor_us", "{} us")),
        ("the same by keepwarm, its people assessed", *_each(sizes, "keepwarm_us", "{} us")),
        ("ratio", *(f"**{one['keepwarm_us'] / one['floor_us']:.2f} x**" for one in sizes)),
        (
            "grows with this power of the size before it",
            "",
            *(f"{exponent(*pair):.2f}" for pair in pairwise(sizes)),
        ),
        ("most memory", *_each(sizes, "peak_mb", "{} MB")),
        ("database, for each email", *_each(sizes, "bytes", "{} bytes")),
        ("who is going cold, after the start", *_each(sizes, "cold", "{:.2f} s")),
        ("`show` one person", *_each(sizes, "show", "{:.2f} s")),
        ("`explain` one person", *_each(sizes, "explain", "{:.2f} s")),
    ]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    said = (
        f"Starting `keepwarm people` takes {start['people']:.2f} s and `keepwarm sync` of files {start['sync']:.2f} s, "
        f"of which {start['libraries']:.2f} s go into libraries."
    )
    return "\n".join([*lines, "", said, ""])


def _each(sizes: list[dict[str, Any]], key: str, form: str) -> list[str]:
    return [form.format(one[key]) for one in sizes]


def written() -> str:
    """Read the table as the README has it."""
    found = BLOCK.search(README.read_text(encoding="utf-8"))
    return found[0] if found else ""


def measured() -> dict[str, Any]:
    """Read what was measured last."""
    found: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return found


if __name__ == "__main__":
    README.write_text(BLOCK.sub(lambda _: table(measured()), README.read_text(encoding="utf-8")), encoding="utf-8")

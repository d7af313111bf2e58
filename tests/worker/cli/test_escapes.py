"""Nothing that keepwarm prints moves the cursor of a terminal, sets its title, or hides what is written."""

import json
import re
from pathlib import Path

import pytest

from tests.worker.cli.keepwarm import Keepwarm

EVIL = "\x1b]0;PWNED\x07\x9b31m\u202edlog\x7f\x85"
HIDING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def lived(empty: Keepwarm, tmp_path: Path) -> Keepwarm:
    """A home into which a stranger's export was read, every text of which holds escapes."""
    rows = [
        {
            "id": f"{n}{EVIL}", "account": f"me{EVIL}@x.example", "channel": "email", "direction": direction,
            "occurred_at": f"2026-{10 - n // 3:02}-{1 + n:02}T00:00:00Z", "subject": f"s{EVIL}", "thread": f"t{EVIL}",
            "people": [
                {"person": f"{p}@x.example", "name": f"Anna {EVIL} {p}", "address": f"{p}@x.example", "role": role}
                for p in "pq"
            ],
        }
        for n in range(20)
        for direction, role in [("in", "from") if n % 2 else ("out", "to")]
    ]  # fmt: skip
    file = tmp_path / f"rows{EVIL[:8]}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = empty("connect", "archive", file)
    assert not HIDING.search(said.out + said.err), said.err
    return empty


COMMANDS = [
        ("people",), ("people", "--json"), ("show", "anna"), ("explain", "anna"), ("explain", "p@x.example"),
        ("show", "p@x.example"), ("show", "p@x.example", "--json"), ("ask", "p@x.example"), ("status",),
        ("status", "--json"), ("status", "--failed"), ("users", "list"), ("doctor",), ("digest",), ("digest", "--json"),
        ("digest", "--text"), ("merge", "p@x.example", "q@x.example"), ("snooze", f"anna{EVIL}", "--for", "4w"),
        ("block", f"a{EVIL}@x.example"), ("disconnect", f"nobody{EVIL}", "--erase", "--yes"), ("forget", "anna"),
        ("rules", "check", f"/nowhere{EVIL[:8]}"), ("sync", "--account", EVIL),
        ("export", "interactions"), ("export", "people", "--format", "jsonl"),
]  # fmt: skip


def test_what_any_command_says_is_harmless(lived: Keepwarm) -> None:
    for words in COMMANDS:
        said = lived(*words)
        found = HIDING.search((said.out + said.err).replace("\r\n", "\n"))
        assert found is None, (words, (said.out + said.err)[max(0, found.start() - 80) : found.end() + 20].encode())


def test_an_export_that_is_read_back_is_the_same_export(lived: Keepwarm, tmp_path: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert lived("export", "interactions", "--format", "jsonl", "-o", first).code == 0
    other = Keepwarm(tmp_path / "other")
    assert other("connect", "archive", first).code == 0
    assert other("export", "interactions", "--format", "jsonl", "-o", second).code == 0
    assert first.read_bytes() == second.read_bytes()
    assert len(first.read_bytes().splitlines()) == 20

"""No test depends on the day it runs on: what is asserted today holds next year, too."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "wall_clock"}
#: Who may look at the wall clock, and why.
ALLOWED = {
    "sandbox": "servers date their answers, tokens and certificates as real ones do",
    "chaos": "storms run against real time and set clocks themselves",
    "bench": "measurements of what takes how long, and mailboxes of a recent past",
    "connectors/imap/dovecot.py": "a real mail server dates what it is given",
    "connectors/gmail/test_calendar.py": "a cancellation is dated between two looks at the clock",
    "worker/queue/test_clocks.py": "compares the clocks of two machines",
    "worker/storage/test_full_disk.py": "processes on a full disk run in real time",
    "worker/sync/push/test_process.py": "real processes poll in real time",
}
#: Commands whose answer does not depend on when they are asked.
TIMELESS = {"--help", "--version", "rules", "db", "retry", "--now"}


def looks(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        if ast.unparse(node.func) in CLOCKS:
            yield f"{path.relative_to(ROOT)}:{node.lineno} reads the clock"
        for keyword in node.keywords:
            without = keyword.arg == "now" and isinstance(keyword.value, ast.Constant) and keyword.value.value is None
            words = {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
            if without and not words & TIMELESS:
                yield f"{path.relative_to(ROOT)}:{node.lineno} runs a command without --now"


def test_no_test_depends_on_today() -> None:
    found = [
        look
        for path in sorted(ROOT.rglob("*.py"))
        if not any(str(path.relative_to(ROOT)).startswith(place) for place in ALLOWED)
        for look in looks(path)
    ]
    assert not found, "\n".join(found)


def test_whoever_is_allowed_to_is_there_and_does() -> None:
    for place in ALLOWED:
        files = [ROOT / place] if place.endswith(".py") else sorted((ROOT / place).rglob("*.py"))
        assert any(clock in one.read_text(encoding="utf-8") for one in files for clock in CLOCKS), place

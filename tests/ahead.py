"""The tests that need no service, with the wall clock days ahead: `python -m tests.ahead DAYS [PYTEST ARGUMENTS]`.

What passes today must pass next year. PostgreSQL and the queues keep their own clocks and are left out, and so are
the chaos runs, which set clocks themselves. With `--part` only a quarter of the test files is run.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

from tests.chaos.clocks import OwnClock, suppression_reason

DAY = 86_400
#: All of them would take CI a third of an hour more. What breaks with the date breaks for good and not by chance, so
#: a quarter at a time finds it within a few commits.
PARTS = 4
TESTS = Path(__file__).parent


def part(commit: str) -> list[str]:
    """Give the test files whose turn it is with a commit (its id in hexadecimal), the same however often it is run."""
    turn = int(commit, 16) % PARTS
    files = sorted(path.relative_to(TESTS.parent).as_posix() for path in TESTS.rglob("test_*.py"))
    return [path for path in files if crc32(path.encode()) % PARTS == turn]


def main(days: int, arguments: Sequence[str]) -> int:
    """Run pytest with a clock that is so many days ahead; returns its exit code."""
    if reason := suppression_reason():
        print(f"not run: {reason}")
        return 0
    if "--part" in arguments:
        head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
        arguments = [each for each in arguments if each != "--part"] + part(head)
    with tempfile.TemporaryDirectory(prefix="keepwarm-ahead-") as folder:
        clock = OwnClock(Path(folder), "tests")
        clock.set(days * DAY)
        environment = {**os.environ, **clock.environment, "KEEPWARM_WITHOUT_SERVICES": "1"}
        environment.pop("KEEPWARM_REQUIRE_SERVICES", None)
        # a folder of its own: pytest takes the others' for forgotten after three days, and it is days ahead of them
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not chaos"]
        command += [f"--basetemp={folder}/tests", *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))

"""The tests that need no service, with the wall clock days ahead: `python -m tests.ahead DAYS [PYTEST ARGUMENTS]`.

What passes today must pass next year. PostgreSQL, the queues, containers and package registries (whose certificates
end) keep their own clocks and are left out, and so are the chaos runs, which set clocks themselves. With `commit` for
DAYS a quarter of the test files is run, 45 or 400 days ahead: both as the commit has it.
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
AHEAD = (45, 400)
TESTS = Path(__file__).parent


def turn_of(commit: str) -> tuple[int, list[str]]:
    """Give the days and the test files whose turn it is with a commit (its id in hexadecimal), however often it is run."""
    days, turn = divmod(int(commit, 16) % (len(AHEAD) * PARTS), PARTS)
    files = sorted(path.relative_to(TESTS.parent).as_posix() for path in TESTS.rglob("test_*.py"))
    return AHEAD[days], [path for path in files if crc32(path.encode()) % PARTS == turn]


def main(days: int, arguments: Sequence[str]) -> int:
    """Run pytest with a clock that is so many `days` ahead; returns its exit code."""
    if reason := suppression_reason():
        print(f"not run: {reason}")
        return int(os.environ.get("KEEPWARM_REQUIRE_SERVICES") == "1")
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
    if sys.argv[1] == "commit":
        head = subprocess.run(["git", "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
        ahead, files_of_turn = turn_of(head)
        print(f"{ahead} days ahead, {len(files_of_turn)} test files")
        sys.exit(main(ahead, [*sys.argv[2:], *files_of_turn]))
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))

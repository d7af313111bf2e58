"""The tests that need no service, with the wall clock days ahead: `python -m tests.ahead DAYS [PYTEST ARGUMENTS]`.

What passes today must pass next year. PostgreSQL and the queues keep their own clocks and are left out, and so are
the chaos runs, which set clocks themselves.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.clocks import OwnClock, suppression_reason

DAY = 86_400


def main(days: int, arguments: list[str]) -> int:
    """Run pytest with a clock that is so many days ahead; returns its exit code."""
    if reason := suppression_reason():
        print(f"not run: {reason}")
        return 0
    with tempfile.TemporaryDirectory(prefix="keepwarm-ahead-") as folder:
        clock = OwnClock(Path(folder), "tests")
        clock.set(days * DAY)
        environment = {**os.environ, **clock.environment, "KEEPWARM_WITHOUT_SERVICES": "1"}
        environment.pop("KEEPWARM_REQUIRE_SERVICES", None)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not chaos", *arguments]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))

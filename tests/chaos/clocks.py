"""A wall clock of its own for a process: minutes apart from everybody else's, and set anew while it runs.

libfaketime 0.9.10 would do, but Python 3.11 cannot sleep under it (its issue 426); clock.c is all of it we need.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")

#: The clock this process itself was given, if any (see tests.ahead): for processes that get an environment made anew.
INHERITED: Mapping[str, str] = {name: os.environ[name] for name in ("LD_PRELOAD", "CHAOS_CLOCK") if name in os.environ}


def suppression_reason() -> str:
    """Say why no process can have a clock of its own here, if so."""
    return "" if shutil.which("cc") else "no C compiler (cc) is installed to build tests/chaos/clock.c"


class OwnClock:
    """The clock of what is started with `environment`; right until it is set."""

    def __init__(self, folder: Path, name: str) -> None:
        self.file = folder / f"{name}.clock"
        self.file.write_bytes(bytes(8))
        library = folder / "clock.so"
        if not library.exists():
            subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE)], check=True)
        self.environment: Mapping[str, str] = {"LD_PRELOAD": str(library), "CHAOS_CLOCK": str(self.file)}

    def set(self, ahead: int) -> None:
        """Have it say so many seconds more than it is, or fewer, from this moment on."""
        with self.file.open("r+b") as shared:  # in place: processes have it mapped
            shared.write(ahead.to_bytes(8, "little", signed=True))

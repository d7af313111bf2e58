"""keepwarm as an operator runs it: real processes with the start lines of deploy/, over real servers."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

from worker.app.runtime import Runtime, open_runtime
from worker.app.settings import Settings

ROOT = Path(__file__).parents[3]
SCHEDULER = ("-m", "worker", "run", "--no-workers")
EMBEDDED = ("-m", "worker", "run")
FLEET = ("-m", "dramatiq", "worker.service.worker_process", "--processes", "1", "--threads", "4")


class Installation:
    """One database, one broker and a folder; the processes started on it are ended with it."""

    def __init__(
        self, home: Path, database: str = "", broker: str = "memory://", settings: Mapping[str, object] | None = None
    ) -> None:
        self.home = home
        named: dict[str, object] = {"home": home, "database_url": database, "broker_url": broker, "tick_seconds": 0.3}
        named |= settings or {}
        self.settings = Settings.model_validate(named)
        self.environment: Mapping[str, str] = {
            **{key: text for key, text in os.environ.items() if not key.startswith("KEEPWARM_")},
            **{f"KEEPWARM_{key.upper()}": str(value) for key, value in named.items() if value != ""},
            "PYTHONPATH": str(ROOT),
        }
        self.processes: list[subprocess.Popen[bytes]] = []
        self.log = (home.parent / f"{home.name}.log").open("ab")

    def open(self) -> Runtime:
        return open_runtime(self.settings)

    def start(self, *line: str, own: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """Start a process, with what is in its `own` environment alone."""
        process = subprocess.Popen(
            [sys.executable, *line],
            cwd=self.home,
            env={**self.environment, **(own or {})},
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def keepwarm(self, *arguments: str) -> str:
        """What a command prints."""
        done = subprocess.run(
            [sys.executable, "-m", "worker", *arguments],
            cwd=self.home,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            kill(process)
        self.log.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and all its children at once, as the kernel does when memory runs out."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(what: Callable[[], object], *, within: float = 60) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + within
    while not what():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)

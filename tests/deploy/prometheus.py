"""A real Prometheus that push_subscriptions with the files of deploy/, in a hurry: what takes a minute there takes a second."""

import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from tests.services import free_port
from tests.worker.queue.processes import until

DEPLOY = Path(__file__).parents[2] / "deploy" / "prometheus"
SECONDS = {"s": 1, "m": 60, "h": 3600}


def earlier_due_at(rules: str, times: int) -> str:
    """Shorten every `for:` and every range of the rules, and change nothing else."""

    def shorter(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) * SECONDS[found[3]] * 1000 // times}ms{found[4]}"

    return re.sub(r"(\bfor: |\[)(\d+)([smh])(\n|\])", shorter, rules)


@dataclass(frozen=True)
class Alert:
    """An alert that fires."""

    name: str
    labels: Mapping[str, str]
    summary: str


@dataclass(frozen=True)
class Prometheus:
    """Answers at `root`."""

    root: str

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.root}/api/v1/{path}", timeout=10) as answer:
            return json.load(answer)["data"]

    def up(self) -> int:
        """How many of its targets answer."""
        with suppress(OSError):
            return sum(target["health"] == "up" for target in self.ask("targets")["activeTargets"])
        return 0

    def rows(self, expression: str) -> int:
        """How many rows an expression of the dashboard gives just now."""
        return len(self.ask(f"query?{urlencode({'query': expression})}")["result"])

    def firing(self) -> list[Alert]:
        found = [one for one in self.ask("alerts")["alerts"] if one["state"] == "firing"]
        return [Alert(one["labels"]["alertname"], one["labels"], one["annotations"]["summary"]) for one in found]


@contextmanager
def watching(folder: Path, ports: Sequence[int], *, times: int = 60) -> Iterator[Prometheus]:
    """Start it on the processes that tell their metrics at these ports, and wait until it has seen them all."""
    program = shutil.which("prometheus")
    assert program is not None, "Prometheus is not installed (Debian's package prometheus)"
    settings = yaml.safe_load((DEPLOY / "prometheus.yml").read_text())
    settings["global"] |= {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}
    (job,) = settings["scrape_configs"]
    del job["dns_sd_configs"]  # there is no compose here that would name the workers
    job["static_configs"] = [{"targets": [f"127.0.0.1:{port}" for port in ports]}]
    folder.mkdir()
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
    (folder / "alerts.yml").write_text(earlier_due_at((DEPLOY / "alerts.yml").read_text(), times))
    address = f"127.0.0.1:{free_port()}"
    line = [program, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen([*line, f"--web.listen-address={address}"], stdout=log, stderr=log) as process,
    ):
        try:
            server = Prometheus(f"http://{address}")
            until(lambda: server.up() == len(ports), within=120)
            yield server
        finally:
            process.terminate()

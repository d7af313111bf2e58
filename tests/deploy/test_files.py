"""Everything in deploy/ is read by what will read it, and agrees with the program and with itself."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from dramatiq.brokers.stub import StubBroker
from prometheus_client import generate_latest
from prometheus_client.registry import CollectorRegistry

from tests.services import Redis, rabbitmq
from tests.worker.homes import friendship, live, open_home
from worker.actors import register
from worker.broker import middleware
from worker.census import Census
from worker.metrics import REGISTRY
from worker.settings import Settings

TOP = Path(__file__).parents[2]
DEPLOY = TOP / "deploy"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_every_setting_that_is_named_exists() -> None:
    known = {f"KEEPWARM_{name.upper()}" for name in Settings.model_fields} | {"KEEPWARM_IMAGE", "KEEPWARM_BIN"}
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            named = set(re.findall(r"\bKEEPWARM_[A-Z_]+[A-Z]", path.read_text()))
            assert named <= known, f"{path.name} names {named - known}"


def test_every_metric_that_is_watched_is_told(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    live(runtime, friendship())
    broker = StubBroker(middleware=middleware())
    register(broker, runtime)
    registry = CollectorRegistry()
    registry.register(Census(runtime, broker))
    told = (generate_latest(registry) + generate_latest(REGISTRY)).decode()
    runtime.engine.dispose()
    names = set(re.findall(r"^# TYPE (\S+)", told, re.MULTILINE)) | set(
        re.findall(r"^(keepwarm_\w+)", told, re.MULTILINE)
    )
    watched = (DEPLOY / "prometheus" / "alerts.yml").read_text() + (DEPLOY / "grafana" / "keepwarm.json").read_text()
    for name in set(re.findall(r"\bkeepwarm_[a-z_]+", watched)):
        assert name in names or name.removesuffix("_bucket") in names, name


def test_every_alert_leads_to_a_chapter_of_the_run_book() -> None:
    book = (DEPLOY / "README.md").read_text()
    titles = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in book.splitlines()
        if line.startswith("#")
    }
    rules = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
    assert len(rules) >= 8
    for rule in rules:
        assert rule["annotations"]["runbook"].partition("#")[2] in titles, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_the_dashboard_is_whole() -> None:
    board = json.loads((DEPLOY / "grafana" / "keepwarm.json").read_text())
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"]) >= 10
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])


def test_containers_have_no_rights_they_do_not_need(compose: dict[str, Any]) -> None:
    for name in ("migrate", "scheduler", "worker"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    assert "USER 10001" in (DEPLOY / "Dockerfile").read_text()
    for service in compose["services"].values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_kubernetes_manifests_are_built_and_locked_down() -> None:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed")
    line = [kubectl, "kustomize", str(DEPLOY / "kubernetes")]
    told = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    things = list(yaml.safe_load_all(told))
    pods = [thing["spec"]["template"]["spec"] for thing in things if thing["kind"] == "Deployment"]
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert all("livenessProbe" in container for container in pod["containers"])


def test_units_are_what_systemd_expects(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not installed")
    for unit in (DEPLOY / "systemd").iterdir():
        here = tmp_path / unit.name
        here.write_text(unit.read_text().replace("/opt/keepwarm/bin/", "/bin/true "))
        done = subprocess.run([verify, "verify", str(here)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "Unknown" not in done.stderr


def test_the_lock_pins_everything_and_names_no_machine() -> None:
    lock = (DEPLOY / "requirements.lock").read_text()
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", lock, re.MULTILINE))
    assert lock.count("--hash=sha256:") > 2 * len(pinned) - 5
    assert not re.search(r"https?://|file:|--index|--find-links|/(home|root|work|opt|usr)/", lock)
    wanted = re.findall(
        r'^    "([a-z0-9-]+)',
        (TOP / "pyproject.toml").read_text().partition("dependencies = [")[2].partition("\n]")[0],
        re.MULTILINE,
    )
    assert len(wanted) > 15
    assert set(wanted) <= pinned


@pytest.mark.parametrize("broker", ["redis", "rabbitmq"])
def test_the_start_lines_work(broker: str, postgresql: str, tmp_path: Path) -> None:
    box = tmp_path / "one.mbox"
    mails = [
        f"From x\nFrom: Ben <ben@south.example>\nTo: me@mine.example\nDate: Fri, {day} Nov 2026 09:00:00 +0000\nMessage-ID: <{day}@south.example>\n\n"
        for day in range(10, 20)
    ]
    sent = "From x\nFrom: me@mine.example\nTo: ben@south.example\nDate: Fri, 20 Nov 2026 09:00:00 +0000\nMessage-ID: <s@mine.example>\n\n"
    box.write_text("".join([*mails, *(sent.replace("<s@", f"<s{n}@") for n in range(9))]))
    if broker == "redis":
        server = Redis()
        try:
            told = tried(postgresql, server.url, box)
        finally:
            server.kill()
    else:
        with rabbitmq() as url:
            told = tried(postgresql, url, box)
    assert "19 interactions by scheduler and worker; both are well" in told


def tried(database: str, broker: str, box: Path) -> str:
    line = [str(DEPLOY / "try.sh"), database, broker, "--me", "me@mine.example", str(box)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout

"""Everything in deploy/ is read by what will read it, and agrees with the program and with itself."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.services import Redis, rabbitmq
from worker.app.settings import Settings

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
    output = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    things = list(yaml.safe_load_all(output))
    started = {one["metadata"]["name"]: one["spec"]["template"] for one in things if one["kind"] == "Deployment"}
    chosen = {
        one["kind"]: {
            name
            for name, template in started.items()
            if (one["spec"].get("podSelector") or one["spec"]["selector"])["matchLabels"].items()
            <= template["metadata"]["labels"].items()
        }
        for one in things
        if one["kind"] in {"NetworkPolicy", "PodDisruptionBudget"}
    }
    assert chosen == {"NetworkPolicy": set(started), "PodDisruptionBudget": {"keepwarm-worker"}}
    pods = [template["spec"] for template in started.values()]
    assert len(pods) == 2
    for pod in pods:
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert all("livenessProbe" in container for container in pod["containers"])


@pytest.mark.parametrize("version", ["1.30", kubernetes_validate.latest_version()])
def test_kubernetes_knows_every_field(version: str) -> None:
    for path in (DEPLOY / "kubernetes").iterdir():
        for thing in yaml.safe_load_all(path.read_text()):
            if thing["kind"] != "Kustomization":  # that is kubectl's own
                kubernetes_validate.validate(thing, version, strict=True)
                with pytest.raises(kubernetes_validate.ValidationError):
                    kubernetes_validate.validate(thing | {"spek": {}}, version, strict=True)


@pytest.mark.parametrize(
    ("schema", "path"), [("compose-spec", "deploy/compose.yaml"), ("github-workflows", ".github/workflows/ci.yml")]
)
def test_the_schema_is_kept(schema: str, path: str) -> None:
    line = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(TOP / path)]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


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
            output = tried(postgresql, server.url, box)
        finally:
            server.kill()
    else:
        with rabbitmq() as url:
            output = tried(postgresql, url, box)
    assert "19 interactions by scheduler and worker; both are well" in output


def tried(database: str, broker: str, box: Path) -> str:
    line = [str(DEPLOY / "try.sh"), database, broker, "--me", "me@mine.example", str(box)]
    with_this = {**os.environ, "KEEPWARM_BIN": str(Path(sys.executable).parent)}
    done = subprocess.run(line, env=with_this, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_compose_has_no_default_secret_and_every_service_has_limits(compose: dict[str, Any]) -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    assert not re.findall(r"\$\{[A-Z_]*(?:PASSWORD|KEYS|SECRET)[A-Z_]*(?::-|\})", text)
    for name in ("POSTGRES_PASSWORD", "QUEUE_PASSWORD", "KEEPWARM_SECRET_KEYS"):
        assert f"${{{name}:?" in text
        assert f"\n{name}=\n" in (DEPLOY / "keepwarm.env.example").read_text()
    for name, service in compose["services"].items():
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        image = service["image"]
        assert "sha256" in image or re.search(r":v?\d|keepwarm\}$", image), image  # named by version, if not by digest
    for name in ("postgres", "rabbitmq", "redis"):
        assert compose["services"][name]["networks"] == ["inside"]
        assert "ports" not in compose["services"][name]
    assert compose["networks"]["inside"] == {"internal": True}


def test_pods_start_with_keys_only_and_talk_to_few() -> None:
    (policy,) = yaml.safe_load_all((DEPLOY / "kubernetes" / "network.yaml").read_text())
    assert set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    assert all(rule["from"] and rule["ports"] for rule in policy["spec"]["ingress"])
    assert all(rule["to"] and rule["ports"] for rule in policy["spec"]["egress"])
    for path in ("scheduler.yaml", "worker.yaml"):
        for thing in yaml.safe_load_all((DEPLOY / "kubernetes" / path).read_text()):
            pod = thing["spec"].get("template", {}).get("spec", {})
            for container in [*pod.get("containers", []), *pod.get("initContainers", [])]:
                (key,) = container["env"]
                assert key["name"] == "KEEPWARM_SECRET_KEYS"
                assert "optional" not in key["valueFrom"]["secretKeyRef"]
                assert container.get("resources", {}).get("limits") or container["name"] == "migrate"


def test_what_builds_the_wheel_is_pinned_by_hash_and_actions_by_commit() -> None:
    lock = (DEPLOY / "build.lock").read_text()
    pinned = re.findall(r"^([a-z0-9-]+)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}$", lock, re.MULTILINE)
    assert "hatchling" in pinned
    assert len(pinned) == lock.count("==")
    assert not re.search(r"https?://|--index|--find-links", lock)
    image = (DEPLOY / "Dockerfile").read_text()
    for line in re.findall(r"pip (?:install|wheel) [^&\n]*", image):
        assert "--require-hashes" in line or "--no-index" in line, line
    for line in re.findall(r"uses: (\S+)", (TOP / ".github" / "workflows" / "ci.yml").read_text()):
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", line), line

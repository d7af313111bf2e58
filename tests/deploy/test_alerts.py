"""The alerts fire when they should, and they and the dashboard ask for what keepwarm tells: by Prometheus' own tools."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from dramatiq.brokers.stub import StubBroker

from tests.deploy.prometheus import earlier_due_at
from tests.worker.homes import friendship, live, open_home
from worker.app.metrics import REGISTRY
from worker.queue.broker import middleware
from worker.service.actors import register
from worker.web.database_metrics import DatabaseMetrics
from worker.web.quota_metrics import Spending

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yml"
TESTS = Path(__file__).parent / "alerts.test.yml"
RULES: list[dict[str, Any]] = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
BOARD = json.loads((DEPLOY / "grafana" / "keepwarm.json").read_text())
ASKED = {rule["alert"]: rule["expr"] for rule in RULES} | {
    f"{panel['title']} {target['refId']}": target["expr"] for panel in BOARD["panels"] for target in panel["targets"]
}
#: What Prometheus itself adds to everything it scrapes.
SCRAPED = {"job", "instance"}


def promtool(*words: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (Debian's package prometheus)")
    return subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, set[str]]:
    """The labels of every metric that scheduler and workers tell, by the name one asks for."""
    runtime = open_home(tmp_path_factory.mktemp("home"))
    live(runtime, friendship())
    broker = StubBroker(middleware=middleware())
    register(broker, runtime)
    labels: dict[str, set[str]] = {}
    for metric in [*DatabaseMetrics(runtime, broker).collect(), *Spending(runtime).collect()]:
        labels[metric.name + "_total" * (metric.type == "counter")] = set(metric._labelnames)  # type: ignore[attr-defined]  # its families keep them
    runtime.engine.dispose()
    for collector in REGISTRY._collector_to_names:
        for metric in collector.collect():
            own = set(getattr(collector, "_labelnames", ()))
            match metric.type:
                case "counter":
                    labels[f"{metric.name}_total"] = own
                case "histogram":
                    labels |= {f"{metric.name}_bucket": own | {"le"}, f"{metric.name}_count": own}
                case _:
                    labels[metric.name] = own
    return labels


def test_the_configuration_is_what_prometheus_reads() -> None:
    done = promtool("check", "config", DEPLOY / "prometheus" / "prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(RULES)} rules found" in done.stdout


def test_every_alert_fires_when_it_should_and_is_silent_otherwise() -> None:
    done = promtool("test", "rules", TESTS)
    assert done.returncode == 0, done.stdout + done.stderr
    looks = [look for test in yaml.safe_load(TESTS.read_text())["tests"] for look in test["alert_rule_test"]]
    for fires in (True, False):
        assert {look["alertname"] for look in looks if bool(look["exp_alerts"]) is fires} == {
            rule["alert"] for rule in RULES
        }


@pytest.mark.parametrize("change", [{"expr": "vector(1)"}, {"expr": "vector(1) > 1"}, {"for": "0s"}, {"for": "2h"}])
def test_no_alert_can_change_unseen(change: dict[str, str], tmp_path: Path) -> None:
    changed = {"groups": [{"name": "keepwarm", "rules": [rule | change for rule in RULES]}]}
    (tmp_path / "alerts.yml").write_text(yaml.safe_dump(changed))
    tests = yaml.safe_load(TESTS.read_text()) | {"rule_files": ["alerts.yml"]}
    (tmp_path / "test.yml").write_text(yaml.safe_dump(tests))
    done = promtool("test", "rules", tmp_path / "test.yml")
    noticed = set(re.findall(r"alertname: ?(\w+)", done.stdout + done.stderr))
    assert noticed == {rule["alert"] for rule in RULES}


def test_in_a_hurry_only_the_time_is_another() -> None:
    plain, quick = ALERTS.read_text(), earlier_due_at(ALERTS.read_text(), 60)
    waits = {rule["alert"]: rule["for"] for rule in yaml.safe_load(quick)["groups"][0]["rules"]}
    assert (waits["KeepwarmDown"], waits["KeepwarmDigestWaits"]) == ("5000ms", "60000ms")
    assert "delta(keepwarm_queue_waiting[30000ms])" in quick
    marked = re.sub(r"(for: |\[)\d+ms", r"\1T", quick)
    assert marked == re.sub(r"(for: |\[)\d+[mh]", r"\1T", plain)
    assert marked.count("for: T") == len(RULES)


@pytest.mark.parametrize("expression", ASKED.values(), ids=list(ASKED))
def test_what_is_asked_is_told(expression: str, exported: Mapping[str, set[str]]) -> None:
    asked = list(parts(promql_parser.parse(expression)))
    names = {one.name for one in asked if isinstance(one, promql_parser.VectorSelector)}
    assert names <= set(exported)
    known = SCRAPED.union(*(exported[str(name)] for name in names))
    for one in asked:
        if isinstance(one, promql_parser.VectorSelector):
            assert {matcher.name for matcher in one.matchers.matchers} <= exported[str(one.name)]
        elif isinstance(one, promql_parser.AggregateExpr) and one.modifier:
            assert set(one.modifier.labels) <= known
        elif isinstance(one, promql_parser.BinaryExpr) and one.modifier and one.modifier.matching:
            assert set(one.modifier.matching.labels) <= known


def parts(expression: promql_parser.Expr) -> Iterator[promql_parser.Expr]:
    found: list[promql_parser.Expr] = []
    promql_parser.walk(expression, found.append)
    return iter(found)


def test_the_words_name_only_labels_there_are(exported: Mapping[str, set[str]]) -> None:
    said = {rule["alert"]: (rule["expr"], rule["annotations"]["summary"]) for rule in RULES}
    said |= {
        f"{panel['title']} {target['refId']}": (target["expr"], target["legendFormat"])
        for panel in BOARD["panels"]
        for target in panel["targets"]
    }
    for name, (expression, words) in said.items():
        kept = re.findall(r"\bby \(([^)]*)\)", expression)
        names = re.findall(r"\bkeepwarm_\w+", expression)
        known = set(kept[0].replace(",", " ").split()) if kept else set.union(*(exported[one] for one in names))
        assert set(re.findall(r"\{\{ ?(?:\$labels\.)?(\w+) ?\}\}", words)) <= known, name


def test_the_board_shows_everything_an_operator_asks_for(exported: Mapping[str, set[str]]) -> None:
    shown = {name for one in ASKED.values() for name in re.findall(r"\bkeepwarm_\w+", one)}
    assert {name for name in exported if name.startswith("keepwarm_")} - shown == {
        "keepwarm_users",
        "keepwarm_message_seconds_count",
    }


def test_the_dashboard_is_whole() -> None:
    panels = BOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) >= 10
    places = [panel["gridPos"] for panel in panels]
    taken = [
        (x, y) for at in places for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24

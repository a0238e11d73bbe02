"""The alert rules: shipped by compose and the chart, over metrics that the services have."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from helm_python import Chart
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from audit.checking.measures import Measures
from audit.domain.policy import Policy
from audit.log.files import LogFiles
from audit.log.publish import Publisher
from audit.log.witnesses import Witnesses
from events.delivery.worker import RELAY
from events.io import telemetry
from events.io.watch import TellingWatch
from events.memory import FixedClock

HOME = Path(__file__).parents[3]
CHART = HOME / "deploy/helm/homeward"
RULES = CHART / "alerts.yaml"
UNITS = {"s": "_seconds"}
"""What a collector's Prometheus exporter adds to a name; nothing for a unit in braces."""
SHOWN = re.compile(r"\bhomeward_[a-z_]+")
MATCHED = re.compile(r'\b(?:consumer|because)!?="(\w+)"')


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[set[str]]:
    """The metrics of the services as Prometheus would have them, and the values of their labels."""
    reader = InMemoryMetricReader()
    telemetry.record(None, MeterProvider([reader], shutdown_on_exit=False).get_meter("test"))
    try:
        watch, measures = TellingWatch(), Measures()
        watch.lag(RELAY, "plans", 3)
        measures.note("plans", 0)
        witnesses = Witnesses(Policy(), httpx.AsyncClient())
        nothing: Any = None
        publisher = Publisher(nothing, LogFiles(tmp_path), nothing, witnesses, FixedClock())
        told = reader.get_metrics_data()
        assert told is not None
        assert publisher.waits.total_seconds() == 0
        metrics = [m for r in told.resource_metrics for s in r.scope_metrics for m in s.metrics]
        names = {f"{m.name.replace('.', '_')}{UNITS.get(m.unit or '', '')}" for m in metrics}
        points = [point for m in metrics for point in m.data.data_points]
        yield names | {str(value) for p in points for value in (p.attributes or {}).values()}
    finally:
        telemetry.record(None, None)


def test_each_rule_is_over_metrics_that_the_services_have(shown: set[str]) -> None:
    for rule in rules():
        asked = SHOWN.findall(rule["expr"])
        assert asked, rule["alert"]
        assert set(asked) <= shown, rule["alert"]
        assert set(MATCHED.findall(rule["expr"])) <= shown, rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"]


def test_a_metric_that_nobody_has_would_be_seen(shown: set[str]) -> None:
    assert "homeward_audit_difference" not in shown
    assert "signers" not in shown


def test_the_operations_page_says_what_each_metric_means() -> None:
    page = (HOME / "docs/operations.md").read_text()
    for name in {name for rule in rules() for name in SHOWN.findall(rule["expr"])}:
        assert f"`{name}`" in page


def test_compose_runs_a_prometheus_with_these_rules() -> None:
    compose = yaml.safe_load((HOME / "docker-compose.yml").read_text())["services"]
    mounts = dict(each.split(":")[:2] for each in compose["prometheus"]["volumes"])
    assert (HOME / _of(mounts, "alerts.yaml")) == HOME / "deploy/helm/homeward/alerts.yaml"
    config = yaml.safe_load((HOME / _of(mounts, "prometheus.yaml")).read_text())
    assert config["rule_files"] == [mounts["./deploy/helm/homeward/alerts.yaml"]]
    [target] = config["scrape_configs"][0]["static_configs"][0]["targets"]
    collector = yaml.safe_load((HOME / "deploy/images/otel-collector.yaml").read_text())
    host, _, port = target.partition(":")
    assert host in compose
    assert collector["exporters"]["prometheus"]["endpoint"] == f"0.0.0.0:{port}"
    assert "prometheus" in collector["service"]["pipelines"]["metrics"]["exporters"]


def _of(mounts: dict[str, str], name: str) -> str:
    [path] = [each for each in mounts if each.endswith(name)]
    return path


@pytest.mark.parametrize("kind", ["ConfigMap", "PrometheusRule"])
def test_the_chart_brings_them(kind: str) -> None:
    with Chart.load(str(CHART)) as chart:
        made = chart.render({"alerts": {"as": kind}}, name="rel", namespace="homeward")
    [text] = [text for name, text in made.items() if name.endswith("/alerts.yaml")]
    [manifest] = [each for each in yaml.safe_load_all(text) if each]
    assert manifest["kind"] == kind
    content = manifest.get("spec") or yaml.safe_load(manifest["data"]["homeward.yaml"])
    assert content == yaml.safe_load(RULES.read_text())

"""Alert rules against the metrics that the code has."""

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = ROOT / "deploy/prometheus"
RULES = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"][0]["rules"]
_SUFFIXES = r"(_count|_sum|_bucket)$"


def metrics_of_the_code():
    """Name of each metric to its labels, as declared."""
    found = {}
    for file in [*ROOT.glob("shared/shared/**/*.py"), *ROOT.glob("services/*/*/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Counter", "Gauge", "Histogram"}:
                name, _, *labels = [*node.args, *(each.value for each in node.keywords if each.arg == "labelnames")]
                found[ast.literal_eval(name)] = set(ast.literal_eval(labels[0])) if labels else set()
    return found


METRICS = metrics_of_the_code()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_metrics_and_labels_that_exist(rule):
    for name, selector in re.findall(r"\b(semaine_\w+)(?:\{([^}]*)\})?", rule["expr"]):
        metric = re.sub(_SUFFIXES, "", name)
        assert metric in METRICS
        assert set(re.findall(r"(\w+)\s*[!=]~?=?", selector)) <= METRICS[metric]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_is_explained_and_tested(rule):
    handbook = (ROOT / "docs/operations.md").read_text()
    assert f"| {rule['alert']} |" in handbook
    tested = yaml.safe_load((PROMETHEUS / "alerts.test.yml").read_text())["tests"]
    firing = {each["alertname"] for test in tested for each in test.get("alert_rule_test", ()) if each["exp_alerts"]}
    assert rule["alert"] in firing


def test_the_handbook_names_every_metric():
    handbook = (ROOT / "docs/operations.md").read_text()
    assert sorted(name for name in METRICS if f"`{name}`" not in handbook) == []


def test_every_service_is_scraped_where_it_listens():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    jobs = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())["scrape_configs"]
    (services,) = (job["static_configs"] for job in jobs if job["job_name"] == "services")
    assert {each["labels"]["service"]: each["targets"] for each in services} == {
        name: [f"{name}:{container['environment']['SEMAINE_HTTP_PORT']}"]
        for name, container in compose.items()
        if "SEMAINE_HTTP_PORT" in (container.get("environment") or {})
    }

"""The dashboard of Grafana shows the metrics that exist, and no others."""

import json
import re
from pathlib import Path

from tests.support.monitoring import GATHERED, RECORDED, SERVICES, metrics, promtool, read, rules, shown


def told_by_services() -> set[str]:
    return {name for service in SERVICES for name in metrics(service)}


def used(pattern: re.Pattern[str]) -> set[str]:
    return {name for expr in shown() for name in pattern.findall(expr)}


def family(metric: str) -> str:
    return re.sub(r"_(bucket|count|sum|created|total)$", "", metric)


def test_every_metric_on_the_dashboard_is_one_that_a_service_tells() -> None:
    assert used(GATHERED) - told_by_services() == set()


def test_every_recorded_metric_on_the_dashboard_is_recorded() -> None:
    assert used(RECORDED) - rules("record").keys() == set()


def test_every_metric_of_ours_is_on_the_dashboard_or_in_a_rule() -> None:
    expressions = [expr for kind in ("alert", "record") for expr in rules(kind).values()]
    seen = used(GATHERED) | {name for expr in expressions for name in GATHERED.findall(expr)}
    ours = {family(name) for name in told_by_services() if name.startswith("arena_")}
    assert ours - {family(name) for name in seen} == set()


def test_prometheus_reads_every_query_of_the_dashboard(tmp_path: Path) -> None:
    queries = [{"record": f"query:{number}", "expr": expr} for number, expr in enumerate(shown())]
    file = tmp_path / "queries.json"  # JSON is YAML
    file.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": queries}]}))
    checked = promtool("check", "rules", str(file))
    assert (len(queries) > 30, checked.returncode) == (True, 0), checked.stderr


def test_no_two_panels_of_the_dashboard_are_in_one_place() -> None:
    panels = read("grafana.json")["panels"]
    places = [(each["gridPos"]["x"], each["gridPos"]["y"]) for each in panels]
    assert len(set(places)) == len(places) == len({each["id"] for each in panels})

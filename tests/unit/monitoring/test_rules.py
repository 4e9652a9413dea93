"""The rules of Prometheus: what they call on, and that each alert fires and is silent when it should."""

import re
from collections import defaultdict

from tests.support.monitoring import GATHERED, RECORDED, SERVICES, metrics, promtool, read, rules
from tests.support.stack import ROOT

PAGE = ROOT / "docs/operator/monitoring.md"


def test_prometheus_accepts_the_rules() -> None:
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", "rules.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_alerts_fire_and_are_silent_as_they_should_be() -> None:
    tried = promtool("test", "rules", "rules.test.yml")
    assert tried.returncode == 0, tried.stdout + tried.stderr


def test_each_alert_is_tried_both_ways() -> None:
    tried = defaultdict(set)
    for test in read("rules.test.yml")["tests"]:
        for each in test["alert_rule_test"]:
            tried[each["alertname"]].add(bool(each.get("exp_alerts")))
    assert tried == {name: {True, False} for name in rules("alert")}


def test_every_metric_in_a_rule_is_one_that_a_service_tells() -> None:
    told = {name for service in SERVICES for name in metrics(service)}
    used = {name for kind in ("alert", "record") for expr in rules(kind).values() for name in GATHERED.findall(expr)}
    assert used - told == set()


def test_every_recorded_metric_in_a_rule_is_recorded() -> None:
    used = {name for kind in ("alert", "record") for expr in rules(kind).values() for name in RECORDED.findall(expr)}
    assert used - rules("record").keys() == set()


def test_the_operators_page_says_what_to_do_for_each_alert() -> None:
    rows = re.findall(r"^\| `([A-Z]\w+)` \| (.+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    assert [name for name, _, _ in rows] == list(rules("alert"))

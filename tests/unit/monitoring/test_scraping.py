"""Where Prometheus finds the services, and that it can read what they tell."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.support.monitoring import SERVICES, exposition, promtool, read
from tests.support.stack import ROOT

POD = "__meta_kubernetes_pod_"


@pytest.mark.parametrize("service", SERVICES)
def test_prometheus_has_nothing_to_say_against_a_services_metrics(service: str) -> None:
    checked = promtool("check", "metrics", given=exposition(service))
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_prometheus_accepts_the_configuration_for_one_machine() -> None:
    checked = promtool("check", "config", "prometheus.compose.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_on_one_machine_every_service_is_read_under_its_own_name() -> None:
    jobs = {
        each["job_name"]: each["static_configs"][0]["targets"]
        for each in read("prometheus.compose.yml")["scrape_configs"]
    }
    assert jobs == {service: [f"{service}:8000"] for service in SERVICES}


def in_cluster(pods: list[dict[str, str]], folder: Path) -> list[dict[str, str]]:
    """Return the targets that come of these discovered containers.

    Debian's Prometheus cannot ask Kubernetes, so what would be discovered is stated instead.
    """
    config = read("prometheus.kubernetes.yml") | {"rule_files": []}
    (pods_job,) = config["scrape_configs"]
    assert pods_job.pop("kubernetes_sd_configs") == [
        {"role": "pod", "namespaces": {"names": ["arena", "arena-runners"]}}
    ]
    pods_job["static_configs"] = [{"targets": [each.pop("__address__")], "labels": each} for each in pods]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config))
    assert promtool("check", "config", str(file)).returncode == 0
    found: list[dict[str, Any]] = json.loads(promtool("check", "service-discovery", str(file), "pods").stdout)
    return [each["labels"] for each in found if each["labels"]]


def container(address: str, pod: str, service: str, *, phase: str = "Running", scrape: str = "true") -> dict[str, str]:
    return {
        "__address__": address,
        f"{POD}ip": address.partition(":")[0],
        f"{POD}name": pod,
        f"{POD}phase": phase,
        f"{POD}label_app_kubernetes_io_name": service,
        f"{POD}annotation_prometheus_io_scrape": scrape,
        f"{POD}annotation_prometheus_io_port": "8000",
        f"{POD}annotation_prometheus_io_path": "/metrics",
    }


def test_in_a_cluster_every_pod_that_asks_for_it_is_read_once_under_its_services_name(tmp_path: Path) -> None:
    pods = [
        container("10.0.0.1:8000", "gateway-1", "gateway"),
        container("10.0.0.2:8000", "runner-1", "runner"),
        container("10.0.0.2", "runner-1", "runner"),  # its engine
        container("10.0.0.3:8000", "runner-0", "runner", phase="Succeeded"),
        container("10.0.0.4:5432", "postgres-0", "postgres", scrape="false"),
    ]

    targets = in_cluster(pods, tmp_path)

    read_from = {(each["__address__"], each["__metrics_path__"], each["job"], each["instance"]) for each in targets}
    assert read_from == {
        ("10.0.0.1:8000", "/metrics", "gateway", "gateway-1"),
        ("10.0.0.2:8000", "/metrics", "runner", "runner-1"),
    }


def test_the_pods_of_the_manifests_ask_to_be_read_where_prometheus_looks() -> None:
    for file in ("service.yaml", "runner.yaml"):
        text = (ROOT / "deploy/kubernetes/base" / file).read_text()
        for name, value in (("scrape", '"true"'), ("port", '"8000"'), ("path", "/metrics")):
            assert f"prometheus.io/{name}: {value}" in text

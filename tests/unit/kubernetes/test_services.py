"""Gateway, dispatcher and aggregator go on while a node is drained or a new version comes."""

import pytest
from fastapi import FastAPI

from shared.telemetry import add_health_routes
from tests.support.manifests import Manifests

OVERLAYS = ["production", "small", "small-1.20"]
SERVICES = ["gateway", "dispatcher", "aggregator"]


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_two_replicas_of_which_one_at_most_is_away(
    overlay: str, name: str, rendered: dict[str, Manifests]
) -> None:
    deployment = rendered[overlay].get("Deployment", name)["spec"]
    budget = rendered[overlay].get("PodDisruptionBudget", name)["spec"]
    pod = rendered[overlay].pod(name)
    (spread,) = pod.spec["topologySpreadConstraints"]

    assert deployment["replicas"] >= 2
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    assert budget["maxUnavailable"] == 1
    assert spread["topologyKey"] == "kubernetes.io/hostname"
    for selector in (deployment["selector"], budget["selector"], spread["labelSelector"]):
        assert selector == {"matchLabels": {"app.kubernetes.io/name": name}}
    assert pod.labels["app.kubernetes.io/name"] == name


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_service_and_runner_is_probed_on_routes_that_there_are(
    overlay: str, rendered: dict[str, Manifests]
) -> None:
    app = FastAPI()
    add_health_routes(app, {})
    routes = {getattr(each, "path", "") for each in app.routes}
    expected = {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}

    for name in (*SERVICES, "runner"):
        container = rendered[overlay].pod(name).spec["containers"][0]
        asked = {probe: container[probe]["httpGet"] for probe in expected}
        assert {probe: each["path"] for probe, each in asked.items()} == expected
        assert {each["path"] for each in asked.values()} <= routes
        assert {each["port"] for each in asked.values()} == {"http"}
        assert {"name": "http", "containerPort": 8000} in container["ports"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_prometheus_finds_every_service_and_runner_by_annotations(overlay: str, rendered: dict[str, Manifests]) -> None:
    for name in (*SERVICES, "runner"):
        found = {
            key: value
            for key, value in rendered[overlay].pod(name).annotations.items()
            if key.startswith("prometheus.io/")
        }
        assert found == {"prometheus.io/scrape": "true", "prometheus.io/port": "8000", "prometheus.io/path": "/metrics"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_container_says_what_it_needs_and_no_node_runs_out_of_memory_for_it(
    overlay: str, rendered: dict[str, Manifests]
) -> None:
    for pod in rendered[overlay].pods():
        for container in pod.containers:
            assert container["resources"]["requests"].keys() == {"cpu", "memory"}
            assert container["resources"]["limits"].keys() == {"memory"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_migrations_remove_themselves_so_that_the_next_version_can_be_applied(
    overlay: str, rendered: dict[str, Manifests]
) -> None:
    job = rendered[overlay].get("Job", "migrate")["spec"]

    assert job["ttlSecondsAfterFinished"] > 0
    assert job["template"]["spec"]["restartPolicy"] == "OnFailure"


def test_two_gateways_see_the_same_blobs(rendered: dict[str, Manifests]) -> None:
    assert rendered["small"].get("PersistentVolumeClaim", "blobs")["spec"]["accessModes"] == ["ReadWriteMany"]
    (blobs,) = (each for each in rendered["small"].pod("gateway").spec["volumes"] if each["name"] == "blobs")
    assert blobs["persistentVolumeClaim"] == {"claimName": "blobs"}
    assert rendered["production"].of_kind("PersistentVolumeClaim") == []

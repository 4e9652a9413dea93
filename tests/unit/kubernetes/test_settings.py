"""Who is given which setting in a cluster."""

import re
from pathlib import Path
from typing import Any

import pytest

from services.aggregator.settings import AggregatorSettings
from services.dispatcher.settings import DispatcherSettings
from services.gateway.settings import GatewaySettings
from services.runner.settings import RunnerSettings
from shared.database_logins import LoginSettings
from shared.settings import ArenaSettings
from tests.support.manifests import Manifests, PodTemplate

IMAGES = Path(__file__).parents[3] / "deploy/images"
SETTINGS: dict[str, type[ArenaSettings]] = {
    "gateway": GatewaySettings,
    "dispatcher": DispatcherSettings,
    "aggregator": AggregatorSettings,
    "runner": RunnerSettings,
    "migrate": LoginSettings,
}
OF_DBMATE = {"DATABASE_URL"}
OF_EVERY_S3_CLIENT = {"AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
OVERLAYS = ["production", "small", "small-1.20"]


def readable(reader: str) -> set[str]:
    """The variables that a service, or the start of an image, reads."""
    if reader in SETTINGS:
        own = {f"ARENA_{name.upper()}" for name in SETTINGS[reader].model_fields}
        return own | {"migrate": OF_DBMATE, "gateway": OF_EVERY_S3_CLIENT}.get(reader, set())
    script = {"postgres": "postgres/start.sh", "rabbitmq": "rabbitmq/start.sh", "engine": "engine/engine.sh"}[reader]
    return set(re.findall(r"\$\{([A-Z_]+):", (IMAGES / script).read_text()))


def given(manifests: Manifests, pod: PodTemplate, container: dict[str, Any]) -> set[str]:
    """The variables that a container is given, but for those of Secrets that are not among the manifests."""
    names = {each["name"] for each in container.get("env", [])}
    for source in container.get("envFrom", []):
        kind, reference = ("Secret", "secretRef") if "secretRef" in source else ("ConfigMap", "configMapRef")
        if kind == "ConfigMap" or manifests.of_kind("Secret"):
            names |= manifests.get(kind, source[reference]["name"], pod.namespace)["data"].keys()
    return names


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_setting_that_a_manifest_states_is_one_that_is_read(overlay: str, rendered: dict[str, Manifests]) -> None:
    for pod in rendered[overlay].pods():
        for container in pod.containers:
            reader = "engine" if container["name"] == "engine" else pod.owner
            assert given(rendered[overlay], pod, container) <= readable(reader), (pod.owner, container["name"])


@pytest.mark.parametrize("overlay", ["small", "small-1.20"])
def test_every_service_can_read_its_settings(overlay: str, rendered: dict[str, Manifests]) -> None:
    for owner, kind in SETTINGS.items():
        pod = rendered[overlay].pod(owner)
        found = given(rendered[overlay], pod, pod.spec["containers"][0])
        required = {f"ARENA_{name.upper()}" for name, field in kind.model_fields.items() if field.is_required()}
        assert required <= found


def test_production_has_an_example_of_every_secret_and_each_key_is_read(copied: Path) -> None:
    examples = {each.stem: each.read_text() for each in (copied / "overlays/production/secrets.example").iterdir()}

    assert examples.keys() == SETTINGS.keys()
    for name, text in examples.items():
        keys = {line.split("=")[0] for line in text.splitlines()}
        assert keys <= readable(name)
        required = {f"ARENA_{key.upper()}" for key, each in SETTINGS[name].model_fields.items() if each.is_required()}
        assert required <= keys

"""Who is given which secret in a cluster."""

import base64
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.manifests import Manifests, copy_with_secrets

OVERLAYS = ["production", "small", "small-1.20"]


def secrets_named(found: Any) -> set[str]:
    """The Secrets that are named anywhere within a pod, a container or a volume."""
    if isinstance(found, list):
        return set().union(*(secrets_named(each) for each in found))
    if not isinstance(found, dict):
        return set()
    own = {found["secretName"]} if "secretName" in found else set()
    for key in ("secretRef", "secretKeyRef", "secret"):
        own |= {found[key]["name"]} if isinstance(found.get(key), dict) and "name" in found[key] else set()
    return own.union(*(secrets_named(each) for each in found.values()))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_secret_of_one_service_reaches_another(overlay: str, rendered: dict[str, Manifests]) -> None:
    files = {"small": set[str](), "small-1.20": set[str](), "production": {"-tls"}}[overlay]
    for pod in rendered[overlay].pods():
        assert secrets_named(pod.spec) == {pod.owner, *(pod.owner + suffix for suffix in files)}


def test_the_engine_is_given_no_secret(rendered: dict[str, Manifests]) -> None:
    for overlay in OVERLAYS:
        pod = rendered[overlay].pod("runner")
        assert secrets_named(pod.container("engine")) == set()
        with_secrets = {each["name"] for each in pod.spec["volumes"] if "secret" in each}
        assert not with_secrets & {each["name"] for each in pod.container("engine")["volumeMounts"]}


def test_a_password_or_token_is_known_at_its_two_ends_alone(rendered: dict[str, Manifests]) -> None:
    texts = {
        each["metadata"]["name"]: " ".join(base64.b64decode(value).decode() for value in each["data"].values())
        for each in rendered["small"].of_kind("Secret")
    }
    holders: dict[str, set[str]] = {}
    for name, text in texts.items():
        for drawn in re.findall(r"[0-9a-f]{48}", text):
            holders.setdefault(drawn, set()).add(name)

    assert sorted(sorted(each) for each in holders.values()) == [
        ["aggregator", "migrate"],
        ["aggregator", "rabbitmq"],
        ["dispatcher", "migrate"],
        ["dispatcher", "rabbitmq"],
        ["gateway"],  # the organizer's token
        ["gateway", "migrate"],
        ["gateway", "rabbitmq"],
        ["gateway", "runner"],
        ["migrate", "postgres"],
        ["rabbitmq", "runner"],
    ]


def test_secrets_are_their_owners_alone_and_stay_when_they_are_drawn_again(tmp_path: Path) -> None:
    copy = copy_with_secrets(tmp_path)
    folder = copy / "overlays/small/secrets"
    files = {each.name: each.read_text() for each in folder.iterdir()}

    subprocess.run(["bash", copy / "secrets.sh"], check=True)

    assert {each.name: each.read_text() for each in folder.iterdir()} == files
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}
    assert f"ARENA_ORGANIZER_TOKEN={files['organizer-token']}\n" in files["gateway.env"]


def test_no_secret_is_committed() -> None:
    kept = subprocess.run(["git", "ls-files", "deploy/kubernetes"], capture_output=True, text=True, check=True).stdout
    assert "secrets.sh" in kept
    assert "/secrets/" not in kept

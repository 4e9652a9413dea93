"""Every document is one that the API server of its version takes."""

import functools
import json
from pathlib import Path

import kubernetes_validate
import pytest

from tests.support.manifests import MANIFESTS, Manifests, with_components

VERSIONS = {"production": ("1.33",), "small": ("1.29", "1.33"), "small-1.20": ("1.22",)}
"""By overlay; there is no schema before 1.22, which has all that is used of 1.20."""
CUSTOM_RESOURCES = {"ScaledJob"}


def validate(manifests: Manifests, version: str) -> None:
    for each in manifests.documents:
        if each["kind"] not in CUSTOM_RESOURCES:
            validate_once(json.dumps(each), version)


@functools.cache
def validate_once(document: str, version: str) -> None:
    """Raise what is wrong with a document; overlays share most of theirs, and each takes a tenth of a second."""
    kubernetes_validate.validate(json.loads(document), version, strict=True)


def test_every_overlay_is_validated() -> None:
    assert {each.name for each in (MANIFESTS / "overlays").iterdir()} == set(VERSIONS)


@pytest.mark.parametrize("overlay", VERSIONS)
def test_every_document_of_an_overlay_is_valid(overlay: str, rendered: dict[str, Manifests]) -> None:
    for version in VERSIONS[overlay]:
        validate(rendered[overlay], version)


@pytest.mark.parametrize(
    ("overlay", "components", "version"),
    [
        ("small", ["plain-sidecar"], "1.25"),
        ("production", ["plain-sidecar"], "1.25"),
        ("production", ["plain-sidecar", "kubernetes-1.20"], "1.22"),
    ],
)
def test_an_overlay_with_components_for_older_clusters_is_valid(
    overlay: str, components: list[str], version: str, copied: Path
) -> None:
    validate(with_components(copied, overlay, *components), version)


@pytest.mark.parametrize("overlay", ["production", "small"])
def test_an_overlay_with_what_is_switched_on_is_valid(overlay: str, copied: Path) -> None:
    for version in VERSIONS[overlay]:
        validate(with_components(copied, overlay, "traces", "mail", "internet"), version)


def test_every_component_is_validated() -> None:
    assert {each.name for each in (MANIFESTS / "components").iterdir()} == {
        "plain-sidecar",
        "kubernetes-1.20",
        "traces",
        "mail",
        "internet",
    }


@pytest.mark.parametrize("overlay", VERSIONS)
def test_the_job_of_a_runner_is_valid(overlay: str, rendered: dict[str, Manifests]) -> None:
    spec = rendered[overlay].get("ScaledJob", "runner", "arena-runners")["spec"]["jobTargetRef"]
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "runner"}, "spec": spec}
    for version in VERSIONS[overlay]:
        validate_once(json.dumps(job), version)

"""The manifests of `deploy/kubernetes` as kubectl renders them, and what is asked of them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

MANIFESTS = Path(__file__).parents[2] / "deploy/kubernetes"
KUBECTL = Path(sys.executable).with_name("kubectl")

Document = dict[str, Any]


@dataclass(frozen=True)
class PodTemplate:
    """What runs in a pod, of whatever kind makes it."""

    owner: str
    namespace: str
    labels: dict[str, str]
    annotations: dict[str, str]
    spec: Document

    @property
    def containers(self) -> list[Document]:
        """All containers, those that start first as well."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    def container(self, name: str) -> Document:
        """The container of this name."""
        (found,) = (each for each in self.containers if each["name"] == name)
        return found


@dataclass(frozen=True)
class Manifests:
    """Every document of one overlay."""

    documents: list[Document]

    def of_kind(self, kind: str) -> list[Document]:
        """The documents of one kind."""
        return [each for each in self.documents if each["kind"] == kind]

    def get(self, kind: str, name: str, namespace: str = "arena") -> Document:
        """One document."""
        (found,) = (
            each
            for each in self.of_kind(kind)
            if each["metadata"]["name"] == name and each["metadata"].get("namespace") == namespace
        )
        return found

    def pods(self) -> Iterator[PodTemplate]:
        """The template of every pod."""
        for each in self.documents:
            spec = each.get("spec", {})
            template = spec.get("template") or spec.get("jobTargetRef", {}).get("template")
            if template:
                metadata = template["metadata"]
                yield PodTemplate(
                    owner=each["metadata"]["name"],
                    namespace=each["metadata"]["namespace"],
                    labels=metadata["labels"],
                    annotations=metadata.get("annotations", {}),
                    spec=template["spec"],
                )

    def pod(self, owner: str) -> PodTemplate:
        """The pod that a Deployment, StatefulSet, Job or ScaledJob of this name makes."""
        (found,) = (each for each in self.pods() if each.owner == owner)
        return found


def copy_with_secrets(folder: Path) -> Path:
    """Copy the manifests and draw the secrets there; no test touches those of the user."""
    copy = folder / "deploy" / "kubernetes"
    shutil.copytree(MANIFESTS, copy, ignore=shutil.ignore_patterns("secrets"))
    subprocess.run(["bash", copy / "secrets.sh"], check=True)
    return copy


def with_components(copy: Path, overlay: str, *components: str) -> Manifests:
    """Return an overlay to which components are added, as a kustomization of an operator's own would."""
    folder = copy / "-".join((overlay, *components))
    folder.mkdir(exist_ok=True)
    document = {"resources": [f"../overlays/{overlay}"], "components": [f"../components/{each}" for each in components]}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(document))
    return render(folder)


def bytes_of(quantity: str) -> int:
    """Return what a quantity of memory means."""
    return int(quantity[:-2]) * {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30}[quantity[-2:]]


def render(folder: Path) -> Manifests:
    """Return what `kubectl apply -k` would send."""
    done = subprocess.run([KUBECTL, "kustomize", folder], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Manifests([each for each in yaml.safe_load_all(done.stdout) if each])

"""Manifests as kubectl shows them once they are applied to a cluster where all is well."""

import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime

from arena.cluster.documents import ClusterDocuments, read_objects
from tests.support.manifests import Document, Manifests

SERVICES, RUNNERS = "arena", "arena-runners"
READ_AT = datetime(2026, 7, 1, 12, tzinfo=UTC)


@dataclass
class AppliedCluster:
    """What is in a cluster; a test changes it before it is checked."""

    documents: list[Document]
    secrets: set[tuple[str, str]]
    has_keda: bool = True
    unready: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def get(self, kind: str, name: str, namespace: str | None = None) -> Document:
        """One document."""
        found: Document
        (found,) = (
            each
            for each in self.documents
            if each["kind"] == kind
            and each["metadata"]["name"] == name
            and namespace in {None, each["metadata"].get("namespace")}
        )
        return found

    def remove(self, kind: str, name: str, namespace: str | None = None) -> None:
        """Take one document away."""
        self.documents.remove(self.get(kind, name, namespace))

    @property
    def scaled_job(self) -> Document:
        """The ScaledJob of runners."""
        return self.get("ScaledJob", "runner")

    @property
    def settings(self) -> dict[str, str]:
        """What the runner is told."""
        data: dict[str, str] = self.get("ConfigMap", "runner")["data"]
        return data

    def container(self, name: str) -> Document:
        """A container of a runner's pod."""
        spec = self.scaled_job["spec"]["jobTargetRef"]["template"]["spec"]
        found: Document
        (found,) = (each for each in [*spec.get("initContainers", []), *spec["containers"]] if each["name"] == name)
        return found

    def add_pod(self, name: str, namespace: str = SERVICES, *, container: str = "service", **status: object) -> None:
        """Show a pod of a service."""
        self.documents.append(
            {
                "kind": "Pod",
                "metadata": {
                    "name": f"{name}-1",
                    "namespace": namespace,
                    "labels": {"app.kubernetes.io/name": name},
                },
                "spec": {"containers": [{"name": container}]},
                "status": status,
            }
        )

    def read(self) -> ClusterDocuments:
        """What `arena cluster check` looks at."""
        objects, pods = read_objects(self.documents)
        return ClusterDocuments(
            SERVICES,
            RUNNERS,
            READ_AT,
            objects,
            pods,
            secrets=frozenset(self.secrets),
            has_keda=self.has_keda,
            unready=self.unready,
        )


def apply(manifests: Manifests) -> AppliedCluster:
    """Return a cluster to which these manifests were applied, with one node for runners and every Secret."""
    documents = copy.deepcopy(manifests.documents)
    for each in documents:
        if each["kind"] in {"Deployment", "StatefulSet"}:
            each["status"] = {"readyReplicas": each["spec"]["replicas"]}
    documents.append(
        {
            "kind": "Node",
            "metadata": {"name": "node-1", "labels": {"arena.runner": "true"}},
            "spec": {"taints": [{"key": "arena.runner", "value": "true", "effect": "NoSchedule"}]},
            "status": {
                "allocatable": {"cpu": "8", "memory": "64Gi"},
                "conditions": [{"type": "Ready", "status": "True"}],
            },
        }
    )
    owners = {(pod.namespace, pod.owner) for pod in manifests.pods()}
    return AppliedCluster(documents, owners | {(namespace, f"{owner}-tls") for namespace, owner in owners})


def named_by_digest(cluster: AppliedCluster) -> AppliedCluster:
    """Name every image as a kustomization with `images:` does."""
    for each in cluster.documents:
        spec = each.get("spec", {})
        template = spec.get("template") or spec.get("jobTargetRef", {}).get("template")
        if template:
            pod = template["spec"]
            for container in [*pod.get("initContainers", []), *pod["containers"]]:
                container["image"] = f"registry.example.org/{container['name']}@sha256:{'0' * 64}"
    return cluster

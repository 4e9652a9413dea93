"""The objects of a cluster that Arena consists of, as kubectl shows them; only what is checked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pydantic import Field

from arena.cluster.pods import Condition, KubernetesPart, ObjectMetadata, Pod, PodContainer, PodSpec, PodTemplate

NAMESPACE = "kubernetes.io/metadata.name"
"""The label of a namespace that is its name."""
ObjectT = TypeVar("ObjectT", bound="KubernetesObject")


class KubernetesObject(KubernetesPart):
    """An object of the cluster."""

    kind: str
    metadata: ObjectMetadata

    @property
    def where(self) -> str:
        """What it is called in a fault."""
        return "/".join(filter(None, (self.metadata.namespace, self.kind, self.metadata.name)))


class WorkloadSpec(KubernetesPart):
    """What makes pods."""

    replicas: int = 1
    template: PodTemplate
    backoff_limit: int = 6
    active_deadline_seconds: int | None = None


class WorkloadStatus(KubernetesPart):
    """How many of the pods are ready; of a Job, how it ended."""

    ready_replicas: int = 0
    conditions: tuple[Condition, ...] = ()


class Workload(KubernetesObject):
    """A Deployment, StatefulSet or Job."""

    spec: WorkloadSpec
    status: WorkloadStatus = WorkloadStatus()


class ScalerTrigger(KubernetesPart):
    """What the scaler counts."""

    type: str
    metadata: dict[str, str] = Field(default_factory=dict)


class ScalingStrategy(KubernetesPart):
    """How the scaler goes from the count to Jobs."""

    strategy: str = "default"


class RolloutStrategy(KubernetesPart):
    """What the scaler does with Jobs that run when the ScaledJob changes."""

    strategy: str = "default"


class ScaledJobSpec(KubernetesPart):
    """How many runners there are; what is not stated is KEDA's default."""

    job_target_ref: WorkloadSpec
    min_replica_count: int = 0
    max_replica_count: int = 100
    successful_jobs_history_limit: int = 100
    failed_jobs_history_limit: int = 100
    rollout: RolloutStrategy = RolloutStrategy()
    scaling_strategy: ScalingStrategy = ScalingStrategy()
    triggers: tuple[ScalerTrigger, ...] = ()


class ScaledJob(KubernetesObject):
    """KEDA's: starts a Job for each runner that the work wants."""

    spec: ScaledJobSpec
    status: WorkloadStatus = WorkloadStatus()


class ResourceQuotaSpec(KubernetesPart):
    """The most that a namespace may have."""

    hard: dict[str, str] = Field(default_factory=dict)


class ResourceQuota(KubernetesObject):
    """The limit of a namespace."""

    spec: ResourceQuotaSpec


class ConfigMap(KubernetesObject):
    """Settings that are no secrets."""

    data: dict[str, str] = Field(default_factory=dict)


class ServicePort(KubernetesPart):
    """A port of a Service."""

    port: int


class KubernetesServiceSpec(KubernetesPart):
    """Which pods answer, and where."""

    selector: dict[str, str] = Field(default_factory=dict)
    ports: tuple[ServicePort, ...] = ()


class KubernetesService(KubernetesObject):
    """An address for several pods."""

    spec: KubernetesServiceSpec


class LabelRequirement(KubernetesPart):
    """A label and the values that it may have."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


class LabelSelector(KubernetesPart):
    """Which pods are meant; an empty one means all."""

    match_labels: dict[str, str] = Field(default_factory=dict)
    match_expressions: tuple[LabelRequirement, ...] = ()

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether something with these labels is meant."""
        return self.match_labels.items() <= labels.items() and all(
            (labels.get(each.key) in each.values) == (each.operator == "In")
            for each in self.match_expressions
            if each.operator in {"In", "NotIn"}
        )


class NetworkPeer(KubernetesPart):
    """The other end of a connection: pods of other namespaces, of the same, or addresses."""

    namespace_selector: LabelSelector | None = None


class IngressRule(KubernetesPart):
    """Who may speak to the pods of a policy; nobody named means everybody."""

    peers: tuple[NetworkPeer, ...] = Field(default=(), alias="from")

    def admits(self, namespace: str) -> bool:
        """Whether pods of this namespace are among them."""
        selectors = [each.namespace_selector for each in self.peers if each.namespace_selector is not None]
        return not self.peers or any(each.selects({NAMESPACE: namespace}) for each in selectors)


class NetworkPolicySpec(KubernetesPart):
    """For which pods connections are restricted, and what they may do all the same."""

    pod_selector: LabelSelector = LabelSelector()
    policy_types: tuple[str, ...] = ()
    ingress: tuple[IngressRule, ...] = ()
    egress: tuple[dict[str, Any], ...] = ()


class NetworkPolicy(KubernetesObject):
    """Who may speak to whom."""

    spec: NetworkPolicySpec

    @property
    def is_for_some(self) -> bool:
        """Whether it holds for some pods only."""
        selector = self.spec.pod_selector
        return bool(selector.match_labels or selector.match_expressions)


class Taint(KubernetesPart):
    """What keeps pods off a node."""

    key: str
    value: str = ""
    effect: str = ""


class ClusterNodeSpec(KubernetesPart):
    """What a node takes."""

    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False


class ClusterNodeStatus(KubernetesPart):
    """How a node does."""

    allocatable: dict[str, str] = Field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()


class ClusterNode(KubernetesObject):
    """A machine of the cluster."""

    spec: ClusterNodeSpec = ClusterNodeSpec()
    status: ClusterNodeStatus = ClusterNodeStatus()


KINDS: dict[str, type[KubernetesObject]] = {
    **dict.fromkeys(("Deployment", "StatefulSet", "Job"), Workload),
    "ScaledJob": ScaledJob,
    "ResourceQuota": ResourceQuota,
    "ConfigMap": ConfigMap,
    "Service": KubernetesService,
    "NetworkPolicy": NetworkPolicy,
    "Node": ClusterNode,
}
"""Pods apart, which have no kind of their own to check."""


@dataclass(frozen=True)
class ClusterDocuments:
    """Everything that kubectl shows of Arena in one cluster.

    `secrets` has (namespace, name): their contents are not read. `unread` says of Nodes and Secrets, which not every
    operator may see, why they were not read. `unready` says of a pod by (namespace, name) what its
    `/readyz` gives as reasons.
    """

    namespace: str
    runners_namespace: str
    read_at: datetime
    objects: tuple[KubernetesObject, ...]
    pods: tuple[Pod, ...] = ()
    secrets: frozenset[tuple[str, str]] = frozenset()
    has_keda: bool = True
    unread: Mapping[str, str] = field(default_factory=dict)
    unready: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def every(self, kind: type[ObjectT], namespace: str = "") -> list[ObjectT]:
        """Return the objects of a kind, in one namespace or in all."""
        return [each for each in self.objects if isinstance(each, kind) and namespace in {"", each.metadata.namespace}]

    def find(self, kind: type[ObjectT], name: str, namespace: str, written: str = "") -> ObjectT | None:
        """Return an object by its name; `written` tells workloads apart, which are several kinds."""
        return next(
            (each for each in self.every(kind, namespace) if each.metadata.name == name and written in {"", each.kind}),
            None,
        )

    def pod_specs(self) -> Iterator[tuple[KubernetesObject, PodSpec]]:
        """Yield everything that makes pods, but for the scaler's Jobs, with the pod."""
        for each in self.every(Workload, self.namespace):
            yield each, each.spec.template.spec
        for job in self.every(ScaledJob):
            yield job, job.spec.job_target_ref.template.spec

    def settings(self, container: PodContainer, namespace: str) -> dict[str, str]:
        """Return a container's variables, as far as they are no secrets."""
        found: dict[str, str] = {}
        for source in container.env_from:
            if source.config_map_ref and (named := self.find(ConfigMap, source.config_map_ref.name, namespace)):
                found |= named.data
        return found | {each.name: each.value for each in container.env if each.value}


def read_objects(items: Iterable[Mapping[str, Any]]) -> tuple[tuple[KubernetesObject, ...], tuple[Pod, ...]]:
    """Return the objects and pods among what kubectl printed; what is of no kind that is checked is left out."""
    objects, pods = [], []
    for item in items:
        if item["kind"] == "Pod":
            pods.append(Pod.model_validate(item))
        elif kind := KINDS.get(item["kind"]):
            objects.append(kind.model_validate(item))
    return tuple(objects), tuple(pods)

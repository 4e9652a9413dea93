"""Pods and what they are made of, as kubectl shows them; only what is checked."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class KubernetesPart(BaseModel):
    """A part of an object of Kubernetes. What is not checked is ignored."""

    model_config = ConfigDict(alias_generator=to_camel, coerce_numbers_to_str=True, extra="ignore", frozen=True)


class ObjectMetadata(KubernetesPart):
    """What every object has."""

    name: str = ""
    namespace: str = ""
    labels: dict[str, str] = Field(default_factory=dict)
    annotations: dict[str, str] = Field(default_factory=dict)


class NamedReference(KubernetesPart):
    """A Secret or ConfigMap, by its name."""

    name: str
    optional: bool = False


class VariableSource(KubernetesPart):
    """Where the value of a variable comes from."""

    secret_key_ref: NamedReference | None = None
    config_map_key_ref: NamedReference | None = None


class ContainerVariable(KubernetesPart):
    """A variable of a container."""

    name: str
    value: str = ""
    value_from: VariableSource = VariableSource()


class VariablesSource(KubernetesPart):
    """A Secret or ConfigMap whose keys are variables."""

    secret_ref: NamedReference | None = None
    config_map_ref: NamedReference | None = None


class ContainerResources(KubernetesPart):
    """What a container asks for, and what it may use."""

    requests: dict[str, str] = Field(default_factory=dict)
    limits: dict[str, str] = Field(default_factory=dict)


class PodContainer(KubernetesPart):
    """A container of a pod."""

    name: str
    image: str = ""
    env: tuple[ContainerVariable, ...] = ()
    env_from: tuple[VariablesSource, ...] = ()
    resources: ContainerResources = ContainerResources()


class SecretVolume(KubernetesPart):
    """A Secret as files."""

    secret_name: str = ""
    optional: bool = False


class ProjectedSource(KubernetesPart):
    """A Secret or something else in a projected volume."""

    secret: NamedReference | None = None


class ProjectedVolume(KubernetesPart):
    """Several Secrets and other things as files in one folder."""

    sources: tuple[ProjectedSource, ...] = ()


class PodVolume(KubernetesPart):
    """Files of a pod."""

    name: str
    secret: SecretVolume | None = None
    projected: ProjectedVolume = ProjectedVolume()


class Toleration(KubernetesPart):
    """A taint that a pod puts up with."""

    key: str = ""
    effect: str = ""


class PodSpec(KubernetesPart):
    """What runs in a pod."""

    init_containers: tuple[PodContainer, ...] = ()
    containers: tuple[PodContainer, ...]
    volumes: tuple[PodVolume, ...] = ()
    node_selector: dict[str, str] = Field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    termination_grace_period_seconds: float = 30

    @property
    def all_containers(self) -> list[PodContainer]:
        """All containers, those that start first as well."""
        return [*self.init_containers, *self.containers]

    def find(self, name: str) -> PodContainer | None:
        """Return the container of this name."""
        return next((each for each in self.all_containers if each.name == name), None)

    def requested(self, resource: str) -> list[str]:
        """Return how much of a resource each container asks for: its request, or else its limit."""
        asked = [
            each.resources.requests.get(resource, each.resources.limits.get(resource)) for each in self.all_containers
        ]
        return [each for each in asked if each is not None]


class PodTemplate(KubernetesPart):
    """The pod that something makes."""

    metadata: ObjectMetadata = ObjectMetadata()
    spec: PodSpec


class WaitingContainer(KubernetesPart):
    """Why a container does not run yet."""

    reason: str = ""
    message: str = ""


class EndedContainer(KubernetesPart):
    """How a container ended."""

    exit_code: int = 0
    reason: str = ""


class ContainerState(KubernetesPart):
    """What a container does now."""

    waiting: WaitingContainer | None = None
    terminated: EndedContainer | None = None
    running: dict[str, str] | None = None


class ContainerStatus(KubernetesPart):
    """A container as it runs."""

    name: str
    ready: bool = False
    restart_count: int = 0
    state: ContainerState = ContainerState()


class Condition(KubernetesPart):
    """Something that holds of an object, or does not."""

    type: str
    status: str
    reason: str = ""
    message: str = ""


class PodStatus(KubernetesPart):
    """How a pod does."""

    phase: str = ""
    start_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()


class Pod(KubernetesPart):
    """A pod."""

    metadata: ObjectMetadata
    spec: PodSpec
    status: PodStatus = PodStatus()

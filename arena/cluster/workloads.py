"""Whether the services are there, twice each and ready, the migrations done, and images named by digest. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from arena.cluster.documents import ClusterDocuments, KubernetesService, Workload
from arena.cluster.fault import ClusterFault, fault, warning
from arena.cluster.pods import ContainerStatus, Pod

SERVICES = ("gateway", "dispatcher", "aggregator")
ADDRESSED = ("gateway", "dispatcher")
"""Services that others speak to."""
REPLICAS = 2
STARTING_S = 60.0
"""As long as this after its start, a pod may be on its way to be ready."""
APPLY = "Apply an overlay of deploy/kubernetes."
CURES = {
    "ErrImagePull": "Push the image to where nodes pull from, and name it by digest in your kustomization.",
    "ErrImageNeverPull": "Load the image into the node's engine, or let it be pulled.",
    "CreateContainerConfigError": "Create the Secret or ConfigMap that it names.",
    "CrashLoopBackOff": "kubectl logs --previous says why; mend that.",
    "CreateContainerError": "kubectl describe says why; mend that.",
    "RunContainerError": "kubectl describe says why; mend that.",
    "InvalidImageName": "Correct the image's name in your kustomization.",
}
CURES["ImagePullBackOff"] = CURES["ErrImagePull"]


def check_workloads(cluster: ClusterDocuments) -> Iterator[ClusterFault]:
    """Yield what is wrong with services, migrations and their pods."""
    for name in SERVICES:
        yield from _check_replicas(cluster, name)
    for store in cluster.every(Workload, cluster.namespace):
        if store.kind == "StatefulSet" and store.status.ready_replicas < store.spec.replicas:
            yield fault(
                store.where,
                f"{store.status.ready_replicas} of {store.spec.replicas} are ready.",
                f"kubectl logs -n {cluster.namespace} statefulset/{store.metadata.name} says why.",
            )
    for name in ADDRESSED:
        if cluster.find(KubernetesService, name, cluster.namespace) is None:
            yield fault(f"{cluster.namespace}/Service/{name}", f"There is none, so nothing reaches the {name}.", APPLY)
    migrate = cluster.find(Workload, "migrate", cluster.namespace, "Job")
    for each in migrate.status.conditions if migrate else ():
        if each.type == "Failed" and each.status == "True" and migrate:
            yield fault(
                migrate.where,
                f"The migrations failed ({each.reason}), and the services wait for them.",
                f"kubectl logs -n {cluster.namespace} job/migrate says why; then kubectl delete job migrate -n "
                f"{cluster.namespace}, and apply again.",
            )
    for pod in cluster.pods:
        reasons = cluster.unready.get((pod.metadata.namespace, pod.metadata.name), {})
        yield from _check_pod(pod, reasons, is_young=_is_young(pod, cluster.read_at))


def check_images(cluster: ClusterDocuments) -> Iterator[ClusterFault]:
    """Yield which images are named by a tag alone."""
    users: dict[str, set[str]] = defaultdict(set)
    for owner, pod in cluster.pod_specs():
        for container in pod.all_containers:
            pulled = cluster.settings(container, owner.metadata.namespace).get("ARENA_ENGINE_IMAGES", "").split()
            for image in (container.image, *pulled):
                if "@sha256:" not in image:
                    users[image].add(owner.metadata.name)
    for image, names in sorted(users.items()):
        yield warning(
            f"image {image}",
            f"It is named by its tag in {', '.join(sorted(names))}, so nodes may run different versions of it.",
            "Name it by digest, under images: of your kustomization: newName and digest: sha256:...",
        )


def _check_replicas(cluster: ClusterDocuments, name: str) -> Iterator[ClusterFault]:
    found = cluster.find(Workload, name, cluster.namespace, "Deployment")
    if found is None:
        yield fault(f"{cluster.namespace}/Deployment/{name}", "There is none.", APPLY)
    elif found.spec.replicas < REPLICAS:
        yield fault(
            found.where,
            f"It has {found.spec.replicas} replicas, so nothing takes over when a node fails or is drained.",
            f"Set replicas: {REPLICAS}.",
        )
    elif found.status.ready_replicas < REPLICAS:
        yield fault(
            found.where,
            f"{found.status.ready_replicas} of {found.spec.replicas} replicas are ready.",
            f"Mend what its pods say here, or see kubectl describe pods -n {cluster.namespace} "
            f"-l app.kubernetes.io/name={name}",
        )


def _is_young(pod: Pod, at: datetime) -> bool:
    started = pod.status.start_time
    return started is not None and (at - started).total_seconds() < STARTING_S


def _check_pod(pod: Pod, reasons: Mapping[str, str], *, is_young: bool) -> Iterator[ClusterFault]:
    where = f"{pod.metadata.namespace}/Pod/{pod.metadata.name}"
    for each in pod.status.conditions:
        if each.type == "PodScheduled" and each.status == "False":
            is_runner = pod.metadata.labels.get("app.kubernetes.io/name") == "runner"
            yield (warning if is_runner else fault)(
                where,
                f"It finds no node: {each.message or each.reason}",
                "Wait for your autoscaler, add a node with room, or lower what the pod asks for.",
            )
    for status in (*pod.status.init_container_statuses, *pod.status.container_statuses):
        yield from _check_container(where, status)
    for part, reason in reasons.items():
        if is_young:
            yield warning(where, f"It has just started, and is not ready: {part}: {reason}", "Check again in a minute.")
        else:
            yield fault(where, f"It is not ready: {part}: {reason}", "Mend what it names; it goes on trying by itself.")


def _check_container(where: str, status: ContainerStatus) -> Iterator[ClusterFault]:
    waiting, ended = status.state.waiting, status.state.terminated
    if ended and ended.exit_code:
        yield warning(
            where,
            f"Container {status.name} ended with exit code {ended.exit_code} ({ended.reason}).",
            f"Its log says why: kubectl logs -n NAMESPACE POD -c {status.name}",
        )
    if waiting and waiting.reason in CURES:
        told = f": {waiting.message}" if waiting.message else ""
        yield fault(where, f"Container {status.name} does not start: {waiting.reason}{told}", CURES[waiting.reason])

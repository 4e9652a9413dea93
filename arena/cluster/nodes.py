"""Whether there are nodes for runners, with nothing else on them, and room for a pod. Pure."""

from collections.abc import Iterator

from arena.cluster.documents import ClusterDocuments, ClusterNode
from arena.cluster.fault import ClusterFault, fault, warning
from arena.cluster.quantities import amount, in_gibibytes
from arena.cluster.scaling import find_scaled_job, runner_slots

LABEL = "arena.runner"


def check_nodes(cluster: ClusterDocuments) -> Iterator[ClusterFault]:
    """Yield what is wrong with the nodes on which runners are to be."""
    nodes = [each for each in cluster.every(ClusterNode) if each.metadata.labels.get(LABEL) == "true"]
    if not nodes:
        yield warning(
            "Node",
            f"No node has the label {LABEL}=true. Unless your autoscaler adds some, no runner can start.",
            f"kubectl label node NAME {LABEL}=true && kubectl taint node NAME {LABEL}=true:NoSchedule",
        )
        return
    for node in nodes:
        yield from _check_node(node)
    yield from _check_room(cluster, nodes)


def _check_node(node: ClusterNode) -> Iterator[ClusterFault]:
    if not any(each.key == LABEL and each.effect in {"NoSchedule", "NoExecute"} for each in node.spec.taints):
        yield fault(
            node.where,
            f"It has the label {LABEL}=true, but not the taint: other pods take CPUs from studies.",
            f"kubectl taint node {node.metadata.name} {LABEL}=true:NoSchedule",
        )
    if node.spec.unschedulable:
        yield warning(
            node.where,
            "It is cordoned, so no runner starts on it.",
            f"kubectl uncordon {node.metadata.name}, unless you are working on it.",
        )
    for each in node.status.conditions:
        if each.type == "Ready" and each.status != "True":
            yield fault(
                node.where,
                f"It is not ready: {each.message or each.reason}",
                "Mend the node, or remove its label. Its shards go to other runners.",
            )
        if each.type in {"MemoryPressure", "DiskPressure", "PIDPressure"} and each.status == "True":
            yield fault(
                node.where,
                f"{each.type}: {each.message or each.reason}",
                "Free what is short on the node; images of studies are in /var/lib/arena/engine.",
            )


def _check_room(cluster: ClusterDocuments, nodes: list[ClusterNode]) -> Iterator[ClusterFault]:
    job = find_scaled_job(cluster)
    if job is None:
        return
    pod, slots = job.spec.job_target_ref.template.spec, runner_slots(cluster, job)
    asked = {name: sum(map(amount, pod.requested(name))) for name in ("cpu", "memory")}
    with_room = [
        each for each in nodes if all(amount(each.status.allocatable.get(name, "0")) >= asked[name] for name in asked)
    ]
    if not with_room:
        yield fault(
            job.where,
            f"Its pod asks for {asked['cpu']:g} CPUs and {in_gibibytes(asked['memory'])}, which no node with the label "
            f"{LABEL}=true has.",
            "Lower the requests of its containers, or label larger nodes.",
        )
    for node in with_room:
        if amount(node.status.allocatable["cpu"]) < slots:
            yield warning(
                node.where,
                f"It has {node.status.allocatable['cpu']} CPUs, fewer than the slots of a runner ({slots}), with "
                "which the scaler counts.",
                f"Lower ARENA_SLOTS and targetValue, or keep {LABEL}=true for larger nodes.",
            )

"""All checks of a cluster. Pure."""

from collections.abc import Iterator

from arena.cluster.documents import ClusterDocuments, Workload
from arena.cluster.fault import ClusterFault, fault, warning
from arena.cluster.network import check_network
from arena.cluster.nodes import check_nodes
from arena.cluster.platform import PlatformReport, check_platform
from arena.cluster.runner_pods import StudyNeeds, check_runner_pod
from arena.cluster.scaling import check_scaling
from arena.cluster.secrets import check_secrets
from arena.cluster.workloads import check_images, check_workloads


def check_cluster(cluster: ClusterDocuments, platform: PlatformReport | None) -> list[ClusterFault]:
    """Return every fault and then every warning. Without the platform's report, phases have the usual limits."""
    return sorted(_check_all(cluster, platform), key=lambda each: each.severity)


def _check_all(cluster: ClusterDocuments, platform: PlatformReport | None) -> Iterator[ClusterFault]:
    needs = platform.needs if platform and platform.needs else (StudyNeeds(),)
    for kind, why in cluster.unread.items():
        yield warning(kind, f"They were not looked at: {why}", "Ask for the right to list them.")
    if not cluster.every(Workload, cluster.namespace):
        yield fault(
            f"Namespace/{cluster.namespace}",
            "Nothing of Arena is here.",
            "Apply an overlay of deploy/kubernetes, or say where it is with --namespace.",
        )
    else:
        yield from check_workloads(cluster)
        yield from check_network(cluster)
    if "Secret" not in cluster.unread:
        yield from check_secrets(cluster)
    yield from check_scaling(cluster)
    yield from check_runner_pod(cluster, needs)
    if "Node" not in cluster.unread:
        yield from check_nodes(cluster)
    if platform is not None:
        yield from check_platform(cluster, platform)
    yield from check_images(cluster)

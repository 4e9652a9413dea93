"""Whether every Secret is there, and none of one service reaches another. Pure."""

from collections import defaultdict
from collections.abc import Iterator

from arena.cluster.documents import ClusterDocuments, KubernetesObject
from arena.cluster.fault import ClusterFault, fault
from arena.cluster.pods import PodSpec


def check_secrets(cluster: ClusterDocuments) -> Iterator[ClusterFault]:
    """Yield which Secrets are missing, and which are given to several services."""
    readers: dict[tuple[str, str], list[KubernetesObject]] = defaultdict(list)
    for owner, pod in cluster.pod_specs():
        for name in secrets_of(pod):
            readers[owner.metadata.namespace, name].append(owner)
    for (namespace, name), owners in sorted(readers.items()):
        where = f"{namespace}/Secret/{name}"
        names = sorted(each.metadata.name for each in owners)
        if (namespace, name) not in cluster.secrets:
            yield fault(
                where,
                f"There is none, but {', '.join(names)} reads it.",
                "Create it: deploy/kubernetes has a script for the overlay small, and examples for production.",
            )
        if len(set(names)) > 1:
            yield fault(
                where,
                f"{' and '.join(names)} all have it, so who takes over one of them has the rights of the others.",
                "Give each service a Secret of its own, with a password of its own.",
            )


def secrets_of(pod: PodSpec) -> set[str]:
    """Return the Secrets that a pod cannot start without."""
    found = set()
    for container in pod.all_containers:
        references = [each.secret_ref for each in container.env_from]
        references += [each.value_from.secret_key_ref for each in container.env]
        found |= {each.name for each in references if each and not each.optional}
    for volume in pod.volumes:
        if volume.secret and not volume.secret.optional:
            found.add(volume.secret.secret_name)
        found |= {each.secret.name for each in volume.projected.sources if each.secret and not each.secret.optional}
    return found

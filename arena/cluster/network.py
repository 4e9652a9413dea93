"""Whether connections are closed but for those of the design. What enforces the policies, kubectl cannot see. Pure."""

from collections.abc import Iterator

from arena.cluster.documents import ClusterDocuments, NetworkPolicy
from arena.cluster.fault import ClusterFault, fault

NAME = "app.kubernetes.io/name"
SPEAKERS = ("gateway", "dispatcher", "aggregator")
KEDA = "keda"
"""The namespace in which KEDA usually is, and in which the policies of deploy/kubernetes take it to be."""


def check_network(cluster: ClusterDocuments) -> Iterator[ClusterFault]:
    """Yield which policies are missing."""
    services, runners = cluster.namespace, cluster.runners_namespace
    for namespace in (services, runners):
        yield from _check_closed(cluster, namespace)
    for name in SPEAKERS:
        if not any(each.spec.egress for each in _policies_for(cluster, services, name)):
            yield _missing(services, f"{name} to speak", "it reaches neither broker nor database")
    if not any(each.spec.egress for each in _policies_for(cluster, runners, "runner")):
        yield _missing(runners, "runners to speak", "they reach neither broker nor gateway")
    for name, other, consequence in (
        ("gateway", runners, "they fetch no zips"),
        ("dispatcher", KEDA, "it cannot read the backlog, and starts no runner"),
    ):
        rules = [rule for each in _policies_for(cluster, services, name) for rule in each.spec.ingress]
        if not any(each.admits(other) for each in rules):
            yield _missing(services, f"pods of the namespace {other} to speak to {name}", consequence)


def _check_closed(cluster: ClusterDocuments, namespace: str) -> Iterator[ClusterFault]:
    closed = {
        direction
        for each in cluster.every(NetworkPolicy, namespace)
        if not each.is_for_some
        for direction in each.spec.policy_types
        if not (each.spec.ingress if direction == "Ingress" else each.spec.egress)
    }
    for direction in ("Ingress", "Egress"):
        if direction not in closed:
            yield fault(
                f"{namespace}/NetworkPolicy",
                f"None closes {direction} for all pods, so any pod may speak to any.",
                "Apply the policy deny of deploy/kubernetes/base/network.yaml.",
            )


def _policies_for(cluster: ClusterDocuments, namespace: str, name: str) -> list[NetworkPolicy]:
    """Return the policies for one service, without those that hold for all pods."""
    return [
        each
        for each in cluster.every(NetworkPolicy, namespace)
        if each.is_for_some and each.spec.pod_selector.selects({NAME: name})
    ]


def _missing(namespace: str, what: str, consequence: str) -> ClusterFault:
    return fault(
        f"{namespace}/NetworkPolicy",
        f"None allows {what}: {consequence}.",
        "Apply the policies of an overlay of deploy/kubernetes, with the names of your own namespaces.",
    )

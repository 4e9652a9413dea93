"""Who may speak to whom, by the network policies among manifests."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.manifests import Document, Manifests, PodTemplate

NAMESPACE = "kubernetes.io/metadata.name"


@dataclass(frozen=True, order=True)
class Arrow:
    """A connection that is allowed: from a pod to a pod, or from or to what is outside these manifests."""

    source: str
    target: str
    port: int


def allowed(manifests: Manifests, direction: str) -> set[Arrow]:
    """Return what the policies allow for `Egress`, at the pods that speak, or for `Ingress`, at those that listen."""
    pods = list(manifests.pods())
    field, peers = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    found = set()
    for policy in manifests.of_kind("NetworkPolicy"):
        namespace, spec = policy["metadata"]["namespace"], policy["spec"]
        assert direction in spec["policyTypes"] or field not in spec
        for own in _selected(pods, namespace, spec["podSelector"]):
            for rule in spec.get(field, []):
                for peer in rule[peers]:
                    for other in _named(pods, namespace, peer):
                        ends = (own.owner, other) if direction == "Egress" else (other, own.owner)
                        found |= {Arrow(*ends, each["port"]) for each in rule["ports"]}
    return found


def _named(pods: list[PodTemplate], namespace: str, peer: Document) -> Iterator[str]:
    """The pods that a peer of a rule means; of what is elsewhere, its address or its namespace."""
    if "ipBlock" in peer:
        yield peer["ipBlock"]["cidr"]
        return
    if "namespaceSelector" in peer:
        namespace = peer["namespaceSelector"]["matchLabels"][NAMESPACE]
    if namespace not in {each.namespace for each in pods}:
        yield namespace
        return
    yield from (each.owner for each in _selected(pods, namespace, peer.get("podSelector", {})))


def _selected(pods: list[PodTemplate], namespace: str, selector: Document) -> list[PodTemplate]:
    return [each for each in pods if each.namespace == namespace and _matches(each.labels, selector)]


def _matches(labels: dict[str, str], selector: dict[str, Any]) -> bool:
    if not selector.get("matchLabels", {}).items() <= labels.items():
        return False
    for each in selector.get("matchExpressions", []):
        assert each["operator"] == "In"
        if labels.get(each["key"]) not in each["values"]:
            return False
    return True

"""Nothing speaks to anything but along the arrows of the design."""

from itertools import product

import pytest

from tests.support.manifests import Manifests
from tests.support.network_policies import Arrow, allowed

OVERLAYS = ["production", "small", "small-1.20"]
WITH_A_DATABASE = ("gateway", "dispatcher", "aggregator", "migrate")
WITH_A_BROKER = ("gateway", "dispatcher", "aggregator", "runner")
BLOBS = Arrow("runner", "gateway", 8000)
WITHIN = {Arrow(each, "postgres", 5432) for each in WITH_A_DATABASE} | {
    Arrow(each, "rabbitmq", 5672) for each in WITH_A_BROKER
}
FROM_OUTSIDE = {
    Arrow("ingress-nginx", "gateway", 8000),
    Arrow("keda", "dispatcher", 8000),
    *(Arrow("monitoring", each, 8000) for each in ("gateway", "dispatcher", "aggregator", "runner")),
}
DATABASE, BROKER, STORE, REGISTRY = (f"192.0.2.{number}/32" for number in (10, 20, 30, 40))
TO_OUTSIDE = {
    *(Arrow(each, DATABASE, 5432) for each in WITH_A_DATABASE),
    *(Arrow(each, BROKER, 5671) for each in WITH_A_BROKER),
    Arrow("gateway", STORE, 443),
    Arrow("runner", REGISTRY, 443),
}
NAMES = "kube-system"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_is_allowed_that_no_policy_allows(overlay: str, rendered: dict[str, Manifests]) -> None:
    denying = [
        each["metadata"]["namespace"]
        for each in rendered[overlay].of_kind("NetworkPolicy")
        if each["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    ]
    assert sorted(denying) == ["arena", "arena-runners"]


@pytest.mark.parametrize("overlay", ["small", "small-1.20"])
def test_with_everything_in_the_cluster_the_arrows_of_the_design_are_all(
    overlay: str, rendered: dict[str, Manifests]
) -> None:
    sent = {each for each in allowed(rendered[overlay], "Egress") if each.target != NAMES}

    assert sent == WITHIN | {BLOBS}
    assert allowed(rendered[overlay], "Ingress") == WITHIN | {BLOBS} | FROM_OUTSIDE


def test_with_broker_and_database_elsewhere_each_pod_reaches_those_that_it_needs(
    rendered: dict[str, Manifests],
) -> None:
    sent = {each for each in allowed(rendered["production"], "Egress") if each.target != NAMES}

    assert sent == TO_OUTSIDE | {BLOBS}
    assert allowed(rendered["production"], "Ingress") == {BLOBS} | FROM_OUTSIDE


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_may_ask_for_names(overlay: str, rendered: dict[str, Manifests]) -> None:
    asked = {each for each in allowed(rendered[overlay], "Egress") if each.target == NAMES}
    pods = {each.owner for each in rendered[overlay].pods()}

    assert asked == {Arrow(pod, NAMES, port) for pod, port in product(pods, (53,))}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_runner_reaches_the_database(overlay: str, rendered: dict[str, Manifests]) -> None:
    sent = {each for each in allowed(rendered[overlay], "Egress") if each.source == "runner"}

    assert not [each for each in sent if each.port == 5432]

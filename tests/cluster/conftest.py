"""One cluster for all tests here, with the stand-in for KEDA, and a watch over all pods of runners."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.cluster.costs import Figures
from tests.support.cluster.keda_stand_in import KedaStandIn
from tests.support.cluster.kubernetes import (
    CORE,
    RUNNERS,
    SCALED_JOBS,
    SERVICES,
    Kubernetes,
    connected_kubernetes,
    kubectl,
)
from tests.support.cluster.platform import Platform, forwarded_gateway, organizer_token
from tests.support.cluster.pods import PodWatch
from tests.support.stack import ROOT

HERE = Path(__file__).parent
SLOW = """
import os, time
import numpy as np
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict
class Slow(AbstractOptimizer):
    def suggest(self, n_suggestions=1):
        time.sleep(1)
        unlike_any_other = np.random.RandomState(int.from_bytes(os.urandom(4), "big"))
        return suggest_dict([], [], self.api_config, n_suggestions=n_suggestions, random=unlike_any_other)
    def observe(self, X, y):
        pass
"""


@pytest.fixture(scope="session")
def kubernetes() -> Iterator[Kubernetes]:
    """The cluster, which knows what a ScaledJob is."""
    with connected_kubernetes() as kubernetes:
        kubectl("apply", "--filename", str(HERE / "scaled_job_crd.yaml"))
        yield kubernetes


@pytest.fixture(scope="session")
def pods(kubernetes: Kubernetes) -> Iterator[PodWatch]:
    """Every change of runners' pods since the beginning."""
    with PodWatch(kubernetes) as pods:
        yield pods


@pytest.fixture(scope="session")
def keda(kubernetes: Kubernetes, pods: PodWatch) -> Iterator[KedaStandIn]:
    """What makes Jobs of ScaledJobs; the watch sees all that it does."""
    assert pods.most == 0
    with KedaStandIn(kubernetes) as keda:
        yield keda


@pytest.fixture(scope="session")
def platform(keda: KedaStandIn) -> Iterator[Platform]:
    """Arena, as the commands of the first test have set it up."""
    assert keda
    with forwarded_gateway() as url:
        platform = Platform(url, organizer_token())
        platform.organizer.get("/api/v1/competitions")  # asks until the gateway is there
        yield platform


@pytest.fixture(scope="session")
def runners_limit(kubernetes: Kubernetes, platform: Platform) -> int:
    """How many runners there may be."""
    assert platform
    [scaled_job] = kubernetes.every(SCALED_JOBS, "scaledjobs", RUNNERS)
    limit: int = scaled_job["spec"]["maxReplicaCount"]
    return limit


@pytest.fixture(scope="session")
def services_node(kubernetes: Kubernetes, platform: Platform) -> str:
    """The node on which the database runs."""
    assert platform
    [database] = [
        pod
        for pod in kubernetes.every(CORE, "pods", SERVICES)
        if pod["metadata"]["labels"].get("app.kubernetes.io/name") == "postgres"
    ]
    node: str = database["spec"]["nodeName"]
    return node


@pytest.fixture(scope="session")
def next_image() -> str:
    """The services' image that a rolling update goes to."""
    return os.environ.get("ARENA_NEXT_SERVICE_IMAGE", "arena-service:next")


@pytest.fixture(scope="session")
def figures() -> Figures:
    """What this run measures."""
    return Figures(ROOT / ".arena" / "cluster" / "figures.json")


@pytest.fixture
def slow_optimizer(tmp_path: Path) -> Path:
    """The folder of an optimizer that takes a second for each iteration, and whose suggestions are never the same."""
    folder = tmp_path / "slow"
    folder.mkdir()
    (folder / "optimizer.py").write_text(SLOW)
    return folder

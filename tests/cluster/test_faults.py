"""A node is cut off, and another one drained, while studies run there."""

from pathlib import Path

import pytest

from arena.api.executions import Execution
from arena.pack.optimizer_zip import read_zip
from arena.words.states import ExecutionState
from tests.support.cluster import machine
from tests.support.cluster.kubernetes import Kubernetes, kubectl
from tests.support.cluster.platform import Platform, wait_for
from tests.support.cluster.pods import PodWatch

pytestmark = pytest.mark.cluster


def is_ready(kubernetes: Kubernetes, name: str) -> bool:
    """Whether the cluster hears from a node."""
    [node] = [each for each in kubernetes.nodes() if each["metadata"]["name"] == name]
    return any(each["type"] == "Ready" and each["status"] == "True" for each in node["status"]["conditions"])


def running_elsewhere(platform: Platform, pods: PodWatch, submission: str, first_node: str) -> Execution:
    """Wait for a study on a node that runs no services, and return its execution."""
    found: list[Execution] = []

    def look() -> bool:
        found[:] = [
            each
            for each in platform.executions(submission)
            if each.outcome == ExecutionState.RUNNING and pods.nodes.get(str(each.runner), first_node) != first_node
        ]
        return bool(found)

    wait_for(look, "a study runs on a node without services")
    return found[0]


@pytest.mark.skipif(not machine.is_ours(), reason="only on this machine's own cluster can a cable be pulled")
def test_the_shards_of_a_node_that_is_cut_off_run_elsewhere_and_count_once(
    platform: Platform, kubernetes: Kubernetes, pods: PodWatch, services_node: str, slow_optimizer: Path
) -> None:
    team = platform.set_up("cut-off", n_calls=10, studies_per_box=2)
    submission = team.submit("cut-off", None, *read_zip(slow_optimizer)).json["id"]
    lost = running_elsewhere(platform, pods, submission, services_node)
    node = pods.nodes[str(lost.runner)]

    with machine.unplugged(node):
        ended = platform.wait_until_scored(submission)
        losses = platform.losses("cut-off", submission)
    wait_for(lambda: is_ready(kubernetes, node), f"{node} is ready again")
    wait_for(lambda: lost.runner not in pods.living, "the runner that was cut off has ended")
    pods.wait_until_none_runs()

    outcomes = {each.id: each.outcome for each in platform.executions(submission)}
    assert outcomes[lost.id] == ExecutionState.LEASE_EXPIRED
    assert sum(outcome == ExecutionState.DONE for outcome in outcomes.values()) == ended.studies_total == len(losses)
    assert platform.losses("cut-off", submission) == losses
    assert platform.submission(submission).score == ended.score


def test_a_study_on_a_node_that_is_drained_is_finished_there(
    platform: Platform, pods: PodWatch, services_node: str, slow_optimizer: Path
) -> None:
    team = platform.set_up("drain", n_calls=10, studies_per_box=2)
    submission = team.submit("drain", None, *read_zip(slow_optimizer)).json["id"]
    running = running_elsewhere(platform, pods, submission, services_node)
    node = pods.nodes[str(running.runner)]

    try:
        kubectl("drain", node, "--force", "--ignore-daemonsets", "--delete-emptydir-data", limit_s=600)
        assert running.runner not in pods.living
        platform.wait_until_scored(submission)
    finally:
        kubectl("uncordon", node)

    outcomes = {each.id: (each.outcome, each.runner) for each in platform.executions(submission)}
    assert outcomes[running.id] == (ExecutionState.DONE, running.runner)
    assert {outcome for outcome, _ in outcomes.values()} == {ExecutionState.DONE}
    pods.wait_until_none_runs()

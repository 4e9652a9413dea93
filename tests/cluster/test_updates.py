"""All services are updated, one pod at a time, while a submission is scored."""

from pathlib import Path

import pytest

from arena.pack.optimizer_zip import read_zip
from arena.words.states import ExecutionState
from tests.support.cluster.kubernetes import APPS, SERVICES, Kubernetes, kubectl
from tests.support.cluster.platform import Platform, wait_for
from tests.support.cluster.pods import PodWatch

pytestmark = pytest.mark.cluster
DEPLOYMENTS = ("gateway", "dispatcher", "aggregator")


def test_a_rolling_update_in_the_middle_of_a_submission_loses_nothing(
    platform: Platform, kubernetes: Kubernetes, pods: PodWatch, next_image: str, slow_optimizer: Path
) -> None:
    deployments = kubernetes.every(APPS, "deployments", SERVICES)
    replicas = {each["metadata"]["name"]: each["spec"]["replicas"] for each in deployments}
    assert all(replicas[name] >= 2 for name in DEPLOYMENTS)
    team = platform.set_up("update", n_calls=10, studies_per_box=3)
    submission = team.submit("update", None, *read_zip(slow_optimizer)).json["id"]
    wait_for(lambda: platform.submission(submission).studies_done, "a study is done")

    for name in DEPLOYMENTS:
        kubectl("set", "image", f"deployment/{name}", f"*={next_image}", "--namespace", SERVICES)
    for name in DEPLOYMENTS:
        kubectl("rollout", "status", f"deployment/{name}", "--namespace", SERVICES, "--timeout=300s", limit_s=330)

    ended = platform.wait_until_scored(submission)
    outcomes = [each.outcome for each in platform.executions(submission)]
    assert outcomes.count(ExecutionState.DONE) == ended.studies_total
    # Where dispatchers hear from no runner for 10 s, on a busy machine, a shard in hand is released again.
    assert set(outcomes) <= {ExecutionState.DONE, ExecutionState.MESSAGE_LOST}
    assert len(platform.losses("update", submission)) == ended.studies_total
    pods.wait_until_none_runs()

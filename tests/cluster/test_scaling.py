"""From no runner to as many as are allowed, and back; scores and costs beside those of one machine."""

from pathlib import Path
from statistics import median

import pytest

from arena.api.executions import Execution
from arena.pack.optimizer_zip import read_zip
from arena.words.states import ExecutionState
from tests.support.cluster.costs import CpuMeter, Figures
from tests.support.cluster.keda_stand_in import KedaStandIn
from tests.support.cluster.kubernetes import RUNNERS, SCALED_JOBS, Kubernetes
from tests.support.cluster.platform import Platform
from tests.support.cluster.pods import PodWatch
from tests.support.end_to_end.competition import EXAMPLES
from tests.support.service_settings import ORGANIZER_TOKEN, PlatformSettings
from tests.support.stack import running_services

pytestmark = pytest.mark.cluster
OPTIMIZER = EXAMPLES / "random_search"
SHARDS = 30


def study_seconds(executions: list[Execution]) -> float:
    """How long a runner had a shard: the median."""
    spans = [each.ended_at - each.taken_at for each in executions if each.ended_at and each.taken_at]
    return median(span.total_seconds() for span in spans)


def test_a_burst_brings_as_many_runners_as_are_allowed_in_one_step_and_then_they_leave(
    platform: Platform, kubernetes: Kubernetes, pods: PodWatch, keda: KedaStandIn, runners_limit: int, figures: Figures
) -> None:
    pods.wait_until_none_runs()
    keda.steps.clear()
    meter = CpuMeter(kubernetes)
    submission = platform.set_up("burst", studies_per_box=10).submit("burst", None, *read_zip(OPTIMIZER)).json["id"]

    pods.wait_for(runners_limit)
    ended = platform.wait_until_scored(submission)

    executions = platform.executions(submission)
    assert [each.outcome for each in executions] == [ExecutionState.DONE] * SHARDS
    assert keda.steps[0] == runners_limit
    begun = {each.runner: each.taken_at for each in sorted(executions, key=lambda one: str(one.taken_at), reverse=True)}
    assert len({pods.nodes[str(runner)] for runner in begun}) == runners_limit
    figures.add_burst(ended.created_at, [each for each in begun.values() if each is not None])
    figures.add_cpu(meter.used(), len(executions))
    pods.wait_until_none_runs()


async def test_a_score_is_the_same_to_the_last_bit_as_on_one_machine(
    platform: Platform,
    kubernetes: Kubernetes,
    pods: PodWatch,
    settings: PlatformSettings,
    tmp_path: Path,
    figures: Figures,
) -> None:
    with kubernetes.changed(SCALED_JOBS, "scaledjobs", RUNNERS, "runner", {"spec": {"maxReplicaCount": 1}}):
        pods.wait_until_none_runs()
        team = platform.set_up("same", studies_per_box=5)
        submission = team.submit("same", None, *read_zip(OPTIMIZER)).json["id"]
        platform.wait_until_scored(submission)
        in_cluster, executions = platform.losses("same", submission), platform.executions(submission)
        pods.wait_until_none_runs()

    async with running_services(settings, tmp_path, ARENA_SLOTS="1") as services:
        alone = Platform(services.url, ORGANIZER_TOKEN)
        submission = alone.set_up("same", studies_per_box=5).submit("same", None, *read_zip(OPTIMIZER)).json["id"]
        alone.wait_until_scored(submission)

        assert alone.losses("same", submission) == in_cluster
        figures.add_study_seconds(study_seconds(executions), study_seconds(alone.executions(submission)))
    assert len(in_cluster) == SHARDS / 2

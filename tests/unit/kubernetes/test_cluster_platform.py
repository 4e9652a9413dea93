"""`arena cluster check` compares a cluster with what the platform says: what keeps runners from work, and phases."""

import pytest

from arena.api.operations import RunnerSummary
from arena.api.planning import Machines
from arena.cluster.check import check_cluster
from arena.cluster.platform import PlatformReport
from arena.cluster.runner_pods import StudyNeeds
from arena.words.limits import Limits
from arena.words.states import SHUTS_DOWN, RunnerState
from tests.support.cluster.applied import AppliedCluster, apply, named_by_digest
from tests.support.manifests import Manifests

MACHINES = Machines(cpus_wanted=0, slots=2, wanted=0, ready=0, not_ready=0, limit=3, at_limit=False)
READY = RunnerSummary.model_validate(RunnerSummary.model_config["json_schema_extra"]["examples"][0])  # type: ignore[index]


def report(*needs: StudyNeeds, machines: Machines = MACHINES, runner: RunnerSummary = READY) -> PlatformReport:
    return PlatformReport((runner,), machines, needs)


def found(cluster: AppliedCluster, platform: PlatformReport) -> list[tuple[str, str, str]]:
    return [(each.severity, each.where, each.what) for each in check_cluster(cluster.read(), platform)]


def test_a_platform_that_fits_its_cluster_has_no_fault(rendered: dict[str, Manifests]) -> None:
    assert found(named_by_digest(apply(rendered["small"])), report(StudyNeeds("demo/feedback"))) == []


def test_what_a_runner_says_keeps_it_from_work_is_a_fault(rendered: dict[str, Manifests]) -> None:
    reason = "the node has no swap accounting; boot it with swapaccount=1"
    runner = READY.model_copy(update={"ready": False, "state": RunnerState.NOT_READY, "reason": reason})

    faults = found(named_by_digest(apply(rendered["small"])), report(runner=runner))

    assert faults == [("fault", "runner runner-1", f"It takes no work: {reason}")]


def test_a_runner_that_ends_in_good_order_is_no_fault(rendered: dict[str, Manifests]) -> None:
    runner = READY.model_copy(update={"ready": False, "state": RunnerState.NOT_READY, "reason": SHUTS_DOWN})

    assert found(named_by_digest(apply(rendered["small"])), report(runner=runner)) == []


@pytest.mark.parametrize(
    ("needs", "severity", "what"),
    [
        (StudyNeeds("demo/final", studies_per_shard=5), "fault", "a shard of demo/final may take 21800 s"),
        (StudyNeeds("demo/final", limits=Limits(study_timeout_s=3600)), "fault", "may take 7320 s"),
        (
            StudyNeeds("demo/final", limits=Limits(memory_limit_bytes=60 * 2**30)),
            "fault",
            "less than one study of demo",
        ),
        (StudyNeeds("demo/final", cpus=2), "fault", "wants 2 CPUs, but a runner has 1 slots"),
    ],
)
def test_a_phase_that_no_runner_can_finish_is_a_fault(
    needs: StudyNeeds, severity: str, what: str, rendered: dict[str, Manifests]
) -> None:
    cluster = named_by_digest(apply(rendered["small"]))
    if needs.cpus == 2:
        cluster.settings["ARENA_SLOTS"] = "1"
        cluster.scaled_job["spec"]["triggers"][0]["metadata"]["targetValue"] = "1"

    said = found(cluster, report(StudyNeeds("demo/feedback"), needs))

    assert [each for each in said if each[0] == severity and what in each[2]]


def test_a_gateway_that_counts_other_machines_than_the_scaler_starts_is_a_warning(
    rendered: dict[str, Manifests],
) -> None:
    machines = MACHINES.model_copy(update={"slots": 8, "limit": None})

    warnings = found(named_by_digest(apply(rendered["small"])), report(machines=machines))

    assert [(severity, what.split(",")[0]) for severity, _, what in warnings] == [
        ("warning", "ARENA_RUNNER_SLOTS is 8"),
        ("warning", "ARENA_RUNNERS_LIMIT is not set"),
    ]

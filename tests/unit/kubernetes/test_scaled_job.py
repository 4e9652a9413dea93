"""Runners: as many as the work asks for, up to the limit, each on its own node, and none ended while it is busy."""

import re
from pathlib import Path
from typing import Any

import pytest

from arena.api.operations import Backlog
from arena.sandbox.fixed_limits import BLACKBOX_MEMORY_BYTES
from arena.words.limits import Limits
from services.runner.settings import RunnerSettings
from tests.support.manifests import Manifests, bytes_of, with_components

ROOT = Path(__file__).parents[3]
ENGINE = (ROOT / "deploy/images/engine/engine.sh").read_text()
OVERLAYS = ["production", "small", "small-1.20"]
RUNNERS = "arena-runners"
DOCUMENTED = {
    "spec": {
        "envSourceContainerName",
        "failedJobsHistoryLimit",
        "jobTargetRef",
        "maxReplicaCount",
        "minReplicaCount",
        "pollingInterval",
        "rollout",
        "scalingStrategy",
        "successfulJobsHistoryLimit",
        "triggers",
    },
    "rollout": {"strategy", "propagationPolicy"},
    "scalingStrategy": {
        "strategy",
        "customScalingQueueLengthDeduction",
        "customScalingRunningJobPercentage",
        "pendingPodConditions",
        "multipleScalersCalculation",
    },
}
"""What KEDA 2.20 knows in a ScaledJob (https://keda.sh/docs/2.20/reference/scaledjob-spec/); it ignores the rest."""


def scaled_job(manifests: Manifests) -> dict[str, Any]:
    spec: dict[str, Any] = manifests.get("ScaledJob", "runner", RUNNERS)["spec"]
    return spec


def settings(manifests: Manifests) -> dict[str, str]:
    data: dict[str, str] = manifests.get("ConfigMap", "runner", RUNNERS)["data"]
    return data


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_no_job_is_ended_by_the_scaler_and_none_is_tried_again_by_kubernetes(
    overlay: str, rendered: dict[str, Manifests]
) -> None:
    spec = scaled_job(rendered[overlay])

    assert spec["rollout"]["strategy"] == "gradual"
    assert spec["scalingStrategy"]["strategy"] == "default"
    assert spec["minReplicaCount"] == 0
    assert spec["jobTargetRef"]["backoffLimit"] == 0
    assert "activeDeadlineSeconds" not in spec["jobTargetRef"]
    annotations = rendered[overlay].pod("runner").annotations
    assert annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "false"
    assert annotations["karpenter.sh/do-not-disrupt"] == "true"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_scaled_job_says_nothing_that_keda_would_ignore(overlay: str, rendered: dict[str, Manifests]) -> None:
    spec = scaled_job(rendered[overlay])

    assert spec.keys() <= DOCUMENTED["spec"]
    assert spec["rollout"].keys() <= DOCUMENTED["rollout"]
    assert spec["scalingStrategy"].keys() <= DOCUMENTED["scalingStrategy"]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_scaler_counts_the_cpus_that_the_dispatcher_wants_by_the_slots_of_a_runner(
    overlay: str, rendered: dict[str, Manifests]
) -> None:
    (trigger,) = scaled_job(rendered[overlay])["triggers"]

    assert trigger["type"] == "metrics-api"
    assert trigger["metadata"] == {
        "url": "http://dispatcher.arena:8000/backlog",
        "valueLocation": "cpus",
        "targetValue": settings(rendered[overlay])["ARENA_SLOTS"],
    }
    assert rendered[overlay].get("Service", "dispatcher")["spec"]["ports"][0]["port"] == 8000
    assert Backlog.model_fields[trigger["metadata"]["valueLocation"]].annotation is int


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_quota_holds_the_limit_whoever_starts_runners(overlay: str, rendered: dict[str, Manifests]) -> None:
    spec = scaled_job(rendered[overlay])
    hard = rendered[overlay].get("ResourceQuota", "runner", RUNNERS)["spec"]["hard"]
    kept = spec["successfulJobsHistoryLimit"] + spec["failedJobsHistoryLimit"]

    assert spec["maxReplicaCount"] >= 1
    assert int(hard["pods"]) == spec["maxReplicaCount"]
    assert int(hard["count/jobs.batch"]) == spec["maxReplicaCount"] + kept


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_console_is_told_the_slots_and_the_limit_that_hold(overlay: str, rendered: dict[str, Manifests]) -> None:
    gateway = rendered[overlay].pod("gateway").container("service")
    told = {each["name"]: each["value"] for each in gateway["env"]}

    assert told["ARENA_RUNNER_SLOTS"] == settings(rendered[overlay])["ARENA_SLOTS"]
    assert told["ARENA_RUNNERS_LIMIT"] == str(scaled_job(rendered[overlay])["maxReplicaCount"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_runner_may_finish_its_longest_shard_before_it_is_ended(overlay: str, rendered: dict[str, Manifests]) -> None:
    grace_s = float(settings(rendered[overlay])["ARENA_GRACE_S"])
    evaluations_s: float = RunnerSettings.model_fields["evaluation_timeout_s"].default
    start_s: float = RunnerSettings.model_fields["start_timeout_s"].default

    assert grace_s >= Limits().study_timeout_s + evaluations_s + 2 * start_s
    assert rendered[overlay].pod("runner").spec["terminationGracePeriodSeconds"] >= grace_s + 60


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_engine_has_memory_for_a_study_in_each_slot(overlay: str, rendered: dict[str, Manifests]) -> None:
    engine = rendered[overlay].pod("runner").container("engine")
    of_a_study = Limits().memory_limit_bytes + BLACKBOX_MEMORY_BYTES

    limit = bytes_of(engine["resources"]["limits"]["memory"])

    assert limit >= int(settings(rendered[overlay])["ARENA_SLOTS"]) * of_a_study


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_a_node_has_one_runner_and_nothing_else_runs_on_it(overlay: str, rendered: dict[str, Manifests]) -> None:
    pod = rendered[overlay].pod("runner")
    (apart,) = pod.spec["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]

    assert apart["topologyKey"] == "kubernetes.io/hostname"
    assert apart["labelSelector"]["matchLabels"].items() <= pod.labels.items()
    assert pod.spec["nodeSelector"] == {"arena.runner": "true"}
    tolerated = {(each["key"], each["effect"]): each for each in pod.spec["tolerations"]}
    assert tolerated["arena.runner", "NoSchedule"]["value"] == "true"
    assert tolerated["node.kubernetes.io/unreachable", "NoExecute"]["tolerationSeconds"] <= 60
    others = [each for each in rendered[overlay].pods() if each.owner != "runner"]
    assert not [each.owner for each in others if each.spec.get("tolerations") or each.spec.get("nodeSelector")]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_runner_and_engine_meet_where_the_engine_looks(overlay: str, rendered: dict[str, Manifests]) -> None:
    pod = rendered[overlay].pod("runner")
    places = dict(re.findall(r"^(run|lock|socket|data|images)=(\S+)", ENGINE, re.MULTILINE))
    mounts = {each["name"]: each["mountPath"] for each in pod.container("engine")["volumeMounts"]}
    volumes = {each["name"]: each for each in pod.spec["volumes"]}

    assert mounts == {"run": places["run"], "engine": places["data"], "images": places["images"]}
    assert {each["name"]: each["mountPath"] for each in pod.container("runner")["volumeMounts"]}["run"] == mounts["run"]
    assert settings(rendered[overlay])["ARENA_LOCK_FILE"] == places["lock"].replace("$run", places["run"])
    assert settings(rendered[overlay])["ARENA_ENGINE_URL"] == "unix://" + places["socket"].replace(
        "$run", places["run"]
    )
    assert volumes["run"] == {"name": "run", "emptyDir": {}}
    assert volumes["engine"]["hostPath"] == {"path": "/var/lib/arena/engine", "type": "DirectoryOrCreate"}
    assert volumes["images"]["hostPath"] == {"path": "/var/lib/arena/images", "type": "DirectoryOrCreate"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_engine_outlives_its_runner(overlay: str, rendered: dict[str, Manifests]) -> None:
    engine = rendered[overlay].pod("runner").container("engine")

    assert engine["lifecycle"]["preStop"]["exec"]["command"] == ["engine.sh", "drain"]
    assert '[ "${1:-}" = drain ]' in ENGINE


def test_the_engine_is_a_native_sidecar_and_a_plain_one_on_older_clusters(
    rendered: dict[str, Manifests], copied: Path
) -> None:
    (native,) = rendered["small"].pod("runner").spec["initContainers"]
    assert native["restartPolicy"] == "Always"

    for older in (rendered["small-1.20"], with_components(copied, "production", "plain-sidecar")):
        pod = older.pod("runner")
        assert "initContainers" not in pod.spec
        assert [each["name"] for each in pod.spec["containers"]] == ["runner", "engine"]
        assert "restartPolicy" not in pod.container("engine")
    assert rendered["small-1.20"].pod("runner").container("engine") == {
        key: value for key, value in native.items() if key != "restartPolicy"
    }

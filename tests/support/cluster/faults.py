"""Each fault of a cluster: the change that makes it, where it is found, and what is said of it."""

from collections.abc import Callable
from datetime import timedelta

from tests.support.cluster.applied import READ_AT, RUNNERS, SERVICES, AppliedCluster

Change = Callable[[AppliedCluster], object]
JOB = "arena-runners/ScaledJob/runner"
QUOTA = "arena-runners/ResourceQuota/runner"


def spec(cluster: AppliedCluster) -> dict[str, object]:
    found: dict[str, object] = cluster.scaled_job["spec"]
    return found


def pod(cluster: AppliedCluster) -> dict[str, object]:
    found: dict[str, object] = cluster.scaled_job["spec"]["jobTargetRef"]["template"]["spec"]
    return found


def trigger(cluster: AppliedCluster) -> dict[str, str]:
    found: dict[str, str] = cluster.scaled_job["spec"]["triggers"][0]["metadata"]
    return found


def hard(cluster: AppliedCluster) -> dict[str, str]:
    found: dict[str, str] = cluster.get("ResourceQuota", "runner")["spec"]["hard"]
    return found


def node(cluster: AppliedCluster) -> dict[str, dict[str, object]]:
    return cluster.get("Node", "node-1")


def share_secret(cluster: AppliedCluster) -> None:
    container = cluster.get("Deployment", "dispatcher")["spec"]["template"]["spec"]["containers"][0]
    container["envFrom"].append({"secretRef": {"name": "gateway"}})


def mount_secret(cluster: AppliedCluster) -> None:
    volumes = cluster.get("Deployment", "dispatcher")["spec"]["template"]["spec"]["volumes"]
    volumes.append({"name": "mine", "secret": {"secretName": "gateway"}})


def add_condition(kind: str, name: str, **condition: str) -> Change:
    def change(cluster: AppliedCluster) -> None:
        found = cluster.get(kind, name)
        found.setdefault("status", {}).setdefault("conditions", []).append(condition)

    return change


def wait_for(reason: str, message: str) -> Change:
    status = [{"name": "service", "state": {"waiting": {"reason": reason, "message": message}}}]
    return lambda cluster: cluster.add_pod("gateway", containerStatuses=status)


def close_in_runners(cluster: AppliedCluster) -> None:
    for each in list(cluster.documents):
        metadata = each["metadata"]
        if each["kind"] == "NetworkPolicy" and metadata["namespace"] == RUNNERS and metadata["name"] != "deny":
            cluster.documents.remove(each)


def say_unready(age_s: float) -> Change:
    def change(cluster: AppliedCluster) -> None:
        cluster.add_pod("gateway", startTime=(READ_AT - timedelta(seconds=age_s)).isoformat())
        cluster.unready[SERVICES, "gateway-1"] = {"broker": "the broker does not answer"}

    return change


def unschedulable(name: str, namespace: str) -> Change:
    condition = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}
    return lambda cluster: cluster.add_pod(name, namespace, conditions=[condition])


SCALING: dict[str, tuple[Change, str, str]] = {
    "no KEDA": (lambda c: setattr(c, "has_keda", False), "CustomResourceDefinition/scaledjobs.keda.sh", "KEDA"),
    "no ScaledJob": (lambda c: c.remove("ScaledJob", "runner"), JOB, "There is none"),
    "paused": (
        lambda c: c.scaled_job["metadata"].update(annotations={"autoscaling.keda.sh/paused": "true"}),
        JOB,
        "paused",
    ),
    "not ready": (
        add_condition("ScaledJob", "runner", type="Ready", status="False", message="no such trigger"),
        JOB,
        "KEDA says: no such trigger",
    ),
    "rollout": (lambda c: spec(c).pop("rollout"), JOB, "rollout.strategy is default"),
    "strategy": (
        lambda c: spec(c).update(scalingStrategy={"strategy": "accurate"}),
        JOB,
        "scalingStrategy.strategy is accurate",
    ),
    "tried again": (lambda c: c.scaled_job["spec"]["jobTargetRef"].pop("backoffLimit"), JOB, "backoffLimit is 6"),
    "deadline": (
        lambda c: c.scaled_job["spec"]["jobTargetRef"].update(activeDeadlineSeconds=3600),
        JOB,
        "activeDeadlineSeconds is 3600",
    ),
    "another trigger": (
        lambda c: spec(c).update(triggers=[{"type": "rabbitmq", "metadata": {}}]),
        JOB,
        "another trigger",
    ),
    "another value": (lambda c: trigger(c).update(valueLocation="shards"), JOB, "is not the backlog"),
    "another port": (
        lambda c: trigger(c).update(url="http://dispatcher.arena/backlog"),
        JOB,
        "no Service has this name and port",
    ),
    "no such host": (
        lambda c: trigger(c).update(url="http://dispatch.arena:8000/backlog"),
        JOB,
        "no Service has this name and port",
    ),
    "slots": (lambda c: c.settings.update(ARENA_SLOTS="3"), JOB, "but a runner has 3 slots"),
    "no runner allowed": (lambda c: spec(c).update(maxReplicaCount=0), JOB, "less than one runner"),
    "limit and quota": (lambda c: hard(c).update(pods="2"), QUOTA, "pods is 2, but"),
    "quota of jobs": (lambda c: hard(c).update({"count/jobs.batch": "3"}), QUOTA, "count/jobs.batch is 3, but"),
    "no quota": (lambda c: c.remove("ResourceQuota", "runner"), "arena-runners/ResourceQuota", "KEDA alone"),
    "quota below one pod": (
        lambda c: hard(c).update({"limits.memory": "1Ti", "requests.memory": "1Gi"}),
        QUOTA,
        "requests.memory is 1Gi, less than one runner's pod",
    ),
}
RUNNER_PODS: dict[str, tuple[Change, str, str]] = {
    "killed early": (
        lambda c: pod(c).update(terminationGracePeriodSeconds=4500),
        JOB,
        "terminationGracePeriodSeconds is 4500",
    ),
    "short grace": (lambda c: c.settings.update(ARENA_GRACE_S="60"), JOB, "ARENA_GRACE_S is 60"),
    "never idle": (lambda c: c.settings.pop("ARENA_EXIT_WHEN_IDLE_S"), JOB, "a runner never ends"),
    "no lock": (lambda c: c.settings.pop("ARENA_LOCK_FILE"), JOB, "does not know when the runner is gone"),
    "no limit of memory": (lambda c: c.container("engine")["resources"].pop("limits"), JOB, "no memory limit"),
    "no room for a study": (
        lambda c: c.container("engine")["resources"].update(limits={"memory": "2Gi"}),
        JOB,
        "less than one study",
    ),
    "no such container": (lambda c: c.container("runner").update(name="other"), JOB, "no container named runner"),
}
WORKLOADS: dict[str, tuple[Change, str, str]] = {
    "no Deployment": (lambda c: c.remove("Deployment", "gateway"), "arena/Deployment/gateway", "There is none"),
    "one replica": (
        lambda c: c.get("Deployment", "dispatcher")["spec"].update(replicas=1),
        "arena/Deployment/dispatcher",
        "1 replicas",
    ),
    "one is ready": (
        lambda c: c.get("Deployment", "aggregator")["status"].update(readyReplicas=1),
        "arena/Deployment/aggregator",
        "1 of 2 replicas are ready",
    ),
    "no database": (
        lambda c: c.get("StatefulSet", "postgres")["status"].update(readyReplicas=0),
        "arena/StatefulSet/postgres",
        "0 of 1 are ready",
    ),
    "no Service": (lambda c: c.remove("Service", "gateway"), "arena/Service/gateway", "nothing reaches the gateway"),
    "migrations failed": (
        add_condition("Job", "migrate", type="Failed", status="True", reason="BackoffLimitExceeded"),
        "arena/Job/migrate",
        "BackoffLimitExceeded",
    ),
    "no image": (wait_for("ImagePullBackOff", "not found"), "arena/Pod/gateway-1", "ImagePullBackOff: not found"),
    "falls over": (wait_for("CrashLoopBackOff", ""), "arena/Pod/gateway-1", "CrashLoopBackOff"),
    "not ready, with its reason": (say_unready(600), "arena/Pod/gateway-1", "broker: the broker does not answer"),
    "no node": (unschedulable("gateway", SERVICES), "arena/Pod/gateway-1", "0/3 nodes are available"),
    "no Secret": (lambda c: c.secrets.discard((RUNNERS, "runner")), "arena-runners/Secret/runner", "There is none"),
    "a Secret of another": (share_secret, "arena/Secret/gateway", "dispatcher and gateway all have it"),
    "a mounted Secret of another": (mount_secret, "arena/Secret/gateway", "dispatcher and gateway all have it"),
    "open": (lambda c: c.remove("NetworkPolicy", "deny", RUNNERS), "arena-runners/NetworkPolicy", "closes Ingress"),
    "no way to the gateway": (
        lambda c: c.remove("NetworkPolicy", "gateway", SERVICES),
        "arena/NetworkPolicy",
        "pods of the namespace arena-runners to speak to gateway",
    ),
    "no way to the backlog": (
        lambda c: c.remove("NetworkPolicy", "backlog", SERVICES),
        "arena/NetworkPolicy",
        "pods of the namespace keda to speak to dispatcher",
    ),
    "no way out for runners": (
        close_in_runners,
        "arena-runners/NetworkPolicy",
        "None allows runners to speak",
    ),
}
NODES: dict[str, tuple[Change, str, str]] = {
    "no taint": (lambda c: node(c)["spec"].update(taints=[]), "Node/node-1", "not the taint"),
    "not ready": (
        lambda c: node(c)["status"].update(conditions=[{"type": "Ready", "status": "Unknown", "message": "silent"}]),
        "Node/node-1",
        "It is not ready: silent",
    ),
    "full": (
        add_condition("Node", "node-1", type="DiskPressure", status="True", message="no space"),
        "Node/node-1",
        "DiskPressure: no space",
    ),
    "too small": (
        lambda c: node(c)["status"].update(allocatable={"cpu": "8", "memory": "1Gi"}),
        JOB,
        "which no node with the label",
    ),
}
FAULTS = SCALING | RUNNER_PODS | WORKLOADS | {f"node: {name}": each for name, each in NODES.items()}
WARNINGS: dict[str, tuple[Change, str, str]] = {
    "always one": (lambda c: spec(c).update(minReplicaCount=1), JOB, "minReplicaCount is 1"),
    "may be evicted": (
        lambda c: c.scaled_job["spec"]["jobTargetRef"]["template"]["metadata"]["annotations"].clear(),
        JOB,
        "may end runners at work",
    ),
    "memory for fewer slots": (
        lambda c: c.container("engine")["resources"].update(limits={"memory": "9Gi"}),
        JOB,
        "some slots stay free",
    ),
    "no node yet": (lambda c: c.remove("Node", "node-1"), "Node", "No node has the label"),
    "cordoned": (lambda c: node(c)["spec"].update(unschedulable=True), "Node/node-1", "cordoned"),
    "fewer CPUs than slots": (
        lambda c: node(c)["status"].update(allocatable={"cpu": "1500m", "memory": "64Gi"}),
        "Node/node-1",
        "fewer than the slots",
    ),
    "it has just started": (say_unready(5), "arena/Pod/gateway-1", "just started, and is not ready: broker"),
    "a runner ended badly": (
        lambda c: c.add_pod(
            "runner",
            RUNNERS,
            containerStatuses=[{"name": "engine", "state": {"terminated": {"exitCode": 1, "reason": "Error"}}}],
        ),
        "arena-runners/Pod/runner-1",
        "Container engine ended with exit code 1",
    ),
    "images of studies by tag": (
        lambda c: c.get("ConfigMap", "engine")["data"].update(ARENA_ENGINE_IMAGES="example.org/arena-small:1"),
        "image example.org/arena-small:1",
        "named by its tag in runner",
    ),
    "a runner waits for a node": (
        unschedulable("runner", RUNNERS),
        "arena-runners/Pod/runner-1",
        "It finds no node",
    ),
}

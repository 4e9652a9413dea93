"""Whether the scaler starts as many runners as the work wants, never more than the limit, and ends none. Pure."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from arena.cluster.documents import ClusterDocuments, KubernetesService, ResourceQuota, ScaledJob
from arena.cluster.fault import ClusterFault, fault, warning
from arena.cluster.pods import PodContainer
from arena.cluster.quantities import amount

NAME = "runner"
PAUSED = "autoscaling.keda.sh/paused"
KEEPING = ("cluster-autoscaler.kubernetes.io/safe-to-evict", "false"), ("karpenter.sh/do-not-disrupt", "true")
"""Annotations of a pod by which autoscalers of nodes leave it alone."""
DEFAULT_SLOTS = 2
OF_A_FAMILY = "families."
"""With the name of a problem family: the CPUs that its open shards want, where its runners are scaled apart."""
RESOURCES = ("cpu", "memory")


def check_scaling(cluster: ClusterDocuments) -> Iterator[ClusterFault]:
    """Yield what is wrong with the ScaledJob of runners and the quota beside it."""
    where = f"{cluster.runners_namespace}/ScaledJob/{NAME}"
    if not cluster.has_keda:
        yield fault(
            "CustomResourceDefinition/scaledjobs.keda.sh",
            "KEDA is not installed, so nothing starts runners.",
            "Install KEDA (https://keda.sh/docs/latest/deploy/), then apply Arena's manifests again.",
        )
        return
    job = find_scaled_job(cluster)
    if job is None:
        yield fault(where, "There is none, so nothing starts runners.", "Apply an overlay of deploy/kubernetes.")
        return
    yield from _check_state(job)
    yield from _check_rules(job)
    yield from _check_trigger(cluster, job)
    yield from _check_quota(cluster, job)


def find_scaled_job(cluster: ClusterDocuments) -> ScaledJob | None:
    """Return the ScaledJob of runners."""
    return cluster.find(ScaledJob, NAME, cluster.runners_namespace)


def find_runner(job: ScaledJob) -> PodContainer | None:
    """Return the container of the runner."""
    return job.spec.job_target_ref.template.spec.find(NAME)


def runner_settings(cluster: ClusterDocuments, job: ScaledJob) -> dict[str, str]:
    """Return what is stated to the runner."""
    container = find_runner(job)
    return {} if container is None else cluster.settings(container, cluster.runners_namespace)


def runner_slots(cluster: ClusterDocuments, job: ScaledJob) -> int:
    """Return the slots of a runner."""
    return int(runner_settings(cluster, job).get("ARENA_SLOTS", DEFAULT_SLOTS))


def _check_state(job: ScaledJob) -> Iterator[ClusterFault]:
    if job.metadata.annotations.get(PAUSED, "false") != "false":
        yield fault(
            job.where,
            "It is paused, so no runner is started.",
            f"kubectl annotate scaledjob {NAME} -n {job.metadata.namespace} {PAUSED}-",
        )
    for each in job.status.conditions:
        if each.type == "Ready" and each.status == "False":
            yield fault(job.where, f"KEDA says: {each.message or each.reason}", "Mend what KEDA names.")


def _check_rules(job: ScaledJob) -> Iterator[ClusterFault]:
    spec, target = job.spec, job.spec.job_target_ref
    rules = (
        ("rollout.strategy", spec.rollout.strategy, "gradual", "A change of the ScaledJob ends runners at work."),
        (
            "scalingStrategy.strategy",
            spec.scaling_strategy.strategy,
            "default",
            "The backlog counts running shards as well; other strategies start too many runners or too few.",
        ),
        ("jobTargetRef.backoffLimit", target.backoff_limit, 0, "A runner that fails is started again beside new ones."),
        (
            "jobTargetRef.activeDeadlineSeconds",
            target.active_deadline_seconds,
            None,
            "Kubernetes ends a runner at work.",
        ),
    )
    for name, found, wanted, why in rules:
        if found != wanted:
            cure = f"Remove {name}." if wanted is None else f"Set {name}: {wanted}."
            yield fault(job.where, f"{name} is {found}. {why}", cure)
    if spec.min_replica_count:
        yield warning(
            job.where,
            f"minReplicaCount is {spec.min_replica_count}: so many machines are paid for when there is no work.",
            "Set minReplicaCount: 0, unless a first runner has to be there at once.",
        )
    for name, value in KEEPING:
        if target.template.metadata.annotations.get(name) != value:
            yield warning(
                job.where,
                f"A runner's pod is not annotated {name}: {value!r}. An autoscaler of nodes may end runners at work.",
                f"Add the annotation {name}: {value!r} to the template.",
            )


def _check_trigger(cluster: ClusterDocuments, job: ScaledJob) -> Iterator[ClusterFault]:
    if len(job.spec.triggers) != 1 or job.spec.triggers[0].type != "metrics-api":
        yield fault(
            job.where,
            "It has another trigger than one of type metrics-api.",
            f"Let it read the backlog: url: http://dispatcher.{cluster.namespace}:8000/backlog, valueLocation: cpus.",
        )
        return
    stated = job.spec.triggers[0].metadata
    address = urlsplit(stated.get("url", ""))
    service = next(
        (each for each in cluster.every(KubernetesService) if _is_host(address.hostname or "", each)),
        None,
    )
    location = stated.get("valueLocation", "")
    if address.path != "/backlog" or not (location == "cpus" or location.startswith(OF_A_FAMILY)):
        yield fault(
            job.where,
            f"The trigger reads {location!r} of {stated.get('url')!r}, which is not the backlog.",
            f"Set url: http://dispatcher.{cluster.namespace}:8000/backlog and valueLocation: cpus, or families.NAME.",
        )
    elif service is None or (address.port or 80) not in {each.port for each in service.spec.ports}:
        yield fault(
            job.where,
            f"The trigger reads {stated['url']}, but no Service has this name and port, so KEDA cannot reach it.",
            f"Apply the Service dispatcher in {cluster.namespace}, or name it in the trigger's url.",
        )
    slots = runner_slots(cluster, job)
    if stated.get("targetValue") != str(slots):
        yield fault(
            job.where,
            f"targetValue is {stated.get('targetValue')}, but a runner has {slots} slots (ARENA_SLOTS), so "
            "there will be too many runners or too few.",
            f'Set targetValue: "{slots}".',
        )


def _is_host(host: str, service: KubernetesService) -> bool:
    return host.split(".")[:2] == [service.metadata.name, service.metadata.namespace]


def _check_quota(cluster: ClusterDocuments, job: ScaledJob) -> Iterator[ClusterFault]:
    limit = job.spec.max_replica_count
    kept = job.spec.successful_jobs_history_limit + job.spec.failed_jobs_history_limit
    if limit < 1:
        yield fault(
            job.where,
            f"maxReplicaCount is {limit}, less than one runner, so no work is ever done.",
            "Set maxReplicaCount to the most machines that there may be.",
        )
    hard = {name: (quota, value) for quota in _quotas(cluster) for name, value in quota.spec.hard.items()}
    if "pods" not in hard:
        yield fault(
            f"{cluster.runners_namespace}/ResourceQuota",
            "No quota limits the pods, so the limit holds for KEDA alone.",
            f'Apply a ResourceQuota with pods: "{limit}".',
        )
    for name, wanted in (("pods", limit), ("count/jobs.batch", limit + kept)):
        if name not in hard:
            continue
        quota, value = hard[name]
        too_few = name == "count/jobs.batch" and amount(value) < wanted
        if too_few or (name == "pods" and amount(value) != wanted):
            yield fault(
                quota.where,
                f"{name} is {value}, but the ScaledJob's maxReplicaCount is {limit}"
                + (f" and {kept} ended Jobs are kept." if too_few else "."),
                f'Set {name}: "{wanted}", or change maxReplicaCount.',
            )
    for resource in RESOURCES:
        asked = sum(map(amount, job.spec.job_target_ref.template.spec.requested(resource)))
        for name in (f"requests.{resource}", resource):
            if name in hard and amount(hard[name][1]) < asked:
                yield fault(
                    hard[name][0].where,
                    f"{name} is {hard[name][1]}, less than one runner's pod asks for, so none can start.",
                    f"Raise {name} to what maxReplicaCount pods ask for, or remove it.",
                )


def _quotas(cluster: ClusterDocuments) -> list[ResourceQuota]:
    return cluster.every(ResourceQuota, cluster.runners_namespace)

"""Whether a runner's pod can do its work, finish it, and end when there is none. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from arena.cluster.documents import ClusterDocuments, ScaledJob
from arena.cluster.fault import ClusterFault, fault, warning
from arena.cluster.quantities import amount, in_gibibytes
from arena.cluster.scaling import find_runner, find_scaled_job, runner_settings, runner_slots
from arena.sandbox.fixed_limits import study_memory_bytes
from arena.sandbox.settings import SandboxSettings
from arena.words.limits import Limits

ENGINE = "engine"
END_S = 30
"""What ending takes after the last study: results are sent, containers removed."""


@dataclass(frozen=True)
class StudyNeeds:
    """What a phase asks of a runner."""

    phase: str = "a phase with the usual limits"
    studies_per_shard: int = 1
    limits: Limits = field(default_factory=Limits)
    cpus: int = 1

    @property
    def memory_bytes(self) -> int:
        """Return what the two containers of a study may use together."""
        return study_memory_bytes(self.limits)

    def longest_shard_s(self, settings: dict[str, str]) -> float:
        """Return how long a shard may take on a runner with these settings."""
        stated = SandboxSettings.from_environment("", settings)
        return self.studies_per_shard * (
            self.limits.study_timeout_s + stated.evaluation_timeout_s + 2 * stated.start_timeout_s
        )


def check_runner_pod(cluster: ClusterDocuments, needs: Sequence[StudyNeeds]) -> Iterator[ClusterFault]:
    """Yield what is wrong with the pod that the ScaledJob starts, for these phases."""
    job = find_scaled_job(cluster)
    if job is None:
        return
    if find_runner(job) is None:
        yield fault(job.where, "Its pod has no container named runner.", "Apply an overlay of deploy/kubernetes.")
        return
    settings = runner_settings(cluster, job)
    yield from _check_end(job, settings, needs)
    yield from _check_settings(job, settings)
    yield from _check_room(job, runner_slots(cluster, job), needs)


def _check_end(job: ScaledJob, settings: dict[str, str], needs: Sequence[StudyNeeds]) -> Iterator[ClusterFault]:
    longest = max(needs, key=lambda each: each.longest_shard_s(settings))
    longest_s = longest.longest_shard_s(settings)
    grace_s = float(settings.get("ARENA_GRACE_S", 20))
    ended_s = job.spec.job_target_ref.template.spec.termination_grace_period_seconds
    if grace_s < longest_s:
        yield fault(
            job.where,
            f"ARENA_GRACE_S is {grace_s:g}, but a shard of {longest.phase} may take {longest_s:g} s: a runner that is "
            "asked to end hands its work back.",
            f"Set ARENA_GRACE_S to {longest_s:g} or more, and terminationGracePeriodSeconds above it.",
        )
    if ended_s < grace_s + END_S:
        yield fault(
            job.where,
            f"terminationGracePeriodSeconds is {ended_s:g}, less than ARENA_GRACE_S ({grace_s:g}) and {END_S} s to "
            "end: a runner is killed before it has finished.",
            f"Set terminationGracePeriodSeconds: {grace_s + END_S:g} or more.",
        )


def _check_settings(job: ScaledJob, settings: dict[str, str]) -> Iterator[ClusterFault]:
    for name, why, value in (
        ("ARENA_EXIT_WHEN_IDLE_S", "a runner never ends, and its machine is paid for without work", "120"),
        ("ARENA_LOCK_FILE", "the engine beside it does not know when the runner is gone", "/run/arena/runner.lock"),
    ):
        if not settings.get(name):
            yield fault(job.where, f"{name} is not set: {why}.", f"Set {name}={value} for the runner.")


def _check_room(job: ScaledJob, slots: int, needs: Sequence[StudyNeeds]) -> Iterator[ClusterFault]:
    widest = max(needs, key=lambda each: each.cpus)
    if widest.cpus > slots:
        yield fault(
            job.where,
            f"A study of {widest.phase} wants {widest.cpus} CPUs, but a runner has {slots} slots (ARENA_SLOTS).",
            f"Set ARENA_SLOTS and the trigger's targetValue to {widest.cpus} or more.",
        )
    engine = job.spec.job_target_ref.template.spec.find(ENGINE)
    if engine is None or "memory" not in engine.resources.limits:
        yield fault(
            job.where,
            "Its engine has no memory limit, so studies may take the node's memory.",
            "Set resources.limits.memory of the container engine.",
        )
        return
    hungriest = max(needs, key=lambda each: each.memory_bytes)
    limit = amount(engine.resources.limits["memory"])
    if limit < hungriest.memory_bytes:
        yield fault(
            job.where,
            f"The engine may use {in_gibibytes(limit)}, less than one study of {hungriest.phase} "
            f"({in_gibibytes(hungriest.memory_bytes)}).",
            "Raise resources.limits.memory of the container engine.",
        )
    elif limit < slots * hungriest.memory_bytes:
        yield warning(
            job.where,
            f"The engine may use {in_gibibytes(limit)}, too little for {slots} studies of {hungriest.phase} side by "
            f"side ({in_gibibytes(hungriest.memory_bytes)} each): some slots stay free.",
            "Raise resources.limits.memory of the container engine, or lower ARENA_SLOTS.",
        )

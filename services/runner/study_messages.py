"""Translates between the broker's messages and the sandbox's own types."""

from typing import Any

from arena.sandbox.study import Fatal, StudyOutcome, StudySpec
from shared.messages import HeldShard, ShardReleased, StudyFatal, StudyFinished, StudyTask


def execution_name(held: HeldShard) -> str:
    """Return the name of an attempt at a shard."""
    return f"{held.shard_id}-{held.attempt}"


def held_shard(shard: ShardReleased) -> HeldShard:
    """Return which attempt at a shard was released."""
    return HeldShard(shard_id=shard.shard_id, attempt=shard.attempt)


def study_spec(shard: ShardReleased, task: StudyTask) -> StudySpec:
    """Return what to run for one study of a shard."""
    return StudySpec(
        execution=execution_name(held_shard(shard)),
        attempt=shard.attempt,
        study=task.study,
        model=shard.model,
        dataset=shard.dataset,
        metric=shard.metric,
        family=shard.family,
        n_calls=shard.n_calls,
        n_suggestions=shard.n_suggestions,
        seed=task.seed,
        optimizer_seed=task.optimizer_seed,
        limits=shard.limits,
        dataset_sha256=shard.dataset_sha256,
        names_seed=shard.names_seed,
        environment=shard.environment,
        cpus=shard.cpus,
        runtime=shard.runtime,
        signature_wanted=shard.signature_wanted,
    )


def study_finished(shard: ShardReleased, task: StudyTask, runner_id: str, result: StudyOutcome) -> StudyFinished:
    """Return the message of a result; its types are true already, so they are not checked a second time."""
    fields = _study_fields(shard, task, runner_id)
    return StudyFinished.model_construct(**fields, timed_out=result.timed_out, **vars(result))


def study_fatal(shard: ShardReleased, task: StudyTask, runner_id: str, fatal: Fatal) -> StudyFatal:
    """Return the message of a study that ends its submission."""
    return StudyFatal(
        **_study_fields(shard, task, runner_id),
        verdict=fatal.verdict,
        stage=fatal.stage,
        iteration=fatal.iteration,
        detail=fatal.detail,
        log=fatal.log,
        usage=fatal.usage,
        provenance=fatal.provenance,
    )


def _study_fields(shard: ShardReleased, task: StudyTask, runner_id: str) -> dict[str, Any]:
    """Which study it is, in what both messages have in common."""
    return {
        "submission_id": shard.submission_id,
        "shard_id": shard.shard_id,
        "attempt": shard.attempt,
        "runner_id": runner_id,
        "box_id": shard.box_id,
        "study": task.study,
    }

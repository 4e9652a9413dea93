"""What a runner is told of a shard: a pure decision."""

from arena.rules.seeds import names_seed, optimizer_seed, study_seed
from arena.words.limits import Limits
from arena.words.names import name_test_case
from services.dispatcher.rows import ReleasedShard
from shared.messages import ShardReleased, StudyTask


def shard_message(shard: ReleasedShard) -> ShardReleased:
    """Return the message of a released shard, with the seeds of its studies."""
    seed, test_case = shard.competition_seed, name_test_case(shard.model, shard.dataset, shard.metric)
    return ShardReleased(
        shard_id=shard.shard_id,
        attempt=shard.attempt,
        submission_id=shard.submission_id,
        box_id=shard.box_id,
        model=shard.model,
        dataset=shard.dataset,
        metric=shard.metric,
        family=shard.family,
        studies=[
            StudyTask(
                study=study,
                seed=study_seed(seed, test_case, study),
                optimizer_seed=optimizer_seed(seed, test_case, study, shard.blob_sha256),
            )
            for study in range(shard.first_study, shard.first_study + shard.n_studies)
        ],
        n_calls=shard.n_calls,
        n_suggestions=shard.n_suggestions,
        limits=Limits.model_validate(shard.limits),
        blob_sha256=shard.blob_sha256,
        signature_wanted=shard.signature_wanted,
        dataset_sha256=shard.dataset_sha256,
        environment=shard.environment,
        cpus=shard.cpus,
        names_seed=names_seed(seed, test_case) if shard.parameter_names == "hidden" else None,
        runtime=shard.runtime,
    )

"""Shards as runners are told of them, without a database."""

from uuid import uuid4

from arena.words.environments import DEFAULT_ENVIRONMENT, SKLEARN
from arena.words.limits import Limits
from shared.messages import ShardReleased, StudyTask


def released_shard(
    limits: Limits,
    *,
    environment: str = DEFAULT_ENVIRONMENT,
    cpus: int = 1,
    blob_sha256: str = "00",
    family: str = SKLEARN,
) -> ShardReleased:
    """Return the first attempt at a shard of one study."""
    return ShardReleased(
        shard_id=uuid4(),
        attempt=1,
        submission_id=uuid4(),
        box_id=uuid4(),
        model="DT",
        dataset="iris",
        metric="acc",
        studies=[StudyTask(study=0, seed=1, optimizer_seed=2)],
        n_calls=1,
        n_suggestions=1,
        limits=limits,
        blob_sha256=blob_sha256,
        signature_wanted=False,
        environment=environment,
        cpus=cpus,
        family=family,
    )

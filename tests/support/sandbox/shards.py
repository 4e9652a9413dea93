"""Shards of one short study."""

import uuid
from typing import Any

from arena.words.limits import Limits
from shared.messages import ShardReleased, StudyTask


def make_shard(
    box: tuple[str, str, str] = ("DT", "iris", "acc"),
    *,
    n_calls: int = 3,
    signature: bool = False,
    dataset_sha256: str | None = None,
    **limits: Any,
) -> ShardReleased:
    """A shard of one short study."""
    model, dataset, metric = box
    return ShardReleased(
        shard_id=uuid.uuid4(),
        attempt=1,
        submission_id=uuid.uuid4(),
        box_id=uuid.uuid4(),
        model=model,
        dataset=dataset,
        metric=metric,
        studies=[TASK],
        n_calls=n_calls,
        n_suggestions=4,
        limits=Limits(**limits),
        blob_sha256="0" * 64,
        signature_wanted=signature,
        dataset_sha256=dataset_sha256,
    )


TASK = StudyTask(study=0, seed=12345, optimizer_seed=67890)

"""What crosses between the parts of a control plane for one null execution: the very bodies that Arena sends."""

from pathlib import Path
from uuid import UUID, uuid4

from arena.rules.seeds import optimizer_seed, study_seed
from arena.words.limits import Limits
from benchmarks.stack.null_engine import NullSlot
from services.runner.study_messages import study_finished, study_spec
from shared.messages import ShardReleased, StudyTask

SHA256 = "0" * 64


def shard(box_id: UUID | None = None) -> ShardReleased:
    """Return a shard of one study of 16 x 8 evaluations."""
    seeds = study_seed("bench", "DT_iris_acc", 0), optimizer_seed("bench", "DT_iris_acc", 0, SHA256)
    return ShardReleased(
        shard_id=uuid4(),
        attempt=1,
        submission_id=uuid4(),
        box_id=box_id or uuid4(),
        model="DT",
        dataset="iris",
        metric="acc",
        studies=[StudyTask(study=0, seed=seeds[0], optimizer_seed=seeds[1])],
        n_calls=16,
        n_suggestions=8,
        limits=Limits(),
        blob_sha256=SHA256,
        signature_wanted=False,
    )


async def bodies() -> tuple[bytes, bytes]:
    """Return the body of a released shard and that of its result."""
    released = shard()
    (task,) = released.studies
    outcome = await NullSlot().run_study(study_spec(released, task), Path())
    finished = study_finished(released, task, "bench", outcome)
    return released.model_dump_json().encode(), finished.model_dump_json().encode()

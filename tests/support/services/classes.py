"""Submissions of one class of shards or another, and runners that can take some of them."""

from uuid import UUID

from arena.words.limits import Limits
from benchmarks.stack.null_engine import FixedSlots, NullEngine
from services.runner.service import Runner
from services.runner.shard_run import StudySlot
from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from shared.messages import SubmissionAccepted
from shared.shard_class import GIBIBYTE
from tests.support.seeding import Seeded, seed_submission
from tests.support.service_settings import PlatformSettings
from tests.support.services.pipeline import BLOB


def runner_with(
    broker: Broker, blobs: Blobs, settings: PlatformSettings, engine: NullEngine, *slots: StudySlot
) -> Runner:
    return Runner(broker, blobs, engine, FixedSlots(slots), settings.runner)


async def accept_in(
    pool: Pool, broker: Broker, seeded: Seeded, environment: str, *, cpus: int = 1, limit_gib: int = 2
) -> UUID:
    """Queue a submission that runs in an environment, in the phase or, with more CPUs or memory, in another like it."""
    submission = await seed_submission(pool, seeded, blob_sha256=BLOB)
    if (cpus, limit_gib) != (1, 2):
        phase = await _add_phase(pool, seeded, cpus, Limits(memory_limit_bytes=limit_gib * GIBIBYTE))
        await pool.execute("update submissions set phase_id = $2 where id = $1", submission, phase)
    await pool.execute("update submissions set environment = $2 where id = $1", submission, environment)
    await broker.publish([SubmissionAccepted(submission_id=submission)])
    return submission


async def _add_phase(pool: Pool, seeded: Seeded, cpus: int, limits: Limits) -> UUID:
    phase: UUID = await pool.fetchval(
        """
        insert into phases (
            competition_id, name, position, visibility, baseline_id, n_calls, n_suggestions, studies_per_box,
            studies_per_shard, limits, cpus
        )
        select
            competition_id, gen_random_uuid()::text, 1, visibility, baseline_id, n_calls, n_suggestions,
            studies_per_box, studies_per_shard, $3, $2
        from phases where id = $1
        returning id
        """,
        seeded.phase_id,
        cpus,
        limits.model_dump(),
    )
    await pool.execute(
        "insert into phase_boxes (phase_id, box_id) select $1, box_id from phase_boxes where phase_id = $2",
        phase,
        seeded.phase_id,
    )
    return phase


async def ran_on(pool: Pool, submission: UUID) -> set[str]:
    rows = await pool.fetch("select distinct runner_id from studies where submission_id = $1", submission)
    return {row["runner_id"] for row in rows}

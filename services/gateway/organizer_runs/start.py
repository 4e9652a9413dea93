"""Starts an organizer run, or finds the same one that was started before."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arena.api.planning import NewOrganizerRun
from services.gateway.competitions.tables import put_phase_boxes
from services.gateway.organizer_runs import tables
from services.gateway.organizer_runs.tables import RunBoxRow
from services.gateway.submissions.tables import NewSubmission, insert_submission, new_id, next_change
from shared.database import Connection, Pool
from shared.messages import SubmissionAccepted
from shared.outbox import Outbox


@dataclass(frozen=True)
class RunInputs:
    """What is run: an optimizer's zip on black boxes of a competition."""

    competition_id: UUID
    run: NewOrganizerRun
    boxes: Sequence[RunBoxRow]
    blob_sha256: str
    size_bytes: int


async def start_organizer_run(pool: Pool, outbox: Outbox, key: str, inputs: RunInputs) -> tuple[UUID, bool]:
    """Return the submission that carries out an organizer run, and whether this call created it."""
    async with pool.acquire() as connection, connection.transaction():
        await tables.lock_key(connection, key)
        known = None if inputs.run.again else await tables.find_again(connection, key)
        if known is not None:
            return known, False
        submission_id = await _insert(connection, key, inputs)
        await outbox.put(connection, [SubmissionAccepted(submission_id=submission_id)])
    outbox.wake()
    return submission_id, True


async def _insert(connection: Connection, key: str, inputs: RunInputs) -> UUID:
    competition_id, run, submission_id = inputs.competition_id, inputs.run, new_id()
    team_id = await tables.find_internal_team(connection, competition_id)
    phase_id = await tables.insert_phase(connection, competition_id, f"organizer-run-{submission_id}", run)
    await put_phase_boxes(connection, phase_id, competition_id, [box.label for box in inputs.boxes])
    new = NewSubmission(
        id=submission_id,
        phase_id=phase_id,
        team_id=team_id,
        blob_sha256=inputs.blob_sha256,
        filename=f"{run.purpose}.zip",
        size_bytes=inputs.size_bytes,
        environment=run.environment,
    )
    await insert_submission(connection, new, await next_change(connection, phase_id))
    await tables.put_organizer_run(connection, key, competition_id, submission_id, run)
    return submission_id

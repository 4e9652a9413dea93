"""One transaction for a batch of results: three round trips, and one sync to disk, unless a submission ends."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from arena.scoring import Score
from services.aggregator import tables
from services.aggregator.rows import ChangedSubmission
from shared.database import Connection
from shared.messages import StudyFatal, StudyFinished


@dataclass(frozen=True)
class Stored:
    """What a batch has changed: submissions with new studies, the scores of those that are complete, and fatal ends.

    An organizer run ends without a score.
    """

    changed: Sequence[ChangedSubmission]
    scored: dict[UUID, float | None]
    failed: Sequence[StudyFatal]
    phase_of: dict[UUID, UUID]
    changes: dict[UUID, int]
    """The number of this change for each phase."""


@asynccontextmanager
async def storing(
    connection: Connection,
    studies: Sequence[tuple[StudyFinished, tables.Curve]],
    fatal: Sequence[StudyFatal],
) -> AsyncIterator[Stored]:
    """Store results with the curves of their losses, and fatal ends; all is committed with the end of the block."""
    submission_ids = {each.submission_id for each, _ in studies} | {each.submission_id for each in fatal}
    try:
        await tables.begin(connection, submission_ids)
        unended = {each.id: each for each in await tables.store_studies(connection, submission_ids, studies)}
        changed = [each for each in unended.values() if each.studies]
        scores = await tables.score_submissions(connection, changed)
        scored = {each.id: _value(scores[each.id]) for each in changed if each.is_complete}
        failed = [each for each in fatal if each.submission_id in unended.keys() - scored.keys()]
        for each in failed:
            await tables.fail_submission(connection, each, unended[each.submission_id].change)
        await tables.keep_logs(connection, failed)
        yield Stored(
            changed,
            scored,
            failed,
            phase_of={each.id: each.phase_id for each in unended.values()},
            changes={each.phase_id: each.change for each in unended.values()},
        )
        await tables.commit(connection, changed, scores)
    except BaseException:
        await tables.roll_back(connection)
        raise


def _value(score: Score | None) -> float | None:
    return None if score is None else score.score

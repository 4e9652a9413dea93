"""What a score came from: revision, baseline set, zip, images, code and seeds."""

from uuid import UUID

from fastapi import APIRouter

from arena.api.submissions import (
    BaselineVersion,
    HashedBaseline,
    OrganizerProvenance,
    ProvenanceOfStudies,
    RevealedBox,
    StoredZip,
    StudyOrigin,
    SubmissionProvenance,
)
from arena.rules.seeds import optimizer_seed, study_seed
from arena.words.states import SubmissionState
from services.gateway.accounts.callers import Member
from services.gateway.dependencies import WithPool
from services.gateway.submissions import result_tables
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.result_tables import OriginsRow, ProvenanceRow, StudyExecutionRow
from services.gateway.submissions.tables import SubmissionRow
from shared.database import Pool

router = APIRouter(prefix="/api/v1", tags=["submissions"])


@router.get("/submissions/{submission_id}/provenance")
async def get_provenance(
    submission_id: UUID, pool: WithPool, caller: Member
) -> OrganizerProvenance | SubmissionProvenance:
    """Return what a score came from, so far as its studies have finished.

    Its team sees the revision, the zip, the baseline set's version and the environment with its digests. The
    organizer also sees hashes, the code that ran and scored it, and the seeds and execution of every study.
    """
    submission = await find_submission(pool, submission_id, caller)
    origins = await result_tables.origins_of_score(pool, submission_id)
    ran_by = await result_tables.provenances_of(pool, submission_id)
    shown = _for_its_team(submission, origins)
    return shown if caller.role == "team" else await _for_the_organizer(pool, shown, origins, ran_by)


def _for_its_team(submission: SubmissionRow, origins: OriginsRow) -> SubmissionProvenance:
    baseline = None
    if origins.baseline is not None and origins.baseline_version is not None:
        baseline = BaselineVersion(name=origins.baseline, version=origins.baseline_version)
    return SubmissionProvenance(
        submission_id=submission.id,
        competition=submission.competition,
        phase=submission.phase,
        team=submission.team,
        state=SubmissionState(submission.state),
        score=submission.score,
        revision=origins.revision,
        zip=StoredZip(filename=submission.filename, sha256=origins.blob_sha256, size_bytes=origins.size_bytes),
        baseline=baseline,
        environment=submission.environment,
        parameter_names=origins.parameter_names,
        optimizer_images=submission.optimizer_images,
    )


async def _for_the_organizer(
    pool: Pool, shown: SubmissionProvenance, origins: OriginsRow, ran_by: list[ProvenanceRow]
) -> OrganizerProvenance:
    baseline = None
    if shown.baseline is not None and origins.baseline_sha256 is not None:
        baseline = HashedBaseline(**shown.baseline.model_dump(), sha256=origins.baseline_sha256)
    boxes = await result_tables.boxes_of_submission(pool, shown.submission_id)
    studies = await result_tables.executions_of_studies(pool, shown.submission_id)
    return OrganizerProvenance(
        **shown.model_dump(exclude={"baseline"}),
        baseline=baseline,
        origin_id=origins.origin_id,
        revised_at=origins.revised_at,
        revision_code_version=origins.code_version,
        ran_by=[ProvenanceOfStudies.model_validate(each, from_attributes=True) for each in ran_by],
        competition_seed=origins.competition_seed,
        black_boxes=[RevealedBox.model_validate(each, from_attributes=True) for each in boxes],
        studies=[_study(each, origins) for each in studies],
    )


def _study(row: StudyExecutionRow, origins: OriginsRow) -> StudyOrigin:
    seed = origins.competition_seed
    return StudyOrigin(
        box=row.box,
        study=row.study,
        seed=study_seed(seed, row.test_case, row.study),
        optimizer_seed=optimizer_seed(seed, row.test_case, row.study, origins.blob_sha256),
        execution=f"{row.shard_id}:{row.attempt}",
    )

"""Decides which parts of a submission a role may see. Pure."""

from arena.api.submissions import CutOffCount, Submission
from arena.words.cut_off import TimeLimit
from arena.words.limits import Limits
from arena.words.states import SubmissionState
from arena.words.verdicts import VERDICTS, Verdict
from services.gateway.queue.queue_estimate import UNKNOWN, QueueEstimate
from services.gateway.submissions.tables import SubmissionRow


def show_submission(row: SubmissionRow, role: str, estimate: QueueEstimate = UNKNOWN) -> Submission:
    """Return a submission as the API shows it to this role.

    When a submission fails on a secret black box, its team sees the verdict, the stage and the iteration. Text that its
    code wrote could carry secrets out of the box, so only the organizer sees it.
    """
    meaning = VERDICTS[verdict] if (verdict := Verdict(row.verdict) if row.verdict else None) else None
    return Submission(
        id=row.id,
        competition=row.competition,
        phase=row.phase,
        team=row.team,
        filename=row.filename,
        environment=row.environment,
        optimizer_images=row.optimizer_images,
        publish_zip=row.publish_zip,
        state=SubmissionState(row.state),
        verdict=verdict,
        verdict_sentence=meaning.sentence if meaning else None,
        verdict_fault=meaning.fault if meaning else None,
        verdict_stage=row.verdict_stage,
        verdict_iteration=row.verdict_iteration,
        verdict_detail=row.verdict_detail if role == "organizer" or row.practice else None,
        score=row.score,
        interval=None if row.score_low is None or row.score_high is None else (row.score_low, row.score_high),
        provisional=row.state != SubmissionState.SCORED,
        chosen=row.chosen,
        studies_total=row.studies_total,
        studies_done=row.studies_done,
        studies_timed_out=row.studies_timed_out,
        cut_offs=_count_cut_offs(row),
        suggest_errors=row.suggest_errors,
        observe_errors=row.observe_errors,
        queue_position=estimate.position,
        remaining_s=estimate.remaining_s,
        created_at=row.created_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        change=row.change,
    )


def _count_cut_offs(row: SubmissionRow) -> list[CutOffCount]:
    limits = Limits.model_validate(row.limits)
    seconds = {TimeLimit.ITERATION: limits.iteration_timeout_s, TimeLimit.STUDY: limits.study_timeout_s}
    return [
        CutOffCount(limit=limit, seconds=seconds[limit], studies=row.cut_offs[limit])
        for limit in TimeLimit
        if limit in row.cut_offs
    ]

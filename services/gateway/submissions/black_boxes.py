"""A submission's progress on each black box: its scores and times, and those of random search for comparison."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import numpy as np
from bayesmark.constants import ITER, OBJECTIVE, PERF_BEST, PERF_CLIP, PERF_MEAN, TEST_CASE
from fastapi import APIRouter

from arena.api.submissions import BoxProgress, OptimizerTime, SubmissionBoxes
from arena.scoring import rescale
from arena.words.objectives import VISIBLE
from services.gateway.accounts.callers import Member
from services.gateway.baselines.labelled_arrays import LabelledArrays
from services.gateway.dependencies import WithPool
from services.gateway.scores import CURVE_DIGITS, show_curve, show_score
from services.gateway.submissions import result_tables
from services.gateway.submissions.lookup import find_submission
from services.gateway.submissions.result_tables import BoxResultRow

router = APIRouter(prefix="/api/v1", tags=["submissions"])
COARSE_DIGITS = 0

Curve = list[float]


@router.get("/submissions/{submission_id}/boxes")
async def list_boxes(submission_id: UUID, pool: WithPool, caller: Member) -> SubmissionBoxes:
    """Return for each black box the finished studies, their mean score and its curve, and the optimizer's own time.

    Scores are in points: 0 is the median random evaluation, 100 the best known. `random` is the mean curve of random
    search. Its curve on a single black box would identify a box of a public baseline set, so only the organizer sees
    it, and on a practice phase the team. For secret black boxes `random` is a rounded mean over the whole baseline set.
    """
    submission = await find_submission(pool, submission_id, caller)
    phase = await result_tables.phase_of_studies(pool, submission.phase_id)
    rows = await result_tables.results_of_boxes(pool, submission_id)
    document = await result_tables.random_search_of(pool, submission.phase_id)
    known = {} if document is None else await asyncio.to_thread(random_curves, document, phase.n_calls)
    of_boxes = {row.test_case: known[row.test_case] for row in rows if row.test_case in known}
    is_secret = caller.role != "organizer" and not submission.practice
    return SubmissionBoxes(
        n_calls=phase.n_calls,
        study_timeout_s=phase.study_timeout_s,
        iteration_timeout_s=phase.iteration_timeout_s,
        random=mean_curve(known.values(), COARSE_DIGITS) if is_secret else mean_curve(of_boxes.values(), CURVE_DIGITS),
        boxes=[_show_box(row, None if is_secret else show_curve(of_boxes.get(row.test_case))) for row in rows],
    )


def _show_box(row: BoxResultRow, random: Curve | None) -> BoxProgress:
    time = None
    if row.time_mean_s is not None and row.time_max_s is not None:
        time = OptimizerTime(mean_s=row.time_mean_s, max_s=row.time_max_s)
    return BoxProgress(
        box=row.box,
        studies=row.studies,
        score=show_score(row.loss),
        timed_out=row.timed_out,
        time=time,
        curve=show_curve(row.curve),
        random=random,
    )


def random_curves(document: Mapping[str, Any], n_calls: int) -> dict[str, Curve]:
    """Return random search's mean visible loss after each of the first iterations, by test case.

    `document` is the `data` of a baseline set with `mean`, `clip` and `best`. The losses are rescaled as for scores.
    """
    data = LabelledArrays(document)
    visible = data.labels[OBJECTIVE].index(VISIBLE)
    # The clip and the best of some sets are the same for all iterations, and have no such dimension.
    dims = TEST_CASE, OBJECTIVE, ITER
    mean, clip, best = (data.read(name, dims)[:, visible, :n_calls] for name in (PERF_MEAN, PERF_CLIP, PERF_BEST))
    return dict(zip(map(str, data.labels[TEST_CASE]), rescale(mean, clip, best).tolist(), strict=True))


def mean_curve(curves: Iterable[Curve], digits: int) -> Curve | None:
    """Return the mean of curves of losses of the same length, as rounded scores; None if there are none."""
    gathered = list(curves)
    return show_curve(np.mean(gathered, axis=0).tolist(), digits) if gathered else None

"""How far a submission has come on each black box: its losses and times, and random search's for comparison."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import xarray as xr
from bayesmark.constants import ITER, OBJECTIVE, TEST_CASE
from fastapi import APIRouter

from arena.words.objectives import VISIBLE
from services.gateway.accounts.callers import Member
from services.gateway.dependencies import WithParts
from services.gateway.submissions.lookup import find_submission
from services.gateway.tables import queries

router = APIRouter(prefix="/api/v1", tags=["submissions"])
CURVE_DIGITS, COARSE_DIGITS = 4, 2

Body = dict[str, Any]
Curve = list[float]


@router.get("/submissions/{submission_id}/boxes")
async def list_boxes(submission_id: UUID, parts: WithParts, caller: Member) -> Body:
    """Return per black box the studies finished, mean loss and its curve, and the optimizer's own time.

    Losses are rescaled: 1 is the median random evaluation, 0 the best known. `random` is the mean curve of random
    search over all these black boxes. Its curve on one of them, which in a public baseline set tells which box it is,
    is for the organizer, and on a practice phase for the team; on secret boxes `random` is, coarsely, of the whole set.
    """
    submission = await find_submission(parts, submission_id, caller)
    phase = await queries.phase_of_page(parts.pool, phase_id=submission["phase_id"])
    rows = [row async for row in queries.results_of_boxes(parts.pool, submission_id=submission_id)]
    document = await queries.random_search_of(parts.pool, phase_id=submission["phase_id"])
    known = {} if document is None else await asyncio.to_thread(random_curves, document, phase["n_calls"])
    of_boxes = {row["test_case"]: known[row["test_case"]] for row in rows if row["test_case"] in known}
    is_secret = caller.role != "organizer" and not submission["practice"]
    return {
        "n_calls": phase["n_calls"],
        "study_timeout_s": phase["study_timeout_s"],
        "random": mean_curve(known.values(), COARSE_DIGITS) if is_secret else mean_curve(of_boxes.values()),
        "boxes": [_box_body(row, None if is_secret else of_boxes.get(row["test_case"])) for row in rows],
    }


def _box_body(row: Mapping[str, Any] | asyncpg.Record, random: Curve | None) -> Body:
    return {
        "box": row["box"],
        **{name: row[name] for name in ("studies", "loss", "timed_out")},
        "time": None if not row["studies"] else {"mean_s": row["time_mean_s"], "max_s": row["time_max_s"]},
        "curve": row["curve"] and [round(each, CURVE_DIGITS) for each in row["curve"]],
        "random": random,
    }


def random_curves(document: Mapping[str, Any], n_calls: int) -> dict[str, Curve]:
    """Return random search's mean visible loss after each of the first iterations, by test case.

    `document` is the `data` of a baseline set with `mean`, `clip` and `best`; the scale is that of scores.
    """
    dataset = xr.Dataset.from_dict(document).sel({OBJECTIVE: VISIBLE}).isel({ITER: slice(n_calls)})
    rescaled = (dataset["mean"] - dataset["best"]) / (dataset["clip"] - dataset["best"])
    curves = np.clip(rescaled.transpose(TEST_CASE, ITER).values, -1.0, 1.0).round(CURVE_DIGITS)
    return dict(zip(map(str, dataset.coords[TEST_CASE].values), curves.tolist(), strict=True))


def mean_curve(curves: Iterable[Curve], digits: int = CURVE_DIGITS) -> Curve | None:
    """Return the mean of curves of one length, if there are any."""
    gathered = list(curves)
    if not gathered:
        return None
    mean: Curve = np.mean(gathered, axis=0).round(digits).tolist()
    return mean

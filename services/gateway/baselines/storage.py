"""Checks baseline sets in Bayesmark's own format and stores them unchanged."""

import math
from typing import Any

import numpy as np
import xarray as xr
from bayesmark.constants import ITER, OBJECTIVE, PERF_MEAN, PERF_MED, TEST_CASE
from bayesmark.experiment_baseline import MIN_POS, PAD_FACTOR

from arena.api.planning import NewBaseline
from arena.words.objectives import GENERALIZATION, VISIBLE
from arena.words.problems import ProblemCode
from services.gateway.baselines.tables import NewBoxes, insert_baseline
from services.gateway.problems import Problem
from shared.database import Pool

SIGNATURE_LENGTH = 5
WHAT_IS_EXPECTED = (
    "Expected a baseline set as bayesmark-baseline writes it: an object with 'meta', which has 'signature' with five "
    "numbers for every function, and 'data', which has 'clip' and 'best' by function and objective."
)


async def store_baseline(pool: Pool, new: NewBaseline) -> int:
    """Store a baseline set as the next version of its name and return that version.

    Raises Problem 422 if it is invalid.
    """
    boxes = read_boxes(new.document)
    async with pool.acquire() as connection, connection.transaction():
        return await insert_baseline(connection, new.name, new.source, new.document, boxes)


def read_boxes(document: dict[str, Any]) -> NewBoxes:
    """Return what scoring needs of a baseline set. Raises Problem 422 if the document is not a valid one."""
    dataset, signatures = _read(document)
    scored = dataset.sel({OBJECTIVE: [VISIBLE, GENERALIZATION]})  # once, because it takes long
    clips, bests = (_read_pairs(scored[name]) for name in ("clip", "best"))
    curves = [_read_pairs(scored[name].min(ITER)) for name in (PERF_MED, PERF_MEAN) if name in dataset]
    pairs = [
        (str(case), objective) for case in dataset.coords[TEST_CASE].values for objective in (VISIBLE, GENERALIZATION)
    ]
    _check_best(pairs, clips, bests, curves)
    return NewBoxes(
        test_cases=[case for case, _ in pairs],
        objectives=[objective for _, objective in pairs],
        clips=clips,
        bests=bests,
        signatures=[value for case, _ in pairs for value in signatures[case]],
        iterations=int(dataset.sizes[ITER]),
    )


def _read_pairs(values: xr.DataArray) -> list[float]:
    """Return the value of each pair of test case and objective, the objectives of one test case side by side."""
    pairs: list[float] = values.transpose(TEST_CASE, OBJECTIVE).values.ravel().astype(float).tolist()
    return pairs


def _check_best(
    pairs: list[tuple[str, str]], clips: list[float], bests: list[float], curves: list[list[float]]
) -> None:
    """Refuse a set whose best is not better than random search, as `bayesmark.experiment_baseline.validate` does.

    `curves` has the least of each of random search's curves. A difference no larger than the padding that
    `compute_baseline` subtracts from the best counts as none.
    """
    faults = []
    for place, ((case, objective), clip, best) in enumerate(zip(pairs, clips, bests, strict=True)):
        least = [curve[place] for curve in curves]
        # Only the visible loss is scored; other objectives may be constant.
        padding = -2 * PAD_FACTOR * float(np.spacing(-max(MIN_POS, abs(best)))) if objective == VISIBLE else 0.0
        if not (
            math.isfinite(clip) and math.isfinite(best) and best + padding < clip and best < min(least, default=clip)
        ):
            faults.append(f"{case} ({objective}): best {best:g}, random search {min([clip, *least]):g}")
    if faults:
        raise Problem(
            ProblemCode.INVALID_BASELINE,
            "Expected a best that is better than random search, and finite, on every black box; got "
            + "; ".join(faults)
            + ". Give the strong optimizer more iterations or studies there, or leave these boxes out.",
        )


def _read(document: dict[str, Any]) -> tuple[xr.Dataset, dict[str, list[float]]]:
    try:
        dataset = xr.Dataset.from_dict(document["data"])
        signatures = {
            str(case): [float(value) for value in document["meta"]["signature"][case]]
            for case in dataset.coords[TEST_CASE].values
        }
        complete = {VISIBLE, GENERALIZATION} <= set(dataset.coords[OBJECTIVE].values)
        complete = complete and {"clip", "best"} <= set(dataset.data_vars) and dataset.sizes[ITER] > 0
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem(ProblemCode.INVALID_BASELINE, f"{WHAT_IS_EXPECTED} Got: {error!r}.") from error
    if not complete or any(len(each) != SIGNATURE_LENGTH for each in signatures.values()):
        raise Problem(ProblemCode.INVALID_BASELINE, WHAT_IS_EXPECTED)
    return dataset, signatures

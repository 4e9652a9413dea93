"""Checks baseline sets in Bayesmark's own format and stores them unchanged."""

import math
from typing import Any

import numpy as np
from bayesmark.constants import ITER, OBJECTIVE, PERF_BEST, PERF_CLIP, PERF_MEAN, PERF_MED, TEST_CASE

from arena.api.planning import NewBaseline
from arena.words.objectives import GENERALIZATION, VISIBLE
from arena.words.problems import ProblemCode
from services.gateway.baselines.labelled_arrays import LabelledArrays
from services.gateway.baselines.tables import NewBoxes, insert_baseline
from services.gateway.problems import Problem
from shared.database import Pool

SIGNATURE_LENGTH = 5
MIN_POS, PAD_FACTOR = float(np.nextafter(0, 1)), 10000
"""Those of `bayesmark.experiment_baseline`, which takes long to import; a test holds them to it."""
SCORED = (VISIBLE, GENERALIZATION)
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
    try:
        return _read_boxes(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Problem(ProblemCode.INVALID_BASELINE, f"{WHAT_IS_EXPECTED} Got: {error!r}.") from error


def _read_boxes(document: dict[str, Any]) -> NewBoxes:
    data = LabelledArrays(document["data"])
    cases = [str(each) for each in data.labels[TEST_CASE]]
    signatures = {case: [float(value) for value in document["meta"]["signature"][case]] for case in cases}
    if data.sizes[ITER] == 0 or any(len(each) != SIGNATURE_LENGTH for each in signatures.values()):
        raise Problem(ProblemCode.INVALID_BASELINE, WHAT_IS_EXPECTED)
    scored = [data.labels[OBJECTIVE].index(objective) for objective in SCORED]
    clips, bests = (
        data.read(name, (TEST_CASE, OBJECTIVE))[:, scored].ravel().tolist() for name in (PERF_CLIP, PERF_BEST)
    )
    curves = [
        np.fmin.reduce(data.read(name, (TEST_CASE, OBJECTIVE, ITER))[:, scored], axis=-1).ravel().tolist()
        for name in (PERF_MED, PERF_MEAN)
        if name in data
    ]
    pairs = [(case, objective) for case in cases for objective in SCORED]
    _check_best(pairs, clips, bests, curves)
    return NewBoxes(
        test_cases=[case for case, _ in pairs],
        objectives=[objective for _, objective in pairs],
        clips=clips,
        bests=bests,
        signatures=[value for case, _ in pairs for value in signatures[case]],
        iterations=data.sizes[ITER],
    )


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

"""The rescaled losses of studies: pure decisions."""

import math
from collections.abc import Sequence

import numpy as np

from arena.scoring import best_so_far, rescale
from services.aggregator.rows import ScoringReference
from shared.messages import StudyFinished


def loss_curves(studies: Sequence[tuple[StudyFinished, ScoringReference]]) -> list[list[float] | None]:
    """Return for each study the rescaled loss after each iteration; None where it is not scored.

    Those of one shape are computed together, as Bayesmark computes trials: its functions take longer for one study than
    for each further one. Raises ValueError for a result that no runner of this version sends.
    """
    curves: list[list[float] | None] = [None] * len(studies)
    shapes: dict[tuple[int, int], list[int]] = {}
    for number, (study, reference) in enumerate(studies):
        _check(study, reference)
        if reference.clip is not None and reference.best is not None:
            shapes.setdefault((reference.n_calls, reference.n_suggestions), []).append(number)
    for numbers in shapes.values():
        visible = np.moveaxis(np.array([studies[number][0].visible for number in numbers], dtype=float), 0, -1)
        clip, best = (
            np.array([getattr(studies[number][1], name) for number in numbers], dtype=float)
            for name in ("clip", "best")
        )
        found = rescale(best_so_far(visible), clip, best).T.tolist()
        for number, curve in zip(numbers, found, strict=True):
            curves[number] = curve
    return curves


def _check(study: StudyFinished, reference: ScoringReference) -> None:
    shape = reference.n_calls, reference.n_suggestions
    for name in ("visible", "generalization", "eval_time_s"):
        rows = getattr(study, name)
        if len(rows) != shape[0] or set(map(len, rows)) != {shape[1]}:
            raise ValueError(f"expected {name} of shape {shape}; is the runner of this version?")
        # The sum of numbers with a NaN is one; that of others is hardly ever, and then each is looked at.
        if math.isnan(sum(map(sum, rows))) and any(math.isnan(each) for row in rows for each in row):
            raise ValueError(f"expected numbers in {name}, got NaN")

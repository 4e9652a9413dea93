"""The rescaled losses of a study: a pure decision."""

import numpy as np

from arena.scoring import study_curve
from services.aggregator.rows import ScoringReference
from shared.messages import StudyFinished


def loss_curve(study: StudyFinished, reference: ScoringReference) -> list[float] | None:
    """Return the rescaled loss after each iteration; None where the study is not scored.

    Raises ValueError for a result that no runner of this version sends.
    """
    shape = (reference.n_calls, reference.n_suggestions)
    for name in ("visible", "generalization", "eval_time_s"):
        rows = getattr(study, name)
        if len(rows) != shape[0] or any(len(row) != shape[1] for row in rows):
            raise ValueError(f"expected {name} of shape {shape}; is the runner of this version?")
        if np.isnan(rows).any():
            raise ValueError(f"expected numbers in {name}, got NaN")
    if reference.clip is None or reference.best is None:
        return None
    return study_curve(study.visible, reference.clip, reference.best)

"""Losses as the API shows them: as scores, in points, so that whatever stands beside a score has its unit."""

from collections.abc import Sequence

CURVE_DIGITS = 3


def show_score(loss: float | None) -> float | None:
    """Return the score of a rescaled loss: 0 for 1, the median random evaluation, and 100 for 0, the best known."""
    return None if loss is None else _points(loss)


def show_curve(losses: Sequence[float] | None, digits: int = CURVE_DIGITS) -> list[float] | None:
    """Return the scores of a curve of rescaled losses, rounded."""
    return None if losses is None else [round(_points(each), digits) for each in losses]


def _points(loss: float) -> float:
    return 100.0 * (1.0 - loss)

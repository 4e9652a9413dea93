"""From the curves of submissions to the bodies of their teams: pure, and run in a thread, for it takes its time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from arena.anytime.figures import AnytimeFigures, Estimates, measure_anytime
from arena.anytime.targets import choose_budgets
from arena.api.leaderboard import AnytimeEstimate, RunningTime
from arena.scoring import Array
from services.gateway.performance.tables import CurveRow

SCORE_DIGITS, SHARE_DIGITS, EVALUATION_DIGITS = 3, 4, 1


@dataclass(frozen=True)
class MeasuredSubmission:
    """What never changes of a scored submission."""

    submission_id: UUID
    n_suggestions: int
    budgets: list[int]
    area: AnytimeEstimate
    scores: list[AnytimeEstimate]
    ecdf: list[AnytimeEstimate]
    running_times: list[RunningTime]


def measure_submissions(found: Sequence[tuple[UUID, CurveRow]]) -> list[MeasuredSubmission]:
    """Return the figures of submissions; those of one shape are measured together, with the same draws."""
    measured = []
    shapes: dict[tuple[int, int, int, int], list[tuple[UUID, CurveRow]]] = {}
    for submission_id, row in found:
        shape = row.boxes, len(row.curves), row.n_calls, row.n_suggestions
        shapes.setdefault(shape, []).append((submission_id, row))
    for (boxes, studies, n_calls, n_suggestions), rows in shapes.items():
        losses = np.array([row.curves for _, row in rows], dtype=float)
        figures = measure_anytime(losses.reshape(len(rows), boxes, studies // boxes, n_calls), n_suggestions)
        measured += [_measured(submission_id, row, figures, number) for number, (submission_id, row) in enumerate(rows)]
    return measured


def _measured(submission_id: UUID, row: CurveRow, figures: AnytimeFigures, number: int) -> MeasuredSubmission:
    times = (each[number].tolist() for each in _ends(figures.running_times))
    return MeasuredSubmission(
        submission_id=submission_id,
        n_suggestions=row.n_suggestions,
        budgets=choose_budgets(row.n_calls),
        area=_estimate(*(round(float(each[number]), SCORE_DIGITS) for each in _ends(figures.area))),
        scores=_estimates(figures.scores, number, SCORE_DIGITS),
        ecdf=_estimates(figures.shares, number, SHARE_DIGITS),
        running_times=[_running_time(*each) for each in zip(*times, figures.successes[number].tolist(), strict=True)],
    )


def _ends(found: Estimates) -> tuple[Array, Array, Array]:
    return found.value, found.low, found.high


def _estimates(found: Estimates, number: int, digits: int) -> list[AnytimeEstimate]:
    ends = (each[number].round(digits).tolist() for each in _ends(found))
    return [_estimate(*each) for each in zip(*ends, strict=True)]


def _estimate(value: float, low: float, high: float) -> AnytimeEstimate:
    return AnytimeEstimate(value=value, low=low, high=high)


def _running_time(value: float, low: float, high: float, share: float) -> RunningTime:
    return RunningTime(
        value=_evaluations(value), low=_evaluations(low), high=_evaluations(high), reached_by=round(share, SHARE_DIGITS)
    )


def _evaluations(found: float) -> float | None:
    return round(found, EVALUATION_DIGITS) if math.isfinite(found) else None

"""What a report is made of: the final as the platform shows it, and best-so-far losses from its export."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import xarray as xr
from bayesmark.constants import ITER, OBJECTIVE, PERF_BEST, PERF_CLIP, PERF_MEAN, TEST_CASE
from bayesmark.experiment_analysis import get_perf_array

from arena.api.export import ExportHeader, ExportStudy
from arena.api.reruns import FinalStatus
from arena.client.answer import parse_line
from arena.failure import Failure
from arena.report.statistics import Array
from arena.scoring import rescale
from arena.words.names import name_test_case
from arena.words.objectives import VISIBLE
from arena.words.states import SubmissionState


@dataclass(frozen=True)
class ScoredFinalist:
    """A finalist all of whose studies are there."""

    name: str
    submission_id: str
    origin_id: str
    submitted_at: datetime
    feedback_rank: int | None
    feedback_score: float | None


@dataclass(frozen=True)
class FinalData:
    """Everything behind a report; teams are in the order that breaks ties, the earlier submission first.

    `losses` has shape (teams, boxes, studies, iterations): best visible loss so far, rescaled so that 1 is the clip and
    0 the best known, clipped to [-1, 1]. `random` has shape (iterations,): random search on the same scale.
    """

    final: FinalStatus
    header: ExportHeader
    teams: Sequence[ScoredFinalist]
    boxes: Sequence[str]
    losses: Array
    random: Array

    @property
    def last(self) -> Array:
        """Losses at the last iteration, from which scores are computed; shape (teams, boxes, studies)."""
        return self.losses[..., -1]


def scored_teams(final: FinalStatus) -> list[ScoredFinalist]:
    """Return the finalists that are scored, the earlier submission first."""
    teams = [
        ScoredFinalist(
            name=each.team,
            submission_id=str(each.submission_id),
            origin_id=str(each.origin_id),
            submitted_at=each.submitted_at,
            feedback_rank=each.feedback_rank,
            feedback_score=each.feedback_score,
        )
        for each in final.finalists
        if each.state == SubmissionState.SCORED
    ]
    if not teams:
        raise Failure(
            "Expected at least one finalist with a score, got none; wait for the final, see 'arena final show'."
        )
    return sorted(teams, key=lambda team: (team.submitted_at, team.name))


def losses_of(final: FinalStatus) -> tuple[list[ScoredFinalist], Array]:
    """Return teams and the last losses of their studies, (teams, boxes, studies), of a final shown with losses."""
    teams = scored_teams(final)
    by_id = {str(each.submission_id): each.losses or {} for each in final.finalists}
    boxes, studies = final.boxes, final.studies_per_box
    for team in teams:
        found = by_id[team.submission_id]
        if sorted(found) != sorted(boxes) or any(len(each) != studies for each in found.values()):
            raise Failure(f"Expected {studies} studies of {team.name} on each of {len(boxes)} black boxes, got fewer.")
    return teams, np.array([[by_id[team.submission_id][box] for box in boxes] for team in teams], dtype=float)


def read_data(lines: Iterable[str], final: FinalStatus, baseline: Mapping[str, Any]) -> FinalData:
    """Read the stream of an export of the final phase; keeps best-so-far arrays and no evaluations.

    `final` is what the platform shows of the final, `baseline` the document of the phase's baseline set.
    """
    stream = iter(lines)
    header = parse_line(next(stream), ExportHeader)
    teams = scored_teams(final)
    cases = {box.box: name_test_case(box.model, box.dataset, box.metric) for box in header.boxes}
    boxes = sorted(cases)
    clip, best, random = _scale([cases[box] for box in boxes], baseline, header.n_calls)
    losses = np.full((len(teams), len(boxes), final.studies_per_box, header.n_calls), np.nan)
    rows = {team.submission_id: row for row, team in enumerate(teams)}
    for (submission_id, label), studies in _by_box(stream):
        if submission_id not in rows:
            continue
        column = boxes.index(label)
        found = _best_so_far(studies)
        if len(found) != losses.shape[2]:
            raise _missing(teams[rows[submission_id]].name, label, losses.shape[2], len(found))
        losses[rows[submission_id], column] = rescale(found, clip[column], best[column])
    absent = np.argwhere(np.isnan(losses[:, :, 0, 0]))
    if len(absent):
        row, column = absent[0]
        raise _missing(teams[row].name, boxes[column], losses.shape[2], 0)
    return FinalData(final, header, teams, boxes, losses, random)


def _missing(team: str, box: str, expected: int, came: int) -> Failure:
    return Failure(
        f"Expected {expected} studies of {team} on {box}, the export has {came}; "
        "it changed while it was read, or another submission of the team counts: run the report again."
    )


def _by_box(stream: Iterator[str]) -> Iterator[tuple[tuple[str, str], list[ExportStudy]]]:
    """Yield the studies of one submission on one black box after the other: the export is in this order."""
    studies = (parse_line(line, ExportStudy) for line in stream)
    for key, group in itertools.groupby(studies, key=lambda study: (str(study.submission_id), study.box)):
        yield key, sorted(group, key=lambda study: study.study)


def _best_so_far(studies: Sequence[ExportStudy]) -> Array:
    """Return best visible losses so far, shape (studies, iterations)."""
    evaluations = np.array([study.visible for study in studies], dtype=float).transpose(1, 2, 0)
    best_so_far: Array = get_perf_array(evaluations, evaluations).T
    return best_so_far


def _scale(cases: list[str], baseline: Mapping[str, Any], n_calls: int) -> tuple[Array, Array, Array]:
    """Return clip and best of each test case, and random search's mean rescaled loss at each iteration."""
    dataset = xr.Dataset.from_dict(baseline["data"]).sel({OBJECTIVE: VISIBLE, TEST_CASE: cases})
    clip, best = dataset[PERF_CLIP].values, dataset[PERF_BEST].values
    mean = dataset[PERF_MEAN].transpose(ITER, TEST_CASE).values[:n_calls]
    return clip, best, rescale(mean, clip, best).mean(axis=1)

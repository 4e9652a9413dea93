"""An export of two teams' studies, as the platform streams it, and the baseline that it refers to."""

import json
import math
import random
import uuid
from typing import Any

from arena.words.objectives import VISIBLE
from tests.support.gateway.competitions import BASELINE

DOCUMENT = json.loads(BASELINE.read_text())
CASES = (("DT", "iris", "acc"), ("lasso", "boston", "mse"), ("SVM", "wine", "nll"))
N_CALLS, N_SUGGESTIONS, STUDIES = 16, 8, 3
TEAMS = ("Ünï cödé_team/1", "plain")


def scale(case: str) -> tuple[float, float]:
    """Return clip and best of the visible objective in the official file."""
    data = DOCUMENT["data"]
    at = data["coords"]["function"]["data"].index(case), data["coords"]["objective"]["data"].index(VISIBLE)
    clip, best = (data["data_vars"][name] for name in ("clip", "best"))
    assert clip["dims"] == best["dims"] == ["function", "objective"]
    return clip["data"][at[0]][at[1]], best["data"][at[0]][at[1]]


def header() -> dict[str, Any]:
    boxes = [
        {
            "box": f"box-{number}",
            "model": model,
            "dataset": dataset,
            "metric": metric,
            "signature": DOCUMENT["meta"]["signature"][f"{model}_{dataset}_{metric}"],
        }
        for number, (model, dataset, metric) in enumerate(CASES)
    ]
    return {
        "competition": "c",
        "phase": "p",
        "n_calls": N_CALLS,
        "n_suggestions": N_SUGGESTIONS,
        "baseline": {"name": "official", "version": 1},
        "boxes": boxes,
    }


def study_line(submission: str, team: str, number: int, study: int) -> dict[str, Any]:
    """Losses around the clip and the best, some better than best, some infinite, as a real study may have them."""
    draw = random.Random(f"{team}{number}{study}")  # noqa: S311
    clip, best = scale("_".join(CASES[number]))

    def losses() -> list[list[float]]:
        rows = [[draw.uniform(best, clip + (clip - best)) for _ in range(N_SUGGESTIONS)] for _ in range(N_CALLS)]
        rows[draw.randrange(N_CALLS)][0] = math.inf
        if study == 1:
            rows[5:] = [[min(min(row) for row in rows[:5])] * N_SUGGESTIONS] * (N_CALLS - 5)  # cut off: best repeated
        if study == 2 and number == 0:
            rows = [[math.inf] * N_SUGGESTIONS] * N_CALLS
        return rows

    return {
        "submission_id": submission,
        "team": team,
        "box": f"box-{number}",
        "study": study,
        "visible": losses(),
        "generalization": losses(),
        "eval_time_s": [[0.1] * N_SUGGESTIONS] * N_CALLS,
        "suggest_time_s": [0.1] * N_CALLS,
        "observe_time_s": [0.1] * N_CALLS,
        "suggestions": [[{"depth": draw.randrange(9), "rate": draw.random()}] * N_SUGGESTIONS] * N_CALLS,
    }


def studies() -> list[dict[str, Any]]:
    return [
        study_line(str(uuid.UUID(int=place)), team, number, study)
        for place, team in enumerate(TEAMS)
        for number in range(len(CASES))
        for study in range(STUDIES)
    ]


def as_text(lines: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(header()), *(json.dumps(line) for line in lines)]

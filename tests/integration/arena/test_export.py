"""The leaderboard's scores are what stock Bayesmark computes from the exported evaluations."""

import json
import math
import random
import uuid
from pathlib import Path
from typing import Any

import pytest

from arena.baseline.compute import compute_set, read_evaluations
from arena.export.results_folder import method_name, write_results_folder
from arena.failure import Failure
from arena.scoring import study_loss, submission_score
from arena.words.objectives import VISIBLE
from tests.support.oracles.stock_bayesmark import leaderboard_scores, run_bayesmark

DOCUMENT = json.loads((Path(__file__).parents[3] / "examples/baselines/baseline-16-8.json").read_text())
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


def arena_score(lines: list[dict[str, Any]], team: str) -> float:
    """Score a team as the aggregator does."""
    means = []
    for number, case in enumerate(CASES):
        clip, best = scale("_".join(case))
        found = [
            study_loss(line["visible"], clip, best)
            for line in lines
            if (line["team"], line["box"]) == (team, f"box-{number}")
        ]
        means.append(sum(found) / len(found))
    return submission_score(means).score


def as_text(lines: list[dict[str, Any]]) -> list[str]:
    return [json.dumps(header()), *(json.dumps(line) for line in lines)]


def test_stock_bayesmark_prints_the_leaderboards_scores_from_an_export(tmp_path: Path) -> None:
    lines = studies()

    written = write_results_folder(as_text(lines), tmp_path / "results", lambda *_: DOCUMENT)
    scores = leaderboard_scores(tmp_path / "results", tmp_path / "scratch")

    assert written["studies"] == len(lines)
    assert len(scores) == len(TEAMS)
    for team in TEAMS:
        assert scores[f"{method_name(team)}_arena_arena"] == pytest.approx(arena_score(lines, team), abs=1e-9)


def test_a_computed_baseline_is_what_stock_bayesmark_computes_from_the_same_studies(tmp_path: Path) -> None:
    kept = [line for line in studies() if line["study"] != 2]
    random, strong = ([line for line in kept if line["team"] == team] for team in reversed(TEAMS))
    for line in strong:
        line["visible"][3][1] -= 100.0  # on every black box better than random search

    document = compute_set(*([read_evaluations(lines) for lines in by_box(each)] for each in (random, strong)))

    for line in random:
        line["team"] = "RandomSearch"
    write_results_folder(as_text([*random, *strong]), tmp_path / "stock")
    run_bayesmark("bayesmark-agg", tmp_path / "stock", tmp_path / "scratch")
    run_bayesmark("bayesmark-baseline", tmp_path / "stock", tmp_path / "scratch")
    stock = json.loads((tmp_path / "stock" / "derived" / "baseline.json").read_text())
    assert json.loads(json.dumps(document["data"])) == stock["data"]
    assert document["meta"]["signature"] == stock["meta"]["signature"]


def by_box(lines: list[dict[str, Any]]) -> list[list[str]]:
    """Cut an export into those of its single black boxes."""
    return [
        [json.dumps({**header(), "boxes": [box]}), *(json.dumps(line) for line in lines if line["box"] == box["box"])]
        for box in header()["boxes"]
    ]


def test_method_names_are_different_for_different_teams_and_valid_for_bayesmark() -> None:
    teams = ["a b", "a_b", "a-b", "a/b", "ä", "a%20b"]
    names = {method_name(team) for team in teams}
    assert len(names) == len(teams)
    assert not any("_" in name for name in names)


def test_an_export_never_writes_into_a_folder_with_files_in_it(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")

    with pytest.raises(Failure, match="new folder"):
        write_results_folder(as_text(studies()), tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]

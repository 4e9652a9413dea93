"""The leaderboard's scores are what stock Bayesmark computes from the exported evaluations."""

import json
from pathlib import Path
from typing import Any

import pytest

from arena.baseline.compute import compute_set, read_evaluations
from arena.export.results_folder import method_name, write_results_folder
from arena.failure import Failure
from arena.scoring import study_loss, submission_score
from tests.support.command_line import Arena
from tests.support.oracles.exported import CASES, DOCUMENT, TEAMS, as_text, header, scale, studies
from tests.support.oracles.stock_bayesmark import leaderboard_scores, run_bayesmark


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


def test_stock_bayesmark_prints_the_leaderboards_scores_from_an_export(tmp_path: Path) -> None:
    lines = studies()

    written = write_results_folder(as_text(lines), tmp_path / "results", lambda *_: DOCUMENT)
    scores = leaderboard_scores(tmp_path / "results")

    assert written["studies"] == len(lines)
    assert len(scores) == len(TEAMS)
    for team in TEAMS:
        assert scores[f"{method_name(team)}_arena_arena"] == pytest.approx(arena_score(lines, team), abs=1e-9)


def test_a_computed_baseline_is_what_stock_bayesmark_computes_from_the_same_studies(tmp_path: Path) -> None:
    kept = [line for line in studies() if line["study"] != 2]
    random, strong = ([line for line in kept if line["team"] == team] for team in reversed(TEAMS))
    for line in strong:
        line["visible"][3][1] -= 100.0  # on every black box better than random search

    document = compute_set(
        [read_evaluations(lines) for lines in by_box(random)], [read_evaluations(lines) for lines in by_box(strong)]
    )

    for line in random:
        line["team"] = "RandomSearch"
    write_results_folder(as_text([*random, *strong]), tmp_path / "stock")
    run_bayesmark("agg", tmp_path / "stock")
    run_bayesmark("baseline", tmp_path / "stock")
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


async def test_a_tool_that_cannot_run_says_what_to_do_first(tmp_path: Path) -> None:
    write_results_folder(as_text(studies()), tmp_path / "results", lambda *_: DOCUMENT)
    (tmp_path / "empty").mkdir()
    arena = Arena("http://nowhere.invalid", tmp_path)

    nothing = await arena.run("bayesmark", "agg", "empty")
    too_early = await arena.run("bayesmark", "anal", "results")

    assert (nothing[0], too_early[0]) == (1, 1)
    assert "'arena export' writes such a folder" in nothing[2]
    assert "run 'arena bayesmark agg' on it first" in too_early[2]


async def test_a_tool_is_not_misled_by_modules_in_the_working_directory(tmp_path: Path) -> None:
    write_results_folder(as_text(studies()), tmp_path / "results", lambda *_: DOCUMENT)
    (tmp_path / "xarray.py").write_text("raise RuntimeError('not the library')")

    code, output, errors = await Arena("http://nowhere.invalid", tmp_path).run("bayesmark", "agg", "results")

    assert (code, errors) == (0, "")
    assert "exp-agg sig errors" in output


def test_a_folder_whose_name_bayesmark_does_not_allow_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="name that Bayesmark allows, got 'July 1, 10:00'"):
        write_results_folder(as_text(studies()), tmp_path / "July 1, 10:00")

    assert list(tmp_path.iterdir()) == []

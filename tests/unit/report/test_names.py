"""What parameter names were worth: ranks with them, ranks without, and the difference of scores with its interval."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from arena.api.reruns import FinalStatus
from arena.failure import Failure
from arena.report.data import FinalData, ScoredFinalist, read_data
from arena.report.names import PhaseLosses, compare_names, compare_phases, worth_by_team
from arena.report.statistics import Array, scores_of
from arena.report.writing import write_report
from benchmarks.synthetic import SyntheticFinal
from tests.support.report_page import Page

NAMES = ["a", "b", "c"]


def two_phases(names: list[str] = NAMES, **changes: Any) -> tuple[FinalData, FinalStatus]:
    """A final with visible names, and its second phase with hidden ones, in which the first team is far worse."""
    synthetic = SyntheticFinal(names, n_boxes=4, studies=3)
    data = read_data(synthetic.lines(), synthetic.shown(), synthetic.baseline())
    shown = synthetic.shown()
    without = data.last.copy()
    without[0] = np.minimum(1.0, without[0] + 0.3)
    finalists = [
        each.model_copy(update={"losses": dict(zip(data.boxes, losses.tolist(), strict=True))})
        for each, losses in zip(shown.finalists, without, strict=True)
    ]
    hidden = {"phase": "blind", "parameter_names": "hidden", "finalists": finalists, "boxes": data.boxes[::-1]}
    return data, shown.model_copy(update=hidden | changes)


def team(name: str) -> ScoredFinalist:
    synthetic = SyntheticFinal([name]).shown().finalists[0]
    return ScoredFinalist(name, name, name, synthetic.submitted_at, 1, 90.0)


def test_each_team_has_its_rank_with_names_and_without_and_what_they_were_worth() -> None:
    data, second = two_phases()

    worths = {each.team: each for each in compare_names(data, second)}

    assert [each.with_names and each.with_names[0] for each in worths.values()] == [1, 2, 3]
    assert {name: each.without_names and each.without_names[0] for name, each in worths.items()} == {
        "c": 1,
        "a": 3,
        "b": 2,
    }
    assert list(worths) == ["c", "a", "b"]
    assert worths["a"].worth == pytest.approx(30.0)
    assert worths["b"].worth == worths["c"].worth == 0.0
    assert worths["b"].interval == (0.0, 0.0)
    assert worths["a"].interval == pytest.approx((30.0, 30.0)), "the draws are the same in both phases"
    score = scores_of(data.last)[0]
    assert [each and each[1] for each in (worths["a"].with_names, worths["a"].without_names)] == pytest.approx(
        [score, score - 30.0]
    )


def test_it_makes_no_difference_which_phase_is_the_second() -> None:
    data, second = two_phases()
    swapped = data.final.model_copy(update={"parameter_names": "hidden"})

    visible = second.model_copy(update={"parameter_names": "visible"})

    worth = compare_names(replace(data, final=swapped), visible)

    assert {each.team: each.worth for each in worth}["a"] == pytest.approx(-30.0)


@given(arrays(float, (2, 3, 3, 4), elements=st.floats(-1, 1)), st.integers(0, 2**16))
def test_what_names_were_worth_is_the_difference_of_scores_and_swaps_its_sign_with_the_phases(
    losses: Array, seed: int
) -> None:
    teams = [team(name) for name in NAMES]
    one, other = (PhaseLosses(teams, each) for each in losses)

    forward = worth_by_team(one, other, replicates=100, seed=seed)
    backward = worth_by_team(other, one, replicates=100, seed=seed)

    for row, name in enumerate(NAMES):
        worth, (low, high) = forward[name]
        assert worth == pytest.approx(100 * (losses[1][row].mean() - losses[0][row].mean()), abs=1e-6)
        assert low <= high
        assert backward[name][0] == pytest.approx(-worth)
        assert backward[name][1] == pytest.approx((-high, -low), abs=1e-6)


def test_a_team_with_a_score_in_one_phase_only_has_a_rank_there_and_no_worth() -> None:
    losses = np.random.default_rng(0).random((2, 3, 4))
    visible = PhaseLosses([team("a"), team("b")], losses)
    hidden = PhaseLosses([team("b"), team("c")], losses)

    worths = {each.team: each for each in compare_phases(visible, hidden)}

    assert worths["a"].with_names is not None
    assert (worths["a"].without_names, worths["a"].worth, worths["a"].interval) == (None, None, None)
    assert (worths["c"].with_names, worths["c"].worth) == (None, None)
    assert worths["b"].worth is not None
    assert list(worths)[-1] == "c", "teams without a rank with names come last"


def test_the_page_and_the_data_have_the_comparison(tmp_path: Path) -> None:
    names = ["<b>bold</b>", "=FORMULA()", "c"]
    data, second = two_phases(names)

    written = write_report(data, tmp_path / "report.html", tmp_path / "data", reveal=False, second=second)

    page = Page((tmp_path / "report.html").read_text())
    assert "names" in {attributes.get("id") for _, attributes in page.tags}
    assert {"rank with names", "rank without", "names were worth"} <= set(page.cells)
    assert {"names.csv", "names.json"} <= set(written["files"])
    rows = {row["team"]: row for row in json.loads((tmp_path / "data/names.json").read_text())}
    assert {name: (row["rank_with_names"], row["rank_without_names"]) for name, row in rows.items()} == {
        "c": (1, 1),
        "<b>bold</b>": (2, 3),
        "=FORMULA()": (3, 2),
    }
    assert rows["<b>bold</b>"]["worth"] == pytest.approx(30.0)
    assert [row["within_noise"] for row in rows.values()] == [True, False, True]


def test_a_report_of_one_phase_says_nothing_of_the_worth_of_names(tmp_path: Path) -> None:
    data, _ = two_phases()

    write_report(data, tmp_path / "report.html", None, reveal=False)

    assert "names were worth" not in (tmp_path / "report.html").read_text()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"parameter_names": "visible"}, "one phase with visible parameter names and one with hidden ones"),
        ({"studies_per_box": 2}, "studies"),
        ({"finalists": []}, "at least one finalist with a score"),
    ],
)
def test_phases_that_cannot_be_compared_are_refused(changes: dict[str, Any], reason: str) -> None:
    data, second = two_phases()
    with pytest.raises(Failure, match=reason):
        compare_names(data, second.model_copy(update=changes))

"""What is refused of boards and baseline rows, each fault with its place and its cure."""

from typing import Any

import pytest

from arena.api.competition_document import Competition
from arena.rules.boards import find_board_faults
from tests.support.gateway.competitions import competition, phase

GOOD = {"name": "early", "title": "Early", "phase": "feedback", "boxes": ["box-01"], "after_iterations": 4}
ROW = {"name": "Random search", "sha256": "a" * 64}


def faults(*boards: dict[str, Any], rows: tuple[dict[str, Any], ...] = ()) -> list[tuple[str, str]]:
    document = Competition.model_validate(competition(phase(n_calls=8), boards=boards, baseline_rows=rows))
    return [(".".join(map(str, fault.where)), str(fault)) for fault in find_board_faults(document)]


def test_good_boards_and_rows_have_no_fault() -> None:
    assert faults(GOOD, {**GOOD, "name": "sklearn", "boxes": [], "families": ["sklearn"]}, rows=(ROW,)) == []


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        ({"phase": "fedback"}, "boards.0.phase", "Did you mean 'feedback'?"),
        ({"boxes": ["box-03"]}, "boards.0.boxes.0", "Phase 'feedback' has no black box 'box-03'."),
        ({"families": ["bbob"]}, "boards.0.families.0", "no black box of the family 'bbob'. There are: sklearn."),
        ({"after_iterations": 9}, "boards.0.after_iterations", "has 8 iterations, got 9. Write 8 or less."),
    ],
)
def test_a_board_that_its_phase_cannot_have_is_refused(change: dict[str, Any], where: str, said: str) -> None:
    [(place, text)] = faults(GOOD | change)

    assert place == where
    assert said in text


def test_two_boards_or_rows_of_one_name_are_refused() -> None:
    assert [place for place, _ in faults(GOOD, GOOD, rows=(ROW, ROW))] == ["boards.1.name", "baseline_rows.1.name"]


def test_there_are_no_more_boards_than_a_page_can_list() -> None:
    with pytest.raises(ValueError, match="at most 20"):
        faults(*({**GOOD, "name": f"board-{number}"} for number in range(21)))

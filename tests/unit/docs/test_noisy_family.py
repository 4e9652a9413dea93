"""The page on problems of one's own shows a noisy family: its noise comes from the study's seed and may be left out."""

from typing import Any

import numpy as np
from bayesmark.experiment import _setup_seeds
from bayesmark.random_search import suggest_dict

from arena.rules.seeds import study_seed
from tests.support.end_to_end.docs_page import read_blocks
from tests.support.stack import ROOT

PAGE = ROOT / "docs" / "organizer" / "problems.md"


def family() -> dict[str, Any]:
    [program] = [block.text for block in read_blocks(PAGE) if block.file == "noisy/problem.py"]
    names: dict[str, Any] = {}
    exec(program, names)  # noqa: S102 - our own page
    return names


def losses_of_a_study(problem: str, study: int) -> list[tuple[float, float]]:
    """Evaluate the same points of a new test function as a study does, after its seed is set."""
    function = family()["make_problem"](problem)
    points = suggest_dict([], [], function.get_api_config(), 8, random=np.random.RandomState(0))
    _setup_seeds(f"{study_seed('a competition', problem, study):x}")
    return [function.evaluate(point) for point in points]


def test_noise_is_the_same_in_the_same_study_and_another_one_in_the_next() -> None:
    first, again, other = (losses_of_a_study("sphere-noisy", study) for study in (0, 0, 1))

    assert first == again
    assert all(one[0] != another[0] for one, another in zip(first, other, strict=True))
    assert len({visible - exact for visible, exact in first}) == len(first), "each evaluation has noise of its own"


def test_noise_changes_the_visible_loss_alone_and_a_problem_of_the_same_family_has_none() -> None:
    noisy, plain = losses_of_a_study("sphere-noisy", 0), losses_of_a_study("sphere", 0)

    assert [exact for _, exact in noisy] == [exact for _, exact in plain]
    assert all(visible == exact for visible, exact in plain)
    assert losses_of_a_study("sphere", 1) == plain

"""What may be wrong with a black box of a problem family."""

import pytest

from arena.api.competition_document import BlackBox
from arena.rules.competition_document import find_contradictions


def faults(*boxes: BlackBox) -> list[str]:
    return [str(fault) for fault in find_contradictions({}, dict(enumerate(boxes)), {})]


def test_a_black_box_of_a_family_has_a_problem_and_its_name_is_the_test_case() -> None:
    box = BlackBox(label="a", family="bbob", problem="bbob-f01-d10-i3", best=-247.11)
    assert (faults(box), box.test_case) == ([], "bbob-f01-d10-i3")


@pytest.mark.parametrize(
    ("box", "told"),
    [
        (BlackBox(label="a", family="bbob"), "The key 'problem' is missing. Add problem."),
        (
            BlackBox(label="a", family="bbob", problem="p", metric="acc"),
            "A black box of the family bbob has no metric. Take it away; it has problem.",
        ),
        (BlackBox(label="a", model="kNN", dataset="iris"), "The key 'metric' is missing. Add metric."),
        (
            BlackBox(label="a", model="kNN", dataset="iris", metric="acc", problem="p"),
            "A black box of the family sklearn has no problem. Take it away; it has model, dataset, metric.",
        ),
    ],
)
def test_a_black_box_with_the_keys_of_another_family_is_refused(box: BlackBox, told: str) -> None:
    assert faults(box) == [told]


def test_two_families_with_one_name_for_a_problem_are_refused_in_one_competition() -> None:
    found = faults(
        BlackBox(label="a", family="one", problem="sphere"), BlackBox(label="b", family="two", problem="sphere")
    )
    assert found == ["Expected every test case once, got 'sphere' again. Remove one."]

"""Grids and splits: the same for the same seed, whatever else is in the file."""

import re

from hypothesis import given
from hypothesis import strategies as st

from arena.competition.grids import FamilyGrid, Grid, boxes_of, expand_grid, find_grid_faults, split_boxes

LABELS = st.lists(st.text("abc0123-", min_size=1, max_size=6), unique=True, max_size=20)
COUNTS = st.lists(st.integers(0, 6), max_size=4)
GRID = Grid(models=["DT", "kNN"], datasets=["iris", "boston"], metrics=["acc", "nll", "mse"])


@given(st.text(), LABELS, COUNTS, st.randoms())
def test_a_split_is_disjoint_and_the_same_in_whatever_order_the_labels_come(
    seed: str, labels: list[str], counts: list[int], random: object
) -> None:
    drawn = split_boxes(seed, labels, counts)
    shuffled = list(labels)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    together = [label for boxes in drawn for label in boxes]
    assert len(set(together)) == len(together) == min(sum(counts), len(labels))
    assert set(together) <= set(labels)
    assert split_boxes(seed, shuffled, counts) == drawn


@given(
    st.text(max_size=5),
    st.lists(st.text(min_size=1, max_size=5), unique=True, min_size=1, max_size=12),
    st.lists(st.integers(1, 6), min_size=1, max_size=3),
)
def test_one_more_box_moves_at_most_one_box_out_of_each_phase(seed: str, labels: list[str], counts: list[int]) -> None:
    before, after = split_boxes(seed, labels[1:], counts), split_boxes(seed, labels, counts)

    for was, becomes in zip(before, after, strict=True):
        assert len(set(was) - set(becomes)) <= 1
    moved = [set(becomes) - set(was) for was, becomes in zip(before, after, strict=True)]
    if labels[0] not in {label for boxes in after for label in boxes}:
        assert not any(moved), "a box that is not drawn moves none"


def test_another_seed_splits_otherwise() -> None:
    labels = [f"box-{number}" for number in range(60)]
    one, other = (split_boxes(seed, labels, [30, 30]) for seed in ("a", "b"))
    assert one != other
    assert sorted(one[0] + one[1]) == sorted(labels)


def test_a_grid_has_every_metric_where_it_measures_and_keeps_its_labels_when_it_grows() -> None:
    boxes = {box.test_case: box.fields["label"] for box in expand_grid(GRID, "seed", ())}

    assert set(boxes) == {
        f"{model}_{rest}" for model in ("DT", "kNN") for rest in ("iris_acc", "iris_nll", "boston_mse")
    }
    assert len(set(boxes.values())) == 6
    larger = GRID.model_copy(update={"models": ["SVM", *GRID.models], "without": ["SVM_iris_acc"]})
    grown = {box.test_case: box.fields["label"] for box in expand_grid(larger, "seed", ["SVM_iris_nll"])}
    assert boxes.items() <= grown.items()
    assert set(grown) - set(boxes) == {"SVM_boston_mse"}
    assert not set(boxes.values()) & {box.fields["label"] for box in expand_grid(GRID, "another", ())}


def family_boxes(grid: FamilyGrid) -> list[str]:
    return [box.test_case for box in expand_grid(grid, "seed", ())]


def test_a_grid_of_a_family_has_every_function_in_every_dimension_and_instance() -> None:
    grid = FamilyGrid(family="bbob", functions=[1, 8], dimensions=[2, 10], instances=[1], without=["bbob-f08-d2-i1"])
    assert family_boxes(grid) == ["bbob-f01-d2-i1", "bbob-f01-d10-i1", "bbob-f08-d10-i1"]
    suite = FamilyGrid(family="ioh", suite="pbo", functions=[1], dimensions=[16], instances=[1])
    assert family_boxes(suite) == ["pbo-f01-d16-i1"]


def test_a_grid_of_a_family_may_list_its_problems_and_their_labels_tell_nothing() -> None:
    grid = FamilyGrid(family="ours", problems=["sphere", "cube"])
    boxes = boxes_of(list(expand_grid(grid, "seed", ["cube"])))
    assert [(box["family"], box["problem"]) for box in boxes] == [("ours", "sphere")]
    assert re.fullmatch(r"box-[0-9a-f]{8}", boxes[0]["label"])


def test_a_grid_of_a_family_without_any_problem_is_a_fault() -> None:
    (fault,) = find_grid_faults(FamilyGrid(family="bbob", functions=[1]), ("grids", 0))
    assert str(fault) == ("The grid has no problem of bbob. Give it functions, dimensions and instances, or problems.")

"""Black boxes that a competition file does not list one by one: products of stock or family problems, and splits."""

import hashlib
import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from arena.api.body import Body
from arena.api.competition_document import BlackBox
from arena.rules.bayesmark_names import METRICS, metrics_of
from arena.rules.competition_document import DocumentFault, DocumentPath, suggest
from arena.words.names import FamilyName, Name, name_test_case

LABEL_DIGITS = 8
Numbers = list[Annotated[int, Field(ge=1, le=1_000_000)]]
Names = Annotated[list[str], Field(min_length=1)]


class Grid(Body):
    """Every model on every data set by every metric that measures it, but for the test cases in `without`."""

    models: Names
    datasets: Names
    metrics: Names
    without: list[str] = Field(default=[])


class FamilyGrid(Body):
    """Problems of a family: those that are listed, or every function of a suite in every dimension and instance.

    A suite that is not stated has the family's name.
    """

    family: FamilyName
    suite: Name | None = None
    functions: Numbers = Field(default=[])
    dimensions: Numbers = Field(default=[])
    instances: Numbers = Field(default=[])
    problems: list[Name] = Field(default=[])
    without: list[str] = Field(default=[])


@dataclass(frozen=True)
class GridBox:
    """A black box of a grid: its fields, and of each its place in the grid's lists."""

    fields: dict[str, str]
    places: dict[str, tuple[str, int]]

    @property
    def test_case(self) -> str:
        """The name of the test problem."""
        fields = self.fields
        return fields.get("problem") or name_test_case(fields["model"], fields["dataset"], fields["metric"])


def expand_grid(grid: Grid | FamilyGrid, seed: str, listed: Collection[str]) -> Iterator[GridBox]:
    """Return the black boxes of a grid, without the test cases that are listed already.

    A label tells nothing to who does not know the seed, and stays the same when the grid grows.
    """
    for box in _family_boxes(grid) if isinstance(grid, FamilyGrid) else _stock_boxes(grid):
        if box.test_case not in grid.without and box.test_case not in listed:
            box.fields["label"] = f"box-{_digest(seed, box.test_case)[:LABEL_DIGITS]}"
            yield box


def _family_boxes(grid: FamilyGrid) -> Iterator[GridBox]:
    named = [(problem, {"problem": ("problems", place)}) for place, problem in enumerate(grid.problems)]
    suite = grid.suite or grid.family
    numbers = itertools.product(grid.functions, grid.dimensions, grid.instances)
    named += [(f"{suite}-f{function:02}-d{dimension}-i{instance}", {}) for function, dimension, instance in numbers]
    for problem, places in named:
        yield GridBox({"family": grid.family, "problem": problem}, places)


def _stock_boxes(grid: Grid) -> Iterator[GridBox]:
    for i, model in enumerate(grid.models):
        for j, dataset in enumerate(grid.datasets):
            for k, metric in enumerate(grid.metrics):
                box = GridBox(
                    {"model": model, "dataset": dataset, "metric": metric},
                    {"model": ("models", i), "dataset": ("datasets", j), "metric": ("metrics", k)},
                )
                if metric in metrics_of(dataset) or metric not in METRICS:  # what nobody knows is a fault
                    yield box


def find_grid_faults(grid: Grid | FamilyGrid, at: DocumentPath) -> Iterator[DocumentFault]:
    """Return what a grid names to no effect."""
    whole = {box.test_case for box in expand_grid(grid.model_copy(update={"without": []}), "", ())}
    for place, case in enumerate(grid.without):
        if case not in whole:
            what = f"The grid has no {case!r} to leave out."
            yield DocumentFault((*at, "without", place), what, suggest(case, whole))
    if isinstance(grid, FamilyGrid):
        if not whole:
            what = f"The grid has no problem of {grid.family}."
            yield DocumentFault(at, what, "Give it functions, dimensions and instances, or problems.")
        return
    for place, dataset in enumerate(grid.datasets):
        if not {*metrics_of(dataset)} & {*grid.metrics}:
            cure = f"Add {' or '.join(metrics_of(dataset))}, or mend the name."
            yield DocumentFault((*at, "datasets", place), f"No metric of this grid measures {dataset!r}.", cure)


def split_boxes(seed: str, labels: Collection[str], counts: Sequence[int]) -> list[list[str]]:
    """Return so many labels for each count, no label twice, drawn by the seed; fewer when there are no more.

    The draw is an order by hash, so it does not depend on how the labels came.
    """
    order = sorted(set(labels), key=lambda label: _digest(seed, label))
    ends = [sum(counts[: number + 1]) for number in range(len(counts))]
    return [sorted(order[end - count : end]) for end, count in zip(ends, counts, strict=True)]


def boxes_of(boxes: Sequence[GridBox]) -> list[dict[str, str]]:
    """Return black boxes as a document has them."""
    return [{key: box.fields[key] for key in BlackBox.model_fields if key in box.fields} for box in boxes]


def _digest(seed: str, text: str) -> str:
    return hashlib.sha256(f"{seed}\0{text}".encode()).hexdigest()

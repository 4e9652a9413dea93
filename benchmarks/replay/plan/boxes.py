"""Which black boxes there are: of the public ones, half for the teams and half for the final."""

import itertools
import json
import random
from dataclasses import dataclass

from arena.words.names import name_test_case
from arena.words.objectives import VISIBLE
from benchmarks.stack.platform import BASELINE

MODELS = ("DT", "MLP-adam", "MLP-sgd", "RF", "SVM", "ada", "kNN", "lasso", "linear")
DATASETS = {"breast": ("acc", "nll"), "digits": ("acc", "nll"), "iris": ("acc", "nll"), "wine": ("acc", "nll")}
DATASETS |= {"boston": ("mae", "mse"), "diabetes": ("mae", "mse")}


@dataclass(frozen=True)
class PublicBox:
    """A public black box of 2020."""

    model: str
    dataset: str
    metric: str

    @property
    def test_case(self) -> str:
        """Bayesmark's name of it."""
        return name_test_case(self.model, self.dataset, self.metric)


def draw_boxes(count: int, seed: int) -> list[PublicBox]:
    """Return so many different black boxes, of each pair at most one before there are two of any."""
    pairs = list(itertools.product(MODELS, DATASETS))
    random.Random(seed).shuffle(pairs)  # noqa: S311 - not a secret
    first = [PublicBox(model, dataset, DATASETS[dataset][0]) for model, dataset in pairs]
    second = [PublicBox(model, dataset, DATASETS[dataset][1]) for model, dataset in pairs]
    return [*first, *second][:count]


def load_scales() -> dict[str, tuple[float, float]]:
    """Return clip and best of the visible loss, by test case, from the official baseline."""
    data = json.loads(BASELINE.read_text())["data"]
    cases: list[str] = data["coords"]["function"]["data"]
    column = data["coords"]["objective"]["data"].index(VISIBLE)
    clip, best = (data["data_vars"][name]["data"] for name in ("clip", "best"))
    return {case: (clip[row][column], best[row][column]) for row, case in enumerate(cases)}

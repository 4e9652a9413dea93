"""`python -m benchmarks.replay.measure_costs`: writes costs.json, what an evaluation of each public pair takes.

The pairs are Bayesmark's nine models on its six data sets. Suggestions are random, from the real search spaces.
"""

import json
import statistics
import time
import warnings
from pathlib import Path

from bayesmark.constants import ARG_DELIM, DATA_LOADER_NAMES, MODEL_NAMES
from bayesmark.data import METRICS_LOOKUP, get_problem_type
from bayesmark.random_search import suggest_dict
from bayesmark.sklearn_funcs import SklearnModel

COSTS = Path(__file__).with_name("costs.json")
EVALUATIONS = 16
LIMIT_S = 20.0
"""A pair whose evaluations take long gets fewer of them."""


def measure_pair(model: str, dataset: str) -> float:
    """Return the mean CPU seconds of an evaluation."""
    metric = METRICS_LOOKUP[get_problem_type(dataset)][0]
    problem = SklearnModel(model, dataset, metric)
    suggestions = suggest_dict([], [], problem.get_api_config(), EVALUATIONS)
    seconds: list[float] = []
    until = time.monotonic() + LIMIT_S
    for suggestion in suggestions:
        start = time.process_time()
        problem.evaluate(suggestion)
        seconds.append(time.process_time() - start)
        if time.monotonic() > until:
            break
    return statistics.fmean(seconds)


def main() -> None:
    """Measure every pair, one after another."""
    warnings.simplefilter("ignore")  # models that do not converge say so
    costs = {}
    for model in MODEL_NAMES:
        for dataset in DATA_LOADER_NAMES:
            pair = ARG_DELIM.join((model, dataset))
            costs[pair] = round(measure_pair(model, dataset), 6)
            print(f"{pair}\t{costs[pair]:.4f} s")
    COSTS.write_text(json.dumps(costs, indent=1) + "\n")


if __name__ == "__main__":
    main()

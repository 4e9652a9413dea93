"""Which part of a runner's CPU time is evaluation, when it runs what the challenge of 2020 ran.

The 54 public pairs of model and data set count equally, as each box had equally many studies in 2020. Of the CPU
seconds that they cost together (`benchmarks/replay/plan/costs.json`), five are taken at equal distances, from the
cheapest pair to the dearest, and the pair that each of them belongs to gets one study. So the five stand for where the
CPU of a mix goes. They take 67 s on average where these costs were measured; those of 2020 took 302 s. Run equally
often, all 54 would take 17 s on average: a figure of its own says what the same costs beside evaluation are of that.
"""

import asyncio
import json
import statistics
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.stack.compose import compose
from benchmarks.stack.platform import RANDOM_SEARCH, Platform, pack
from benchmarks.studies.cpu import RunnerCpu, RunnerCpuReader, counted_engine

STUDIES = 5
EVALUATIONS = 16 * 8
REGRESSION = {"boston", "diabetes"}
COSTS = Path(__file__).parents[1] / "replay" / "plan" / "costs.json"
WARM_UP = "DT_iris"
SHARE = 0.985
PAUSE_S = 2.0
"""By then the containers of the last study are removed, and the next ones are prepared."""
READ_METRICS = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/metrics').read().decode())"
EVALUATION_CPU = "arena_evaluation_cpu_seconds_total"


async def mix(platform: Platform, slots: int) -> list[Figure]:
    """Measure the CPU inside evaluations over that of the runner, its containers, and the engine on their behalf.

    The optimizer is random search, whose own CPU counts as overhead.
    """
    costs: dict[str, float] = json.loads(COSTS.read_text())
    await platform.wait_warm(slots)
    await _score(platform, [WARM_UP])
    with counted_engine() as engine:
        reader = RunnerCpuReader(compose("ps", "-q", "runner").strip(), engine)
        evaluation, before = _evaluation_cpu_s(), reader.read()  # asking for it costs CPU, which does not count
        await _score(platform, choose_pairs(costs, STUDIES))
        used = reader.read().since(before)
        evaluation = _evaluation_cpu_s() - evaluation
    return _figures(evaluation, used, EVALUATIONS * statistics.fmean(costs.values()))


def choose_pairs(costs: dict[str, float], count: int) -> list[str]:
    """Return so many pairs, each of which costs one of as many CPU seconds at equal distances; the dearest first."""
    unit = sum(costs.values()) / count
    chosen, passed = [], 0.0
    for pair, cost in sorted(costs.items(), key=lambda item: item[1]):
        chosen += [pair] * (round((passed + cost) / unit) - round(passed / unit))
        passed += cost
    return chosen[::-1]


async def _score(platform: Platform, pairs: list[str]) -> None:
    boxes = [(model, dataset, "mse" if dataset in REGRESSION else "acc") for model, dataset in map(_split, pairs)]
    slug, token = await platform.create_competition(boxes, studies_per_box=1)
    await platform.timed_submission(slug, token, pack(RANDOM_SEARCH))
    await asyncio.sleep(PAUSE_S)


def _split(pair: str) -> list[str]:
    return pair.split("_")


def _figures(evaluation: float, used: RunnerCpu, mean_s: float) -> list[Figure]:
    share, beside = evaluation / used.all, (used.all - evaluation) / STUDIES
    parts = {
        "the engine": used.engine,
        "the optimizer's container": used.optimizers,
        "the black box around evaluations": used.blackboxes - evaluation,
        "the runner's process": used.runner,
    }
    equally_often = mean_s / (mean_s + beside)
    return [
        Figure("mix of 2020: CPU that is evaluation, of all the runner's", share, "ratio", ">= 0.985", share >= SHARE),
        Figure("mix of 2020: a study's evaluation", evaluation / STUDIES, "s", "", True),
        Figure("mix of 2020: a study's CPU beside evaluation", beside, "s", "", True),
        *(Figure(f"mix of 2020: of it {name}", cpu_s / STUDIES, "s", "", True) for name, cpu_s in parts.items()),
        Figure("mix of 2020: the share, if all 54 pairs ran equally often", equally_often, "ratio", "", True),
    ]


def _evaluation_cpu_s() -> float:
    """Return the CPU seconds that the runner's black-box containers have spent inside evaluations so far."""
    metrics = compose("exec", "-T", "runner", "python3", "-c", READ_METRICS)
    return sum(float(line.split()[1]) for line in metrics.splitlines() if line.startswith(EVALUATION_CPU))

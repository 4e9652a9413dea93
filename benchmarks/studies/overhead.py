"""What a study costs on the platform, compared with the same study in stock Bayesmark."""

import asyncio
import os
import statistics

from benchmarks.figure import Figure
from benchmarks.stack.compose import compose
from benchmarks.stack.platform import RANDOM_SEARCH, Platform, pack
from benchmarks.studies.stock import run_stock

SHORT_BOXES = [
    ("DT", "iris", "acc"),
    ("linear", "wine", "acc"),
    ("kNN", "wine", "acc"),
    ("DT", "boston", "mse"),
    ("lasso", "diabetes", "mse"),
    ("linear", "iris", "acc"),
]
STUDIES = 4
ROUNDS = 5
LONG_BOXES = [("RF", "breast", "acc"), ("MLP-adam", "breast", "acc"), ("SVM", "breast", "acc")]


async def study_overhead(platform: Platform, slots: int) -> list[Figure]:
    """Measure the wall time of 24 short studies on the platform, over that of stock Bayesmark without isolation.

    The two take turns, because a machine's speed varies, and start in another order every other round. The ratio is the
    median of the rounds' ratios, with how far the middle half of them is apart.
    """
    slug, token = await platform.create_competition(SHORT_BOXES, studies_per_box=STUDIES)
    await platform.wait_warm(slots)
    await platform.timed_submission(slug, token, pack(RANDOM_SEARCH))  # each slot's first studies load the data sets
    ours, stock = [], []
    for number in range(ROUNDS):
        if number % 2 == 0:
            ours.append(await platform.timed_submission(slug, token, pack(RANDOM_SEARCH)))
        stock.append(await asyncio.to_thread(run_stock, SHORT_BOXES, STUDIES, slots))
        if number % 2 == 1:
            ours.append(await platform.timed_submission(slug, token, pack(RANDOM_SEARCH)))
    low, ratio, high = statistics.quantiles([a / b for a, b in zip(ours, stock, strict=True)], n=4)
    return [
        Figure("study overhead: wall time over bayesmark-launch", ratio, "ratio", "<= 0.6", ratio <= 0.6),
        Figure(f"study overhead: spread of {ROUNDS} rounds, quartiles", (high - low) / ratio, "ratio", "", True),
        Figure("study overhead: Arena, 24 short studies", statistics.median(ours), "s", "", True),
        Figure("study overhead: bayesmark-launch, the same", statistics.median(stock), "s", "", True),
    ]


async def long_boxes(platform: Platform, slots: int) -> list[Figure]:
    """Measure which part of the machine's CPU time is spent in evaluations, and wall time over stock Bayesmark's."""
    slug, token = await platform.create_competition(LONG_BOXES, studies_per_box=2)
    busy, evaluation = machine_cpu_s(), evaluation_cpu_s()
    ours = await platform.timed_submission(slug, token, pack(RANDOM_SEARCH))
    share = (evaluation_cpu_s() - evaluation) / (machine_cpu_s() - busy)
    stock = await asyncio.to_thread(run_stock, LONG_BOXES, 2, slots)
    return [
        Figure("long boxes: CPU that is evaluation, of all the machine's", share, "ratio", ">= 0.95", share >= 0.95),
        Figure("long boxes: wall time over bayesmark-launch", ours / stock, "ratio", "", True),
    ]


def evaluation_cpu_s() -> float:
    """Return the CPU seconds that the runner's black-box containers have spent inside evaluations so far."""
    script = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/metrics').read().decode())"
    metrics = compose("exec", "-T", "runner", "python3", "-c", script)
    return sum(
        float(line.split()[1]) for line in metrics.splitlines() if line.startswith("arena_evaluation_cpu_seconds_total")
    )


def machine_cpu_s() -> float:
    """Return the CPU seconds all processes of this machine have used so far (user, nice, system, interrupts)."""
    with open("/proc/stat") as file:  # noqa: PTH123 - a kernel interface, not one of our files
        fields = file.readline().split()[1:]
    user, nice, system, _, _, irq, softirq, *_ = map(int, fields)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")

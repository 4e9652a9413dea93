"""What a study costs on the platform, compared with the same study in stock Bayesmark."""

import asyncio
import statistics

from benchmarks.figure import Figure
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

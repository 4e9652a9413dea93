"""The rows of the benchmark table: each measures one ratio or rate in one run."""

import asyncio
import io
import itertools
import os
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from arena.report.data import read_data
from arena.report.writing import write_report
from benchmarks.platform import RANDOM_SEARCH, Platform, pack
from benchmarks.stack import compose
from benchmarks.stock import run_stock
from benchmarks.synthetic import SyntheticFinal

SHORT_BOXES = [
    ("DT", "iris", "acc"),
    ("linear", "wine", "acc"),
    ("kNN", "wine", "acc"),
    ("DT", "boston", "mse"),
    ("lasso", "diabetes", "mse"),
    ("linear", "iris", "acc"),
]
LONG_BOXES = [("RF", "breast", "acc"), ("MLP-adam", "breast", "acc"), ("SVM", "breast", "acc")]
POSTS_PER_SECOND = 50
POST_SECONDS = 20
ZIP_BYTES = 100_000
NULL_BOXES, NULL_STUDIES = 20, 600
"""12,000 shards."""


@dataclass(frozen=True)
class Row:
    """One figure, its unit, the goal in words, and whether it holds."""

    name: str
    value: float
    unit: str
    goal: str
    holds: bool


async def study_overhead(platform: Platform, slots: int) -> list[Row]:
    """Wall time of 24 short studies through the whole platform over that of stock Bayesmark, which isolates nothing."""
    slug, token = await platform.create_competition(SHORT_BOXES, studies_per_box=4)
    ours = await platform.timed_submission(slug, token, pack(RANDOM_SEARCH))
    stock = await asyncio.to_thread(run_stock, SHORT_BOXES, 4, slots)
    ratio = ours / stock
    return [
        Row("study overhead: wall time over bayesmark-launch", ratio, "ratio", "<= 0.6", ratio <= 0.6),
        Row("study overhead: Arena, 24 short studies", ours, "s", "", True),
        Row("study overhead: bayesmark-launch, the same", stock, "s", "", True),
    ]


async def long_boxes(platform: Platform, slots: int) -> list[Row]:
    """CPU time inside evaluations over the CPU time the whole machine spent, and wall time over stock's."""
    slug, token = await platform.create_competition(LONG_BOXES, studies_per_box=2)
    busy, evaluation = machine_cpu_s(), evaluation_cpu_s()
    ours = await platform.timed_submission(slug, token, pack(RANDOM_SEARCH))
    share = (evaluation_cpu_s() - evaluation) / (machine_cpu_s() - busy)
    stock = await asyncio.to_thread(run_stock, LONG_BOXES, 2, slots)
    return [
        Row("long boxes: CPU that is evaluation, of all the machine's", share, "ratio", ">= 0.95", share >= 0.95),
        Row("long boxes: wall time over bayesmark-launch", ours / stock, "ratio", "", True),
    ]


async def control_plane(platform: Platform) -> list[Row]:
    """Shards per second from accepted to scored, with a runner whose engine answers at once."""
    pairs = itertools.product(("DT", "kNN", "SVM", "RF", "MLP-adam", "ada"), ("iris", "wine", "digits", "breast"))
    slug, token = await platform.create_competition(
        [(model, dataset, "acc") for model, dataset in itertools.islice(pairs, NULL_BOXES)],
        studies_per_box=NULL_STUDIES,
    )
    seconds = await platform.timed_submission(slug, token, pack(RANDOM_SEARCH))
    rate = NULL_BOXES * NULL_STUDIES / seconds
    return [Row("control plane: shards from accepted to scored", rate, "1/s", ">= 600", rate >= 600)]


async def accept(platform: Platform) -> list[Row]:
    """Latency of POSTs of a 100 kB zip that arrive at a fixed rate, whatever the earlier ones do."""
    slug, token = await platform.create_competition(SHORT_BOXES[:1], studies_per_box=1)
    content = _zip_of(ZIP_BYTES)
    await platform.wait_scored(await platform.submit(slug, token, content))
    latencies: list[float] = []

    async def post(at: float) -> None:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        start = time.perf_counter()
        await platform.submit(slug, token, content)
        latencies.append(1000 * (time.perf_counter() - start))

    compose("stop", "runner")  # it would take the studies' CPU, and what is measured is the way in
    start = time.perf_counter() + 0.1
    async with asyncio.TaskGroup() as tasks:
        for number in range(POSTS_PER_SECOND * POST_SECONDS):
            tasks.create_task(post(start + number / POSTS_PER_SECOND))
    compose("start", "runner")
    await platform.wait_scored(await platform.submit(slug, token, content))  # fair by age: the others came before
    p50, p99 = np.percentile(latencies, [50, 99])
    return [
        Row("accept: POST of a 100 kB zip at 50/s, p50", float(p50), "ms", "", True),
        Row("accept: POST of a 100 kB zip at 50/s, p99", float(p99), "ms", "< 50", bool(p99 < 50)),
    ]


def report() -> list[Row]:
    """Seconds from the stream of an export to the page; the stream is made up as it is read, which is part of it."""
    final = SyntheticFinal([f"team {number}" for number in range(20)], n_boxes=30, studies=100)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        data = read_data(final.lines(), final.shown(), final.baseline())
        write_report(data, Path(folder) / "report.html", None, reveal=False)
    seconds = time.perf_counter() - start
    return [Row("report: 20 teams x 30 boxes x 100 studies", seconds, "s", "< 60 s", seconds < 60)]


def evaluation_cpu_s() -> float:
    """Return the CPU seconds that the runner's black-box containers have spent inside evaluations so far."""
    script = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8000/metrics').read().decode())"
    metrics = compose("exec", "-T", "runner", "python3", "-c", script)
    return sum(
        float(line.split()[1]) for line in metrics.splitlines() if line.startswith("arena_evaluation_cpu_seconds_total")
    )


def machine_cpu_s() -> float:
    """Return the CPU seconds all processes of this machine have used so far (user, nice, system, interrupts)."""
    with open("/proc/stat") as file:  # noqa: PTH123 - a kernel interface, not a path of ours
        fields = file.readline().split()[1:]
    user, nice, system, _, _, irq, softirq, *_ = map(int, fields)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _zip_of(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(RANDOM_SEARCH / "optimizer.py", "optimizer.py")
        archive.writestr("data.bin", os.urandom(size))
    return buffer.getvalue()

"""What a large environment costs when a sandbox starts, and when an optimizer imports PyTorch."""

import asyncio
import statistics

from arena.images.build import build_images
from arena.images.definition import installed_definitions
from arena.images.docker import docker
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.settings import SandboxSettings
from benchmarks.figure import Figure
from benchmarks.studies.first_study import time_start

ROUNDS = 15
IMPORTS = 3
MODERN = "arena-modern:local"
TIMED_IMPORT = "import time; start = time.perf_counter(); import torch; print(time.perf_counter() - start)"


async def environments() -> list[Figure]:
    """Measure the start of a sandbox of `modern`, until it answers, over that of one of `small`.

    The two take turns, because a machine's speed varies; the first starts, which read the images from the disk, do not
    count. The ratio is the median of the rounds' ratios.
    """
    await asyncio.to_thread(build_images, installed_definitions(), ["small", "modern"], print)
    settings = SandboxSettings("bench-environments")
    async with connect_engine(settings) as engine:
        await engine.remove_leftovers()
        seconds = [[await time_start(engine, name) for name in ("modern", "small")] for _ in range(ROUNDS + 1)][1:]
    modern, small = (statistics.median(each) for each in zip(*seconds, strict=True))
    ratio = statistics.median(one / other for one, other in seconds)
    torch = statistics.median([await asyncio.to_thread(_time_torch) for _ in range(IMPORTS)])
    return [
        Figure(
            "environments: start of a `modern` sandbox over a `small` one", ratio, "ratio", "<= 1.25", ratio <= 1.25
        ),
        Figure("environments: start of a `modern` sandbox", modern, "s", "", True),
        Figure("environments: start of a `small` sandbox", small, "s", "", True),
        Figure("environments: `import torch` in `modern`", torch, "s", "", True),
    ]


def _time_torch() -> float:
    run = ("run", "--rm", "--network", "none", "--cpuset-cpus", "0", "--entrypoint", "python")
    return float(docker(*run, MODERN, "-c", TIMED_IMPORT))

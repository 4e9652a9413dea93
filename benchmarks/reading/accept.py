"""The latency of submitting: POSTs of a zip at a fixed rate."""

import asyncio
import io
import os
import time
import zipfile

import numpy as np

from benchmarks.figure import Figure
from benchmarks.stack.compose import compose
from benchmarks.stack.platform import RANDOM_SEARCH, Platform
from benchmarks.studies.overhead import SHORT_BOXES

POSTS_PER_SECOND = 50
POST_SECONDS = 20
ZIP_BYTES = 100_000


async def accept(platform: Platform) -> list[Figure]:
    """Measure the latency of POSTs of a 100 kB zip that are sent at a fixed rate without waiting for earlier ones."""
    slug, token = await platform.create_competition(SHORT_BOXES[:1], studies_per_box=1)
    content = _zip_of(ZIP_BYTES)
    await platform.wait_scored(await platform.submit(slug, token, content))
    latencies: list[float] = []

    async def post(at: float) -> None:
        await asyncio.sleep(max(0.0, at - time.perf_counter()))
        start = time.perf_counter()
        await platform.submit(slug, token, content)
        latencies.append(1000 * (time.perf_counter() - start))

    compose("stop", "runner")  # it would use CPU for studies, and only submitting is measured
    start = time.perf_counter() + 0.1
    async with asyncio.TaskGroup() as tasks:
        for number in range(POSTS_PER_SECOND * POST_SECONDS):
            tasks.create_task(post(start + number / POSTS_PER_SECOND))
    compose("start", "runner")
    await platform.wait_scored(await platform.submit(slug, token, content))  # older submissions go first
    p50, p99 = np.percentile(latencies, [50, 99])
    return [
        Figure("accept: POST of a 100 kB zip at 50/s, p50", float(p50), "ms", "", True),
        Figure("accept: POST of a 100 kB zip at 50/s, p99", float(p99), "ms", "< 50", bool(p99 < 50)),
    ]


def _zip_of(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(RANDOM_SEARCH / "optimizer.py", "optimizer.py")
        archive.writestr("data.bin", os.urandom(size))
    return buffer.getvalue()

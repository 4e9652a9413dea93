"""How long a team waits for its first study on an idle machine, over how long a sandbox takes to start there."""

import asyncio
import io
import statistics
import time
import zipfile

from arena.sandbox.container_config import Cpu, optimizer_config
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.settings import SandboxSettings
from arena.words.limits import Limits
from benchmarks.figure import Figure
from benchmarks.stack.platform import Platform

ROUNDS = 9
BOX = ("DT", "iris", "acc")
PAUSE_S = 1.0
"""By then the containers of the last round are removed and the next ones are prepared: the machine is idle again."""
CLOCKED = """
import time
from bayesmark.abstract_optimizer import AbstractOptimizer
from bayesmark.random_search import suggest_dict


class Optimizer(AbstractOptimizer):
    suggested = False

    def suggest(self, n_suggestions=1):
        points = suggest_dict([], [], self.api_config, n_suggestions=n_suggestions)
        if not self.suggested:
            self.suggested = True
            print(time.time())
        return points

    def observe(self, X, y):
        pass
"""
"""Random search that writes to its log when it made its first suggestion; a container has the machine's clock."""


async def first_study(platform: Platform, slots: int) -> list[Figure]:
    """Measure from the POST of a zip to the first suggestion, over the start of a sandbox until it answers.

    The two take turns on a machine that does nothing else; the first round does not count.
    """
    slug, token = await platform.create_competition([BOX], studies_per_box=1)
    await platform.wait_warm(slots)
    content, settings = _zip(), SandboxSettings("bench-first-study")
    async with connect_engine(settings) as engine:
        await engine.remove_leftovers()
        rounds = [
            (await _time_first_suggestion(platform, slug, token, content), await time_start(engine, "small"))
            for _ in range(ROUNDS + 1)
        ][1:]
    ratio = statistics.median(first / start for first, start in rounds)
    first, start = (statistics.median(each) for each in zip(*rounds, strict=True))
    return [
        Figure(
            "first study: from POST to first suggestion, over a sandbox's start",
            ratio,
            "ratio",
            "<= 2",
            ratio <= 2,
        ),
        Figure("first study: from POST to first suggestion", first, "s", "", True),
        Figure("first study: start of a sandbox", start, "s", "", True),
    ]


async def time_start(engine: Engine, environment: str) -> float:
    """Start a sandbox of an environment and remove it; returns the seconds until it answered."""
    config = optimizer_config(engine.settings, await engine.images.find_environment(environment), Limits(), Cpu(0))
    start = time.perf_counter()
    container = await engine.start(config)
    seconds = time.perf_counter() - start
    await engine.discard(container)
    return seconds


async def _time_first_suggestion(platform: Platform, slug: str, token: str, content: bytes) -> float:
    await asyncio.sleep(PAUSE_S)
    start = time.time()
    submission = await platform.submit(slug, token, content)
    await platform.wait_scored(submission)
    (log,) = await platform.logs(submission)
    return float(log) - start


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("optimizer.py", CLOCKED)
    return buffer.getvalue()

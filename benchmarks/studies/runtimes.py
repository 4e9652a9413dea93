"""What gVisor's runsc costs over runc: the start of a sandbox, a short study, and one round trip to the optimizer."""

import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from arena.sandbox.container_config import Cpu, optimizer_config
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.self_test import SelfTest
from arena.sandbox.settings import SandboxSettings
from arena.sandbox.slot import Slot
from arena.sandbox.study import StudyOutcome
from arena.words.environments import DEFAULT_ENVIRONMENT
from arena.words.limits import Limits
from benchmarks.figure import Figure
from tests.support.sandbox.optimizers import make_optimizer
from tests.support.sandbox.own_engine import own_engine
from tests.support.sandbox.runsc import runsc_runtime
from tests.support.sandbox.studies import make_study
from tests.support.stack import ROOT

RUNTIMES = ("runsc", "runc")
ROUNDS = 10
CALLS = 16
WHAT = ("start of a sandbox", "a short study", "a round trip of suggest and observe")


async def runtimes() -> list[Figure]:
    """Measure what runsc takes over what runc takes on the same engine, in turns; the first round does not count.

    Both sides of a study are under the runtime, as `ARENA_SANDBOX_RUNTIME` has it. The ratio is the median of the
    rounds' ratios.
    """
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            own_engine(ROOT / ".arena" / "own-engine", runtimes=runsc_runtime(Path(folder))) as own,
        ):
            own.load()
            rounds = await _measure(SandboxSettings("bench-runtimes", engine_url=own.url, share_cpus=True))
    except pytest.skip.Exception as reason:  # as the tests of runsc are, where it cannot run
        print("runtimes: not measured:", reason)
        return []
    figures = []
    for what, seconds in zip(WHAT, zip(*rounds, strict=True), strict=True):
        ratio = statistics.median(under_runsc / under_runc for under_runsc, under_runc in seconds)
        figures.append(Figure(f"runtimes: {what} under runsc over runc's", ratio, "ratio", "", True))
        for name, each in zip(RUNTIMES, zip(*seconds, strict=True), strict=True):
            figures.append(Figure(f"runtimes: {what} under {name}", statistics.median(each), "s", "", True))
    return figures


async def _measure(settings: SandboxSettings) -> list[list[tuple[float, ...]]]:
    """Return, of each round, what each thing took under each runtime."""
    rounds = []
    async with AsyncExitStack() as stack:
        engines, slots = [], []
        for runtime in RUNTIMES:
            own = replace(settings, owner=f"{settings.owner}-{runtime}", sandbox_runtime=runtime)
            engine = await stack.enter_async_context(connect_engine(own))
            engines.append(engine)
            slots.append(await stack.enter_async_context(Slot(engine, SelfTest(engine, own), own, Cpu(0))))
        for _ in range(ROUNDS + 1):
            starts = tuple([await _time_start(engine) for engine in engines])
            studies = [await _time_study(slot) for slot in slots]
            trips = tuple(_round_trip(outcome) for _, outcome in studies)
            rounds.append([starts, tuple(seconds for seconds, _ in studies), trips])
    return rounds[1:]


async def _time_start(engine: Engine) -> float:
    """Until the sandbox answers."""
    image = await engine.images.find_environment(DEFAULT_ENVIRONMENT)
    config = optimizer_config(engine.settings, image, Limits(), Cpu(1))
    start = time.perf_counter()
    container = await engine.start(config)
    seconds = time.perf_counter() - start
    await engine.discard(container)
    return seconds


async def _time_study(slot: Slot) -> tuple[float, StudyOutcome]:
    await slot.wait_warm()
    start = time.perf_counter()
    outcome = await slot.run_study(make_study(n_calls=CALLS), make_optimizer())
    return time.perf_counter() - start, outcome


def _round_trip(outcome: StudyOutcome) -> float:
    pairs = zip(outcome.suggest_time_s, outcome.observe_time_s, strict=True)
    return statistics.median(suggest + observe for suggest, observe in pairs)

"""The CPU that the whole stack takes while there is nothing to do, a runner with warm sandboxes included."""

import asyncio

from benchmarks.figure import Figure
from benchmarks.resting.containers import SERVERS, SERVICES, cpu_seconds
from benchmarks.stack.platform import RANDOM_SEARCH, Platform, pack
from benchmarks.studies.overhead import SHORT_BOXES

SETTLE_S, MINUTE_S = 20, 60
GOAL_CORES = 0.02


async def idle(platform: Platform, slots: int) -> list[Figure]:
    """Score a submission, so that everything is warm, wait until it is quiet, and measure for a minute."""
    await platform.wait_warm(slots)
    slug, token = await platform.create_competition(SHORT_BOXES[:slots], studies_per_box=1)
    await platform.timed_submission(slug, token, pack(RANDOM_SEARCH))
    await asyncio.sleep(SETTLE_S)
    before = await cpu_seconds((*SERVICES, *SERVERS))
    await asyncio.sleep(MINUTE_S)
    after = await cpu_seconds((*SERVICES, *SERVERS))
    cores = {name: (after[name] - before[name]) / MINUTE_S for name in after}
    everything = sum(cores.values())
    return [
        *(Figure(f"idle: CPU of {name}", value, "cores", "", True) for name, value in cores.items()),
        Figure("idle: CPU of everything", everything, "cores", f"<= {GOAL_CORES}", everything <= GOAL_CORES),
    ]

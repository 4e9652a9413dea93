"""`python -m benchmarks.replay.stack.runners FIRST COUNT COMPRESSION`: many runners of one slot in one process.

Each is the real runner, with its own connection to the broker, its own heartbeats and its own queue of announcements.
"""

import asyncio
import sys

from benchmarks.replay.stack.slot import ReplaySlot
from benchmarks.stack.null_engine import FixedSlots, NullEngine
from services.runner.blobs.source import open_blobs
from services.runner.service import Runner
from services.runner.settings import RunnerSettings
from shared.broker.connection import connect_broker
from shared.process import run_service
from shared.shard_class import MEBIBYTE, USUAL_MEMORY_MIB


async def main(settings: RunnerSettings, stop: asyncio.Event) -> None:
    """Run so many runners."""
    first, count, compression = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    slot = ReplaySlot(compression)
    async with asyncio.TaskGroup() as tasks:
        for number in range(first, first + count):
            own = settings.model_copy(update={"runner_id": f"machine-{number:03}"})
            tasks.create_task(run_one(own, slot, stop))


async def run_one(settings: RunnerSettings, slot: ReplaySlot, stop: asyncio.Event) -> None:
    """Run one of them."""
    async with connect_broker(settings.broker_url) as broker:
        engine = NullEngine(memory_bytes=USUAL_MEMORY_MIB * MEBIBYTE)
        await Runner(broker, open_blobs(settings), engine, FixedSlots([slot]), settings).run(stop)


if __name__ == "__main__":
    run_service("runner", RunnerSettings, main)

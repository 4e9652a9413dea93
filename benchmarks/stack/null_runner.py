"""`python -m benchmarks.stack.null_runner`: the real runner on a null engine, for the control-plane benchmark."""

import asyncio

from fastapi import FastAPI

from benchmarks.stack.null_engine import FixedSlots, NullEngine, NullSlot
from services.runner.blobs.source import open_blobs
from services.runner.service import Runner
from services.runner.settings import RunnerSettings
from shared.broker.connection import connect_broker
from shared.process import run_service, serve_http
from shared.shard_class import MEBIBYTE, USUAL_MEMORY_MIB
from shared.telemetry import add_health_routes


async def main(settings: RunnerSettings, stop: asyncio.Event) -> None:
    """Run the runner with as many null slots as the settings say."""
    async with connect_broker(settings.broker_url) as broker:
        slots = FixedSlots([NullSlot() for _ in range(settings.slots)])
        engine = NullEngine(memory_bytes=settings.slots * USUAL_MEMORY_MIB * MEBIBYTE)
        runner = Runner(broker, open_blobs(settings), engine, slots, settings)
        app = FastAPI(title="Arena null runner")
        add_health_routes(app, {"broker": broker.check, "engine": runner.check_engine})
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_http(app, settings, stop))
            tasks.create_task(runner.run(stop))


if __name__ == "__main__":
    run_service("runner", RunnerSettings, main)

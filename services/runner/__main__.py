"""`python -m services.runner`: wires the runner to broker, blob store and engine, and runs it until a signal."""

import asyncio

from fastapi import FastAPI

from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SelfTest
from arena.sandbox.slots import Slots
from services.runner.blobs.source import open_blobs
from services.runner.lock_file import hold_lock
from services.runner.service import Runner
from services.runner.settings import RunnerSettings
from shared.broker.connection import connect_broker
from shared.process import run_service, serve_http
from shared.telemetry import add_health_routes


async def main(settings: RunnerSettings, stop: asyncio.Event) -> None:
    """Run the runner, with a slot on each CPU that it can have; exit with 1 if it gives up because it cannot work."""
    with hold_lock(settings.lock_file, settings.runner_id):
        fault = await _run(settings, stop)
    if fault is not None:
        raise SystemExit(1)


async def _run(settings: RunnerSettings, stop: asyncio.Event) -> str | None:
    blobs, sandbox = open_blobs(settings), settings.sandbox
    async with connect_engine(sandbox) as engine, connect_broker(settings.broker_url, stop=stop) as broker:
        await engine.remove_leftovers()
        self_test, claims = SelfTest(engine, sandbox), CpuClaims(engine, sandbox)
        readiness = SandboxReadiness(engine, self_test, sandbox, claims)
        runner = Runner(broker, blobs, readiness, Slots(engine, self_test, sandbox, claims), settings)
        app = FastAPI(title="Arena runner")
        add_health_routes(
            app, {"broker": broker.check(), "blob store": runner.check_blobs, "engine": runner.check_engine}
        )
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(serve_http(app, settings, stop))
            tasks.create_task(runner.run(stop))
        return runner.fault


if __name__ == "__main__":
    run_service("runner", RunnerSettings, main)

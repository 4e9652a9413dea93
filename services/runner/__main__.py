"""`python -m services.runner`: wires the runner to broker, blob store and engine, and runs it until a signal."""

import asyncio
from contextlib import AsyncExitStack

import structlog
from starlette.applications import Starlette

from arena.sandbox.cpu_claims import CpuClaims
from arena.sandbox.engine.containers import Engine, connect_engine
from arena.sandbox.readiness import SandboxReadiness
from arena.sandbox.self_test import SelfTest
from arena.sandbox.slots import Slots
from arena.sandbox.study import InfrastructureFailure
from services.runner import idleness
from services.runner.blobs.source import open_blobs
from services.runner.lock_file import hold_lock
from services.runner.service import Runner
from services.runner.settings import RunnerSettings
from shared.broker.connection import connect_broker
from shared.connecting.backoff import connect_with_backoff
from shared.connecting.readiness import ServiceReadiness
from shared.process import run_service, serve_http
from shared.telemetry import add_health_routes

log = structlog.get_logger()


async def main(settings: RunnerSettings, stop: asyncio.Event) -> None:
    """Run the runner, with a slot on each CPU that it can have; exit with 1 if it gives up because it cannot work."""
    with hold_lock(settings.lock_file, settings.runner_id):
        fault = await _run(settings, stop)
    if fault is not None:
        raise SystemExit(1)


async def _run(settings: RunnerSettings, stop: asyncio.Event) -> str | None:
    readiness = ServiceReadiness(stop, "broker", "blob store", "engine")
    app = Starlette()
    add_health_routes(app, readiness.checks)
    async with asyncio.TaskGroup() as tasks, AsyncExitStack() as stack:
        tasks.create_task(serve_http(app, settings, stop))
        blobs = open_blobs(settings)
        readiness.checks["blob store"] = blobs.check
        engine = await stack.enter_async_context(connect_engine(settings.sandbox))
        try:
            async with asyncio.timeout(_longest_wait_s(settings)), asyncio.TaskGroup() as waiting:
                waiting.create_task(_wait_for_engine(engine, readiness))
                connecting = connect_broker(settings.broker_url, settings.broker_tls, readiness)
                broker = waiting.create_task(stack.enter_async_context(connecting))
        except TimeoutError:
            stop.set()
            return await _say_what_is_missing(readiness)
        self_test, claims = SelfTest(engine, engine.settings), CpuClaims(engine, engine.settings)
        sandbox = SandboxReadiness(engine, self_test, engine.settings, claims)
        slots = Slots(engine, self_test, engine.settings, claims)
        runner = Runner(broker.result(), blobs, sandbox, slots, settings)
        readiness.checks |= {"blob store": runner.check_blobs, "engine": runner.check_engine}
        await runner.run(stop)
    return runner.fault


def _longest_wait_s(settings: RunnerSettings) -> float | None:
    """Return after how long a runner ends that would end without work, too; None means never."""
    limit_s = settings.exit_when_idle_s
    return None if limit_s is None else max(limit_s, idleness.UNREADY_LIMIT_S)


async def _say_what_is_missing(readiness: ServiceReadiness) -> str:
    fault = "; ".join(filter(None, [await check() for check in readiness.checks.values()]))
    log.warning("this runner ends without having begun", reason=fault)
    return fault


async def _wait_for_engine(engine: Engine, readiness: ServiceReadiness) -> None:
    """Remove what an earlier life of this runner left there, as soon as the engine answers."""

    def may_come(error: BaseException) -> bool:
        return isinstance(error, InfrastructureFailure)

    def explain(error: BaseException) -> str:
        return f"the engine at {engine.settings.engine_url} does not answer: {error}; see ARENA_ENGINE_URL"

    await connect_with_backoff("engine", engine.remove_leftovers, may_come, explain, readiness)


if __name__ == "__main__":
    run_service("runner", RunnerSettings, main)

"""Containers that are started ahead of need."""

import asyncio

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.testing import capture_logs

from arena.sandbox.container_config import Cpu, optimizer_config
from arena.sandbox.engine.containers import connect_engine
from arena.sandbox.engine.prepared import Starter
from arena.sandbox.settings import SandboxSettings
from arena.words.limits import Limits


async def test_a_container_for_whoever_comes_next_is_not_logged_as_of_the_study_that_runs() -> None:
    structlog.reset_defaults()
    settings = SandboxSettings(owner="tests", engine_url="unix:///nowhere/docker.sock")
    with capture_logs([merge_contextvars]) as lines:
        async with connect_engine(settings) as engine, asyncio.TaskGroup() as tasks:
            starter = Starter(engine, tasks)
            with bound_contextvars(submission="another", trace="another's"):
                starter.begin_start(optimizer_config(settings, "sha256:0", Limits(), Cpu(0)))

    (line,) = [each for each in lines if each["event"] == "container not started"]
    assert line.keys().isdisjoint({"submission", "trace"})

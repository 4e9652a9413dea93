"""Processes of the tree that is measured, side by side."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from benchmarks.stack.compose import ROOT

END_LIMIT_S = 20


@asynccontextmanager
async def running_processes(
    commands: Sequence[Sequence[str]], environments: Sequence[Mapping[str, str]] = ()
) -> AsyncIterator[list[int]]:
    """Run `python -m COMMAND` for each, the first with the first environment and so on; yields their process ids."""
    started = []
    try:
        for number, command in enumerate(commands):
            more = environments[number] if environments else {}
            environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
            started.append(
                await asyncio.create_subprocess_exec(sys.executable, "-m", *command, cwd=ROOT, env=environment)
            )
        yield [each.pid for each in started]
    finally:
        for each in started:
            if each.returncode is None:
                each.terminate()
        for each in started:
            async with asyncio.timeout(END_LIMIT_S):
                await each.wait()

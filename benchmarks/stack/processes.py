"""Processes of the tree that is measured, side by side."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.stack.compose import ROOT

END_LIMIT_S = 20
TICKS_S = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


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


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used, in user and system mode."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return (int(user) + int(system)) / TICKS_S


def memory_bytes(pid: int) -> int:
    """Return the resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES

"""What a command costs before it talks to the platform, compared with importing its libraries."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.stack.compose import ROOT

RUNS = 9
LIBRARIES = "import typer, rich, httpx"
RATIO_LIMIT = 1.3
REFUSAL = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


async def client() -> list[Figure]:
    """Measure the CPU time of `arena --help` and `arena submit`, divided by that of importing their libraries."""
    help_s, libraries_s, submit_s = [], [], []
    async with refusing_platform() as url:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "optimizer.py").write_text("class Optimizer: ...\n")
            submit = ("-m", "arena", "submit", folder, "--competition", "c")
            for _ in range(RUNS):  # taking turns, so that a busy moment affects all of them
                libraries_s.append(await asyncio.to_thread(cpu_s, ("-c", LIBRARIES), url))
                help_s.append(await asyncio.to_thread(cpu_s, ("-m", "arena", "--help"), url))
                submit_s.append(await asyncio.to_thread(cpu_s, submit, url, 1))
    libraries = statistics.median(libraries_s)
    ratios = [statistics.median(each) / libraries for each in (help_s, submit_s)]
    return [
        *(
            Figure(f"client: CPU of `arena {name}` over its libraries'", ratio, "ratio", "<= 1.3", ratio <= RATIO_LIMIT)
            for name, ratio in zip(("--help", "submit"), ratios, strict=True)
        ),
        Figure("client: CPU of `arena --help`", statistics.median(help_s), "s", "", True),
        Figure(f"client: CPU of `{LIBRARIES}`", libraries, "s", "", True),
    ]


def cpu_s(arguments: Sequence[str], url: str, expected: int = 0) -> float:
    """Run Python in the source tree; returns the CPU seconds that it used, in user and system mode."""
    environment = {**os.environ, "ARENA_URL": url, "ARENA_TOKEN": "none", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    if (code := os.waitstatus_to_exitcode(status)) != expected:
        raise RuntimeError(f"expected {arguments} to end with {expected}, got {code}")
    return used.ru_utime + used.ru_stime


@asynccontextmanager
async def refusing_platform() -> AsyncIterator[str]:
    """Yield a URL at which every request is refused at once."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(REFUSAL)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

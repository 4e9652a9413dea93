"""The `arena` command, run as an organizer's script runs it."""

import asyncio
import json
import sys
from typing import Any

from tests.support.stack import ROOT

LIMIT_S = 120


async def start_arena(url: str, token: str, *arguments: str) -> asyncio.subprocess.Process:
    """Start a command with `--json`."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "arena", *arguments, "--json"),
        cwd=ROOT,
        env={"ARENA_URL": url, "ARENA_TOKEN": token, "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run_arena(url: str, token: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Run a command; returns its exit code and the object it printed."""
    process = await start_arena(url, token, *arguments)
    async with asyncio.timeout(LIMIT_S):
        output, errors = await process.communicate()
    assert output, errors.decode()
    return process.returncode or 0, json.loads(output)

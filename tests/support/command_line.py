"""The `arena` command, run as a script runs it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.support.stack import ROOT
from tests.support.waiting import SCORING_LIMIT_S, limited

ORGANIZER = "organizer-token-of-the-tests"


class Arena:
    """Runs the command in a folder, with a token."""

    def __init__(self, url: str, folder: Path = ROOT, token: str = ORGANIZER) -> None:
        self._environment = {**os.environ, "ARENA_URL": url, "ARENA_TOKEN": token, "PYTHONPATH": str(ROOT)}
        self._folder = folder

    async def start(self, *arguments: str | Path, stdin: int | None = None) -> asyncio.subprocess.Process:
        """Start the command, for a test that talks with it or interrupts it."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "arena", *map(str, arguments)),
            env=self._environment,
            cwd=self._folder,
            stdin=stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        """Run the command; returns its exit code and what it wrote to stdout and stderr."""
        process = await self.start(*arguments)
        async with limited(SCORING_LIMIT_S):
            output, errors = await process.communicate()
        return process.returncode or 0, output.decode(), errors.decode()

    async def json_and_code(self, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
        """Run the command with `--json`; returns its exit code and the object it printed."""
        code, output, errors = await self.run(*arguments, "--json")
        assert output, errors
        return code, json.loads(output)

    async def json(self, *arguments: str | Path) -> dict[str, Any]:
        """Run the command with `--json`; it must succeed. Returns the object it printed."""
        code, output, errors = await self.run(*arguments, "--json")
        assert code == 0, errors
        body: dict[str, Any] = json.loads(output)
        return body


def write_optimizer(folder: Path, name: str = "mine", code: str = "class Optimizer: ...") -> Path:
    """Create a folder with an optimizer that no container runs."""
    optimizer = folder / name
    optimizer.mkdir()
    (optimizer / "optimizer.py").write_text(code)
    return optimizer

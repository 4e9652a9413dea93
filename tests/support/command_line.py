"""The `arena` command, run as a script runs it."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

ORGANIZER = "organizer-token-of-the-tests"


class Arena:
    """Runs the command as a script does."""

    def __init__(self, url: str, folder: Path, token: str = ORGANIZER) -> None:
        self._environment = {**os.environ, "ARENA_URL": url, "ARENA_TOKEN": token}
        self._folder = folder

    async def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "arena",
            *map(str, arguments),
            env=self._environment,
            cwd=self._folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            output, errors = await process.communicate()
        return process.returncode or 0, output.decode(), errors.decode()

    async def json(self, *arguments: str | Path) -> dict[str, Any]:
        code, output, errors = await self.run(*arguments, "--json")
        assert code == 0, errors
        body: dict[str, Any] = json.loads(output)
        return body


def write_optimizer(folder: Path) -> Path:
    optimizer = folder / "mine"
    optimizer.mkdir()
    (optimizer / "optimizer.py").write_text("class Optimizer: ...")
    return optimizer

"""Runs a page of docs/ as a script: reads its fenced blocks, and runs them one after another as one terminal would."""

import asyncio
import os
import re
import shlex
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"^(?:<!-- (?P<name>[\w-]+) -->\n)?```(?P<language>\w*) ?(?P<file>\S*)\n(?P<text>.*?)^```$", re.M | re.S
)
RUN = "sh"


@dataclass(frozen=True)
class Block:
    """A block that the reader types (`sh`) or saves as `file`; `name` comes from the comment before it, if any."""

    name: str
    language: str
    file: str
    text: str


def read_blocks(page: Path) -> list[Block]:
    """Return the blocks that are run or saved. Those without a language only show output."""
    found = [Block(**match.groupdict(default="")) for match in BLOCK.finditer(page.read_text())]
    return [block for block in found if block.language == RUN or block.file]


class Terminal:
    """Runs blocks as one shell would: folder, variables and functions carry over from block to block."""

    def __init__(self, folder: Path, state: Path, environment: Mapping[str, str]) -> None:
        self._state = state
        self._environment = {**os.environ, **environment}
        state.write_text(f"cd {shlex.quote(str(folder))}\n")

    async def run(self, block: Block, limit_s: float) -> str:
        """Return what a block writes, once all of its commands have succeeded."""
        code, output = await self._finish(await self._start(block), limit_s)
        assert code == 0, f"{block.text}\nexit code {code}:\n{output}"
        return output

    async def interrupt(self, block: Block, when: Callable[[], Awaitable[None]], limit_s: float) -> str:
        """Press Ctrl-C once `when` has returned; returns what the block wrote."""
        process = await self._start(block)
        finishing = asyncio.create_task(self._finish(process, limit_s))
        await when()
        assert process.returncode is None, f"{block.text}\nended before it was interrupted:\n{(await finishing)[1]}"
        os.killpg(process.pid, signal.SIGINT)
        code, output = await finishing
        assert code != 0, f"{block.text}\nwas not interrupted:\n{output}"
        return output

    async def _start(self, block: Block) -> asyncio.subprocess.Process:
        state = shlex.quote(str(self._state))
        keep = f'{{ export -p; declare -f; printf "cd %q\\n" "$PWD"; }} > {state}'
        script = f"set -euo pipefail; set -a; . {state}; trap {shlex.quote(keep)} EXIT\n{block.text}"
        return await asyncio.create_subprocess_exec(
            *("bash", "-c", script),
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    @staticmethod
    async def _finish(process: asyncio.subprocess.Process, limit_s: float) -> tuple[int, str]:
        try:
            async with asyncio.timeout(limit_s):
                output, _ = await process.communicate()
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        return process.returncode or 0, output.decode()

    def folder(self) -> Path:
        """Return the folder in which the last block ended."""
        (*_, last) = self._state.read_text().splitlines()
        return Path(shlex.split(last)[1])

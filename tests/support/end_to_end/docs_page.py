"""Runs a page of docs/ as a script: reads its fenced blocks, and runs them one after another as one terminal would."""

import asyncio
import fcntl
import os
import re
import shlex
import signal
import struct
import termios
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

BLOCK = re.compile(
    r"^(?:<!-- (?P<name>[\w-]+) -->\n)?```(?P<language>\w*) ?(?P<file>\S*)\n(?P<text>.*?)^```$", re.M | re.S
)
RUN = "sh"
OPEN = "browser"
CONTROL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][0-9A-B])")
COLUMNS, LINES = 80, 24


@dataclass(frozen=True)
class Block:
    """A block that the reader types (`sh`), saves as `file`, or opens (`browser`, as the team of the token in `file`).

    `name` comes from the comment before it, if any, and `shown` from the block without a language after it.
    """

    name: str
    language: str
    file: str
    text: str
    shown: str = ""

    def is_shown_in(self, output: str) -> bool:
        """Whether an output has what the page shows; `...` stands for anything, and so does what is around it."""
        words, place = _words(output), 0
        for piece in map(_words, self.shown.split("...")):
            found = words.find(piece, place)
            if found < 0:
                return False
            place = found + len(piece)
        return True


def _words(text: str) -> str:
    """Return a text with each run of blanks as one: how a terminal has broken its lines does not matter."""
    return " ".join(text.split())


def read_blocks(page: Path) -> list[Block]:
    """Return the blocks that are run, saved or opened. Those without a language only show output."""
    found: list[Block] = []
    for match in BLOCK.finditer(page.read_text()):
        block = Block(**match.groupdict(default=""))
        if block.language in {RUN, OPEN} or block.file:
            found.append(block)
        elif not block.language and found:
            found[-1] = replace(found[-1], shown=block.text)
    return found


class Terminal:
    """Runs blocks as one shell would: folder, variables and functions carry over from block to block."""

    def __init__(self, folder: Path, state: Path, environment: Mapping[str, str]) -> None:
        self._state = state
        self.environment = environment
        state.write_text(f"cd {shlex.quote(str(folder))}\n")

    async def run(self, block: Block, limit_s: float) -> str:
        """Return what a block writes into a pipe, once all of its commands have succeeded."""
        code, output = await self._finish(await self._start(block), limit_s)
        assert code == 0, f"{block.text}\nexit code {code}:\n{output}"
        return output

    async def show(self, block: Block, limit_s: float) -> tuple[int, str]:
        """Return the exit code of a block, and what it writes on a terminal of COLUMNS, without the colours."""
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        process = await self._start(block, theirs)
        os.close(theirs)
        reading = asyncio.create_task(asyncio.to_thread(_read_to_the_end, ours))
        code, _ = await self._finish(process, limit_s)
        output = CONTROL.sub("", (await reading).decode(errors="replace")).replace("\r\n", "\n")
        return code, output

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

    async def _start(self, block: Block, terminal: int | None = None) -> asyncio.subprocess.Process:
        state = shlex.quote(str(self._state))
        keep = f'{{ export -p; declare -f; printf "cd %q\\n" "$PWD"; }} > {state}'
        # The shell would tell its commands how wide the terminal is, and they are to find out.
        script = f"set -euo pipefail; shopt -u checkwinsize; set -a; . {state}; trap {shlex.quote(keep)} EXIT\n"
        return await asyncio.create_subprocess_exec(
            *("bash", "-c", script + block.text),
            env=self.environment,
            stdin=asyncio.subprocess.DEVNULL if terminal is None else terminal,
            stdout=asyncio.subprocess.PIPE if terminal is None else terminal,
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
        return process.returncode or 0, (output or b"").decode()

    def folder(self) -> Path:
        """Return the folder in which the last block ended."""
        (*_, last) = self._state.read_text().splitlines()
        return Path(shlex.split(last)[1])


def _read_to_the_end(terminal: int) -> bytes:
    """Return all that is written on a terminal until nobody has it open any more."""
    written = b""
    try:
        while chunk := os.read(terminal, 65536):
            written += chunk
    except OSError:  # how Linux says so
        pass
    finally:
        os.close(terminal)
    return written

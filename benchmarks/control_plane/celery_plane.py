"""Celery's prefork pool on the same Postgres and RabbitMQ, as a user would set it up instead of Arena."""

import asyncio
import os
import subprocess
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import perf_counter

import asyncpg

from benchmarks.control_plane.payload import bodies
from benchmarks.stack.compose import ROOT

ENVIRONMENT = ROOT / ".arena" / "bench-celery"
REQUIREMENTS = Path(__file__).with_name("celery_requirements.txt")
APP = "benchmarks.control_plane.celery_app"
WORKER = ("-m", "celery", "-A", APP, "worker", "--without-gossip", "--without-mingle", "--loglevel", "ERROR")
LIMIT_S, POLL_S, END_LIMIT_S = 300, 0.05, 30
STORED = "select count(*) from celery_taskmeta where status = 'SUCCESS'"


class CeleryPlane:
    """A running worker, and a sender."""

    def __init__(self, database: asyncpg.Connection, sender: Process) -> None:
        self._database = database
        self._sender = sender

    async def execute(self, number: int) -> float:
        """Return the seconds until so many more results are stored."""
        await self._database.execute("truncate celery_taskmeta")
        start = perf_counter()
        await self.send(str(number))
        await self._wait_stored(number)
        return perf_counter() - start

    async def try_out(self) -> None:
        """Wait until a first task has made the tables and is stored."""
        await self.send("1")
        await self._wait_stored(1)

    async def _wait_stored(self, number: int) -> None:
        async with asyncio.timeout(LIMIT_S):
            while True:
                with suppress(asyncpg.UndefinedTableError):
                    if await self._database.fetchval(STORED) >= number:
                        return
                await asyncio.sleep(POLL_S)

    async def send(self, line: str) -> None:
        """Tell the sender something."""
        if self._sender.stdin is not None:
            self._sender.stdin.write(f"{line}\n".encode())
            await self._sender.stdin.drain()


@asynccontextmanager
async def running_celery(database_url: str, broker_url: str) -> AsyncIterator[CeleryPlane]:
    """Run worker and sender, with a database of their own; yields when a task has come through."""
    python = await asyncio.to_thread(_make_environment)
    shard, result = await bodies()
    with tempfile.NamedTemporaryFile() as file:
        file.write(result)
        file.flush()
        environment = {**os.environ, "BROKER_URL": broker_url, "DATABASE_URL": database_url, "RESULT_FILE": file.name}
        worker = await asyncio.create_subprocess_exec(python, *WORKER, cwd=ROOT, env=environment, stdout=DEVNULL)
        sender = await asyncio.create_subprocess_exec(python, "-m", APP, cwd=ROOT, env=environment, stdin=PIPE)
        database = await asyncpg.connect(database_url)
        try:
            plane = CeleryPlane(database, sender)
            await plane.send(shard.decode())
            await plane.try_out()
            yield plane
        finally:
            await database.close()
            for each in (sender, worker):
                if each.returncode is None:
                    each.terminate()
                async with asyncio.timeout(END_LIMIT_S):
                    await each.wait()


def _make_environment() -> Path:
    """Return the Python of an environment with Celery, which is made once."""
    python, uv = ENVIRONMENT / "bin" / "python", ROOT / ".venv" / "bin" / "uv"
    if not python.exists():
        subprocess.run([uv, "venv", "--quiet", ENVIRONMENT], check=True, cwd=ROOT)
    subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, REQUIREMENTS], check=True, cwd=ROOT)
    return python

"""`python -m benchmarks.reading.bare DATABASE_URL PORT FOLDER`: the least that a gateway could be, to compare with.

One route reads a row by its primary key. The other takes an upload, writes it to a file that is on disk before it has
its name, and inserts a row: what somebody would write in an hour, without tokens, quotas, validation or an outbox.
"""

import asyncio
import hashlib
import os
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import FastAPI, Form, UploadFile

from benchmarks.stack.gateway import wait_ready
from benchmarks.stack.processes import free_port, running_processes

TABLE = "create table bare (id uuid primary key, phase text, sha256 text, name text, bytes bigint, at timestamptz)"
INSERT = "insert into bare values ($1, $2, $3, $4, $5, now())"
ROW = "select id, change, frozen_at from phases where id = $1"


def create_app(database_url: str, folder: Path) -> FastAPI:
    """Return the application."""
    made: dict[str, Any] = {}

    @asynccontextmanager
    async def connect(_: FastAPI) -> AsyncIterator[None]:
        made["pool"] = pool = await asyncpg.create_pool(database_url, min_size=20, max_size=20)
        await pool.execute(TABLE)
        yield
        await pool.close()

    app = FastAPI(lifespan=connect)

    @app.get("/readyz")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.get("/rows/{row_id}")
    async def read_row(row_id: UUID) -> dict[str, Any]:
        return dict(await made["pool"].fetchrow(ROW, row_id))

    @app.post("/submissions", status_code=202)
    async def accept(file: UploadFile, phase: Annotated[str, Form()]) -> dict[str, str]:
        content = await file.read()
        sha256 = await asyncio.to_thread(write, folder, content)
        identity = uuid.uuid4()
        await made["pool"].execute(INSERT, identity, phase, sha256, file.filename, len(content))
        return {"id": str(identity)}

    return app


def write(folder: Path, content: bytes) -> str:
    """Write a file under its SHA-256; it is on disk when it has its name."""
    sha256 = hashlib.sha256(content).hexdigest()
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).rename(folder / sha256)
    return sha256


@asynccontextmanager
async def running_bare(database_url: str) -> AsyncIterator[str]:
    """Run the application in a process of its own; yields its URL once it answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        command = ("benchmarks.reading.bare", database_url, str(port), folder)
        async with running_processes([command]):
            await wait_ready(url)
            yield url


if __name__ == "__main__":
    uvicorn.run(
        create_app(sys.argv[1], Path(sys.argv[3])),
        host="127.0.0.1",
        port=int(sys.argv[2]),
        log_level="warning",
        access_log=False,
    )

"""A generated leaderboard of 100 teams x 51 submissions x 30 boxes x 100 studies: its queries and its updates."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import asyncpg
from pydantic import SecretStr

from benchmarks.figure import Figure
from benchmarks.reading.after_changes import get_after_changes, read_after_changes
from benchmarks.stack.compose import ROOT, postgres_url
from shared.database import Pool, connect_database, load_queries

queries = load_queries(Path(__file__).with_name("leaderboard.sql"))
SUBMISSIONS = int(os.environ.get("ARENA_BENCH_SUBMISSIONS", "5100"))
SUBMISSIONS_AT_ONCE = 100


async def leaderboard() -> list[Figure]:
    """Measure reading the leaderboard."""
    async with new_database(postgres_url()) as url, await connect_database(SecretStr(url)) as pool:
        phase_id = await queries.insert_phase(pool)
        await fill(pool, phase_id)
        running = [row["id"] async for row in queries.insert_running_everywhere(pool, phase_id=phase_id)]
        await queries.insert_curves(pool, phase_id=phase_id)
        await pool.execute("analyze")
        read = await read_after_changes(pool, phase_id, running)
        read += await get_after_changes(url, pool, phase_id, running)
    return [
        Figure("leaderboard: studies behind it", SUBMISSIONS * 30 * 100, "", "", True),
        *read,
    ]


@asynccontextmanager
async def new_database(server: str) -> AsyncIterator[str]:
    """Yield the URL of a migrated database on this server, which is dropped at the end."""
    name = f"bench_{uuid.uuid4().hex[:8]}"
    url = f"{server}/{name}"
    admin = await asyncpg.connect(f"{server}/postgres")
    try:
        migrate = await asyncio.create_subprocess_exec(
            *(ROOT / ".venv/bin/dbmate", "--migrations-dir", ROOT / "deploy/migrations", "--no-dump-schema", "up"),
            env={**os.environ, "DATABASE_URL": f"{url}?sslmode=disable"},
        )
        if await migrate.wait() != 0:
            raise RuntimeError("expected dbmate to migrate the database; what it printed says why it did not")
        yield url
    finally:
        await admin.execute(f"drop database if exists {name} with (force)")
        await admin.close()


async def fill(pool: Pool, phase_id: UUID) -> None:
    """Insert teams, submissions and studies; keys and indexes of studies are created afterwards, which is faster."""
    await queries.insert_submissions(pool, phase_id=phase_id)
    dropped = await pool.fetch(
        """
        select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made, c.conname
        from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'p'
        where i.indrelid = 'studies'::regclass
        """
    )
    async with pool.acquire() as connection:
        await connection.execute("set session_replication_role = replica")  # no check of foreign keys for each row
        await connection.execute("set maintenance_work_mem = '1GB'")
        for each in dropped:
            key = f"alter table studies drop constraint {each['conname']}"
            await connection.execute(key if each["conname"] else f"drop index {each['name']}")
        for first in range(0, SUBMISSIONS, SUBMISSIONS_AT_ONCE):
            last = min(first + SUBMISSIONS_AT_ONCE, SUBMISSIONS)
            await queries.insert_studies(connection, first=first, last=last)
        for each in dropped:
            await connection.execute(each["made"], timeout=900)
            if each["conname"]:
                await connection.execute(f"alter table studies add primary key using index {each['name']}", timeout=900)
        await connection.execute(
            "vacuum (analyze, parallel 0) studies", timeout=900
        )  # parallel workers need shared memory
        await connection.execute("reset session_replication_role")

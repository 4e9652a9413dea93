"""A generated leaderboard of 100 teams x 51 submissions x 30 boxes x 100 studies: its queries and its updates."""

import asyncio
import os
import random
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg
from pydantic import SecretStr

from benchmarks.figure import Figure
from benchmarks.reading.after_changes import get_after_changes, read_after_changes
from benchmarks.stack.compose import ROOT, postgres_url
from services.aggregator.service import Aggregator
from shared.broker.connection import Broker
from shared.database import Pool, connect_database, load_queries
from shared.messages import Message, StudyFinished
from shared.outbox import Outbox

queries = load_queries(Path(__file__).with_name("leaderboard.sql"))
SUBMISSIONS = int(os.environ.get("ARENA_BENCH_SUBMISSIONS", "5100"))
SUBMISSIONS_AT_ONCE = 100
ALONE, BATCH = 1500, 64
"""How many of the newcomer's 3000 studies are stored one at a time, and the batch size for the rest."""


class Silence:
    """A broker that drops every message: only writing to the tables is measured."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Drop the messages."""


async def leaderboard() -> list[Figure]:
    """Measure reading the leaderboard, and storing another study with the update of its submission's score."""
    async with new_database(postgres_url()) as url, await connect_database(SecretStr(url)) as pool:
        phase_id = await queries.insert_phase(pool)
        await fill(pool, phase_id)
        submission_id = await queries.insert_running(pool, phase_id=phase_id)
        running = [row["id"] async for row in queries.insert_running_everywhere(pool, phase_id=phase_id)]
        await queries.insert_curves(pool, phase_id=phase_id)
        await pool.execute("analyze")
        read = await read_after_changes(pool, phase_id, running)
        read += await get_after_changes(url, pool, phase_id, running)
        alone, batched = await add_studies(pool, submission_id)
    return [
        Figure("leaderboard: studies behind it", SUBMISSIONS * 30 * 100, "", "", True),
        *read,
        Figure("leaderboard: update per study, one at a time", alone, "ms", "< 5", alone < 5),
        Figure(f"leaderboard: update per study, {BATCH} at a time", batched, "ms", "< 5", batched < 5),
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


async def add_studies(pool: Pool, submission_id: UUID) -> tuple[float, float]:
    """Let the aggregator store all studies of a submission; returns ms per study, one at a time and in batches."""
    silence = cast("Broker", Silence())
    aggregator = Aggregator(pool, silence, Outbox(pool, silence), result_batch=BATCH)
    shards = await pool.fetch(
        "select id, box_id, first_study from shards where submission_id = $1 order by ordinal", submission_id
    )
    results = [result(submission_id, shard) for shard in shards]
    alone = [results[number : number + 1] for number in range(ALONE)]
    batches = [results[number : number + BATCH] for number in range(ALONE, len(results), BATCH)]
    figures = []
    for part in (alone, batches):
        start = time.perf_counter()
        for batch in part:
            await aggregator.take_results(batch)
        figures.append(1000 * (time.perf_counter() - start) / sum(map(len, part)))
    state = await pool.fetchval("select state from submissions where id = $1", submission_id)
    if state != "scored":
        raise RuntimeError(f"expected the newcomer to be scored, got {state}")
    return figures[0], figures[1]


def result(submission_id: UUID, shard: Any) -> StudyFinished:
    """Return a result of the usual size."""
    draw = random.Random(str(shard["id"]))  # noqa: S311 - not a secret
    losses = [[draw.random() for _ in range(8)] for _ in range(16)]
    point = {"max_depth": 7, "min_impurity": 0.123456789, "kernel": "rbf"}
    return StudyFinished(
        submission_id=submission_id,
        shard_id=shard["id"],
        attempt=1,
        runner_id="bench",
        box_id=shard["box_id"],
        study=shard["first_study"],
        visible=losses,
        generalization=losses,
        eval_time_s=losses,
        suggest_time_s=[0.001] * 16,
        observe_time_s=[0.001] * 16,
        construct_time_s=0.1,
        suggestions=[[point] * 8] * 16,
        timed_out=False,
        suggest_errors=0,
        observe_errors=0,
    )

"""What it costs to store a result: round trips to Postgres, syncs to disk, and time."""

import random
import time
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from pydantic import SecretStr

from benchmarks.figure import Figure
from benchmarks.reading.leaderboard import new_database, queries
from benchmarks.stack.compose import postgres_url
from benchmarks.stack.round_trips import counted_round_trips
from services.aggregator.service import Aggregator
from shared.broker.connection import Broker
from shared.database import Pool, connect_database
from shared.messages import Message, StudyFinished
from shared.outbox import Outbox

ALONE, BATCH = 500, 64
"""How many of the newcomer's 3000 studies are stored one at a time, and the batch size for the rest."""
SYNCS = "select wal_sync from pg_stat_wal"


class Silence:
    """A broker that drops every message: only writing to the tables is measured."""

    async def publish(self, messages: Sequence[Message]) -> None:
        """Drop the messages."""


async def one_result() -> list[Figure]:
    """Store the results of a submission, first one at a time and then in batches.

    Round trips and transactions are counted on the wire, and a transaction syncs once. What Postgres says of its syncs
    has those of its own writer, too, so it has no goal.
    """
    async with new_database(postgres_url()) as url, await connect_database(SecretStr(url), size=2) as pool:
        phase_id = await queries.insert_phase(pool)
        submission_id = await queries.insert_running(pool, phase_id=phase_id)
        results = await results_of(pool, submission_id)
        async with counted_round_trips(SecretStr(url)) as counted:
            async with await connect_database(counted.url, size=1) as one:
                aggregator = new_aggregator(one)
                await store(aggregator, results[:1], 1)  # prepares statements, and learns what the submission refers to
                counted.states.clear()
                before = await pool.fetchval(SYNCS)
                alone_ms = await store(aggregator, results[1 : 1 + ALONE], 1)
                trips, transactions = len(counted.states) / ALONE, counted.transactions / ALONE
            # Postgres counts what a connection did when it ends.
            syncs = (await pool.fetchval(SYNCS) - before) / ALONE
        batched_ms = await store(new_aggregator(pool), results[1 + ALONE :], BATCH)
        state = await pool.fetchval("select state from submissions where id = $1", submission_id)
        if state != "scored":
            raise RuntimeError(f"expected the newcomer to be scored, got {state}")
    return [
        Figure("one result at a time: round trips to Postgres", trips, "", "<= 3", trips <= 3),
        Figure("one result at a time: transactions, a sync to disk each", transactions, "", "<= 1", transactions <= 1),
        Figure("one result at a time: syncs of Postgres, its own writer's included", syncs, "", "", True),
        Figure("one result at a time", alone_ms, "ms", "", True),
        Figure(f"{BATCH} results at a time, for each", batched_ms, "ms", "", True),
    ]


def new_aggregator(pool: Pool) -> Aggregator:
    """Return an aggregator that tells nobody what it does."""
    silence = cast("Broker", Silence())
    return Aggregator(pool, silence, Outbox(pool, silence), result_batch=BATCH)


async def store(aggregator: Aggregator, results: Sequence[StudyFinished], batch: int) -> float:
    """Store results, `batch` at a time; returns ms for each."""
    start = time.perf_counter()
    for first in range(0, len(results), batch):
        await aggregator.take_results(results[first : first + batch])
    return 1000 * (time.perf_counter() - start) / len(results)


async def results_of(pool: Pool, submission_id: UUID) -> list[StudyFinished]:
    """Return the results of all shards of a submission."""
    shards = await pool.fetch(
        "select id, box_id, first_study from shards where submission_id = $1 order by ordinal", submission_id
    )
    return [result(submission_id, shard) for shard in shards]


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

"""The floor under a control plane: a bare program on the same Postgres and RabbitMQ that moves the same bytes safely.

Like Arena it has a dispatcher, a runner and an aggregator, each a process on uvloop; the benchmark stands for the
gateway. For each execution
- the dispatcher publishes the body of a released shard, PUBLISHED_AT_ONCE of them before it waits for their confirms;
- the runner takes it, SLOTS at a time, publishes the body of a result, waits for the confirm, and acknowledges;
- the aggregator takes up to BATCH results, inserts them in one transaction, each a row with the body as it came, of
  which a second copy would change nothing, waits for the commit, which syncs to disk, and acknowledges them together.
All queues are quorum queues, all messages persistent, all publishing confirmed. When every row is there, the aggregator
says so. Nobody reads or writes JSON, keeps a state, decides who goes next, computes a score or tells anybody.

`python -m benchmarks.control_plane.floor ROLE DATABASE_URL BROKER_URL` runs one of the processes.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

import aio_pika
import asyncpg
import uvloop
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from benchmarks.control_plane.payload import bodies
from benchmarks.stack.processes import running_processes

SLOTS, BATCH, PUBLISHED_AT_ONCE = 16, 256, 256
"""As Arena's null runner, its aggregator, and its dispatcher with room for as many."""
WANTED, SHARDS, RESULTS, STORED = "floor.wanted", "floor.shards", "floor.results", "floor.stored"
QUEUES = (WANTED, SHARDS, RESULTS, STORED)
QUORUM: dict[str, Any] = {"x-queue-type": "quorum"}
LIMIT_S = 600
TABLE = "create table if not exists floor_results (number bigint primary key, body text not null)"
INSERT = "insert into floor_results (number, body) values ($1, $2) on conflict do nothing"

Handle = Callable[[AbstractIncomingMessage], Awaitable[None]]


async def publish(channel: AbstractChannel, queue: str, body: bytes, number: int) -> None:
    """Publish persistently and wait for the confirm; `number` says which execution it is."""
    message = aio_pika.Message(
        body,
        content_type="application/json",
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=str(number),
    )
    await channel.default_exchange.publish(message, queue, mandatory=False)


async def dispatch(channel: AbstractChannel, _: asyncpg.Connection, shard: bytes, _result: bytes) -> None:
    """Publish as many shards as are wanted."""

    async def on_wanted(message: AbstractIncomingMessage) -> None:
        first, number = map(int, message.body.split())
        for start in range(first, first + number, PUBLISHED_AT_ONCE):
            numbers = range(start, min(start + PUBLISHED_AT_ONCE, first + number))
            await asyncio.gather(*(publish(channel, SHARDS, shard, each) for each in numbers))
        await message.ack()

    await consume(channel, WANTED, on_wanted, prefetch=1)


async def run(channel: AbstractChannel, _: asyncpg.Connection, _shard: bytes, result: bytes) -> None:
    """Answer each shard with a result."""

    async def on_shard(message: AbstractIncomingMessage) -> None:
        await publish(channel, RESULTS, result, int(message.message_id or 0))
        await message.ack()

    await consume(channel, SHARDS, on_shard, prefetch=SLOTS)


async def aggregate(channel: AbstractChannel, database: asyncpg.Connection, _shard: bytes, _result: bytes) -> None:
    """Store results, and say how many there are."""
    arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    await consume(channel, RESULTS, arrived.put, prefetch=4 * BATCH)
    while True:
        batch = [await arrived.get()]
        while len(batch) < BATCH and not arrived.empty():
            batch.append(arrived.get_nowait())
        rows = [(int(each.message_id or 0), each.body.decode()) for each in batch]
        await database.executemany(INSERT, rows)
        await batch[-1].ack(multiple=True)
        await publish(channel, STORED, str(len(batch)).encode(), 0)


ROLES = {"dispatcher": dispatch, "runner": run, "aggregator": aggregate}


async def consume(channel: AbstractChannel, queue: str, handle: Handle, *, prefetch: int) -> None:
    """Let the broker push messages of a queue, up to `prefetch` unacknowledged ones."""
    await channel.set_qos(prefetch_count=prefetch)
    await (await channel.get_queue(queue)).consume(handle)


async def play(role: str, database_url: str, broker_url: str) -> None:
    """Be one of the processes, until killed."""
    async with await aio_pika.connect(broker_url) as broker, await broker.channel() as channel:
        database = await asyncpg.connect(database_url)
        await ROLES[role](channel, database, *await bodies())
        await asyncio.Event().wait()


class Floor:
    """The running floor."""

    def __init__(self, channel: AbstractChannel) -> None:
        self._channel = channel
        self._wanted = 0
        self._stored = 0
        self._progress = asyncio.Event()
        self.pids: list[int] = []

    async def execute(self, number: int) -> float:
        """Return the seconds until so many more results are stored."""
        start = perf_counter()
        first, self._wanted = self._wanted, self._wanted + number
        await publish(self._channel, WANTED, f"{first} {number}".encode(), 0)
        async with asyncio.timeout(LIMIT_S):
            while self._stored < self._wanted:
                self._progress.clear()
                await self._progress.wait()
        return perf_counter() - start

    async def on_stored(self, message: AbstractIncomingMessage) -> None:
        """Count what was stored."""
        self._stored += int(message.body)
        self._progress.set()
        await message.ack()


@asynccontextmanager
async def running_floor(database_url: str, broker_url: str) -> AsyncIterator[Floor]:
    """Run the three processes, on a table and queues of their own."""
    database = await asyncpg.connect(database_url)
    await database.execute(TABLE)
    await database.close()
    async with await aio_pika.connect(broker_url) as broker, await broker.channel() as channel:
        for each in QUEUES:
            await (await channel.declare_queue(each, durable=True, arguments=QUORUM)).purge()
        floor = Floor(channel)
        await consume(channel, STORED, floor.on_stored, prefetch=100)
        async with running_processes(
            [("benchmarks.control_plane.floor", role, database_url, broker_url) for role in ROLES]
        ) as floor.pids:
            try:
                yield floor
            finally:
                for each in QUEUES:
                    await channel.queue_delete(each)


if __name__ == "__main__":
    uvloop.run(play(*sys.argv[1:4]))

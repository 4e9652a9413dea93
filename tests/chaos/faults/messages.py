"""Messages that come twice, late, in another order, or not at all.

For a while an agent on the broker takes what is meant for a queue, or copies of everything, and then sends it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError
from pydantic import SecretStr

from shared.broker.topology import DISPATCH, EXCHANGE, RESULTS, SUBMISSIONS, shard_queue
from shared.shard_class import ShardClass
from tests.chaos.fault import Fault
from tests.chaos.platform.world import World
from tests.support.waiting import limited

EVERYTHING = "#"
QUEUES = (SUBMISSIONS, RESULTS, DISPATCH, shard_queue(ShardClass("small", 1)))
AGAIN_S = 0.2
Taken = Sequence[AbstractIncomingMessage]


@dataclass(frozen=True)
class Agent:
    """Does things on the broker, again while that does not answer; none of them is worse when it is done twice."""

    broker_url: SecretStr

    async def take(self, into: str, keys: Sequence[str], away_from: str | None) -> None:
        """Let messages with these keys come into a queue of the agent's, and no longer to another."""

        async def bind(channel: AbstractChannel) -> None:
            queue = await channel.declare_queue(into, durable=True)
            for key in keys:
                await queue.bind(EXCHANGE, key)
                if away_from is not None:
                    await (await channel.get_queue(away_from, ensure=False)).unbind(EXCHANGE, key)

        await self._try(bind)

    async def give_back(self, into: str, keys: Sequence[str], away_from: str | None) -> None:
        """Let messages go where they went before."""

        async def bind(channel: AbstractChannel) -> None:
            queue = await channel.declare_queue(into, durable=True)
            for key in keys:
                if away_from is not None:
                    await (await channel.get_queue(away_from, ensure=False)).bind(EXCHANGE, key)
                await queue.unbind(EXCHANGE, key)

        await self._try(bind)

    async def send(self, taken_into: str, choose: Callable[[Taken], Taken]) -> None:
        """Send what was taken, as `choose` says, and delete the agent's queue."""

        async def send(channel: AbstractChannel) -> None:
            queue = await channel.declare_queue(taken_into, durable=True)
            exchange = await channel.get_exchange(EXCHANGE, ensure=False)
            taken = []
            while (message := await queue.get(fail=False)) is not None:
                taken.append(message)
            for each in choose(taken):
                sent = aio_pika.Message(
                    each.body,
                    content_type=each.content_type,
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    headers=each.headers,
                )
                await exchange.publish(sent, each.routing_key or "", mandatory=False)
            await queue.delete(if_unused=False, if_empty=False)

        await self._try(send)

    async def purge(self, name: str) -> None:
        """Delete every message that waits in a queue."""

        async def purge(channel: AbstractChannel) -> None:
            await (await channel.get_queue(name, ensure=False)).purge()

        await self._try(purge)

    async def _try(self, act: Callable[[AbstractChannel], Awaitable[None]]) -> None:
        async with limited():
            while True:
                try:
                    connection = await aio_pika.connect(self.broker_url.get_secret_value(), timeout=5)
                    async with connection, asyncio.timeout(30):
                        await act(await connection.channel())
                        return
                except (AMQPError, OSError, TimeoutError, RuntimeError):
                    await asyncio.sleep(AGAIN_S)


@dataclass(frozen=True)
class TakenMessages:
    """What is meant for a queue, or everything, is taken for a while and then sent as `choose` says."""

    name: str
    agent: Agent
    keys: tuple[str, ...]
    away_from: str | None
    choose: Callable[[Taken], Taken]

    @property
    def _queue(self) -> str:
        return f"chaos {self.name}"

    async def strike(self) -> None:
        """Begin to take them."""
        await self.agent.take(self._queue, self.keys, self.away_from)

    async def heal(self) -> None:
        """Take no more, and send what was taken."""
        await self.agent.give_back(self._queue, self.keys, self.away_from)
        await self.agent.send(self._queue, self.choose)


@dataclass(frozen=True)
class PurgedQueue:
    """A queue that loses what waits in it."""

    name: str
    agent: Agent
    queue: str

    async def strike(self) -> None:
        """Purge it."""
        await self.agent.purge(self.queue)

    async def heal(self) -> None:
        """Do nothing: what is lost is lost."""


def _all(taken: Taken) -> Taken:
    return taken


def _backwards(taken: Taken) -> Taken:
    return taken[::-1]


def _twice_backwards(taken: Taken) -> Taken:
    return [*taken[::-1], *taken[::-1]]


def _none(taken: Taken) -> Taken:
    return taken[:0]


KINDS = {"late messages": _all, "reordered messages": _twice_backwards, "lost messages": _none}


def message_faults(world: World) -> list[Fault]:
    """Return the faults of the messages of each queue, and of all together."""
    agent = Agent(world.broker_url)
    found: list[Fault] = [TakenMessages("repeated messages: all", agent, (EVERYTHING,), None, _backwards)]
    for queue in QUEUES:
        keys = tuple(queue.keys)
        for kind, choose in KINDS.items():
            found.append(TakenMessages(f"{kind}: {queue.name}", agent, keys, queue.name, choose))
        found.append(PurgedQueue(f"purged queue: {queue.name}", agent, queue.name))
    return found

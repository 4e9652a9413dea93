"""How many messages wait in a queue, as often as somebody asks."""

import asyncio

from aio_pika.abc import AbstractRobustChannel, AbstractRobustConnection

from shared.broker.topology import EXCHANGE, WorkQueue, queue_arguments


class QueueCounter:
    """Asks on one channel of its own, which is opened again when a queue was not there."""

    def __init__(self, connection: AbstractRobustConnection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()
        self._channel: AbstractRobustChannel | None = None

    async def count(self, work: WorkQueue) -> int:
        """Return how many messages wait in a queue, not counting those delivered and unacknowledged."""
        async with self._turn:
            if self._channel is None or self._channel.is_closed:
                self._channel = self._connection.channel()
                await self._channel.initialize()
            # As `declare_work_queue` does, but below what aio_pika remembers of each queue that was ever declared.
            channel = await self._channel.get_underlay_channel()
            if not work.part:
                return (await channel.queue_declare(work.name, passive=True)).message_count or 0
            declared = await channel.queue_declare(work.name, durable=True, arguments=queue_arguments(work))
            for key in work.keys:
                await channel.queue_bind(work.name, EXCHANGE, routing_key=key)
            return declared.message_count or 0

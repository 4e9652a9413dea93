"""How many messages wait in a queue, as a metric of the service that may look at it."""

import asyncio
from collections.abc import Sequence

from prometheus_client import Gauge

from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.broker.topology import WorkQueue
from shared.events import wait_for_any

INTERVAL_S = 10.0

WAITING = Gauge("arena_queue_messages", "Messages that wait in a queue, those delivered not counted", ["queue"])


async def measure_queues(broker: Broker, queues: Sequence[WorkQueue], stop: asyncio.Event) -> None:
    """Keep the metric up to date until `stop`. While the broker is unavailable, there is none, not an old one."""
    while not stop.is_set():
        for queue in queues:
            try:
                WAITING.labels(queue.name).set(await broker.count_waiting(queue))
            except BrokerUnavailable:
                WAITING.clear()
        await wait_for_any(stop, timeout_s=INTERVAL_S)

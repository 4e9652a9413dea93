"""Publishing what came of a shard: a result waits for the broker as long as it has to."""

import structlog
from tenacity import AsyncRetrying, retry_if_exception_type, stop_never, wait_random_exponential

from shared.broker.connection import Broker
from shared.broker.errors import BrokerUnavailable
from shared.messages import Message

log = structlog.get_logger()


async def publish_result(broker: Broker, message: Message) -> None:
    """Publish, again and again while the broker is unavailable, until cancelled."""
    try:
        await broker.publish([message])
    except BrokerUnavailable as error:
        log.warning("a result waits for the broker", key=message.key, error=repr(error))
    else:
        return
    async for attempt in AsyncRetrying(
        stop=stop_never,  # until cancelled: by the dispatcher, or by the end of the grace period
        wait=wait_random_exponential(multiplier=0.1, max=5),
        retry=retry_if_exception_type(BrokerUnavailable),
    ):
        with attempt:
            await broker.publish([message])

"""What routes work with: made by `__main__`, asked for one by one by the routes' parameters."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from services.gateway.leaderboard.feeds import Feeds
from services.gateway.live.change_notifier import ChangeNotifier
from services.gateway.queue.estimates import QueueEstimates
from services.gateway.settings import GatewaySettings
from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from shared.outbox import Outbox


@dataclass(frozen=True)
class Dependencies:
    """Everything outside the gateway that it works with, and what it keeps in memory."""

    pool: Pool
    broker: Broker
    outbox: Outbox
    blobs: Blobs
    change_notifier: ChangeNotifier
    feeds: Feeds
    queue_estimates: QueueEstimates
    settings: GatewaySettings


def _one(name: str) -> Callable[[HTTPConnection], Any]:
    """Return what FastAPI calls to provide one of the dependencies."""

    def provide(connection: HTTPConnection) -> Any:
        return getattr(connection.app.state.dependencies, name)

    return provide


WithPool = Annotated[Pool, Depends(_one("pool"))]
WithBroker = Annotated[Broker, Depends(_one("broker"))]
WithOutbox = Annotated[Outbox, Depends(_one("outbox"))]
WithBlobs = Annotated[Blobs, Depends(_one("blobs"))]
WithChangeNotifier = Annotated[ChangeNotifier, Depends(_one("change_notifier"))]
WithFeeds = Annotated[Feeds, Depends(_one("feeds"))]
WithQueueEstimates = Annotated[QueueEstimates, Depends(_one("queue_estimates"))]
WithSettings = Annotated[GatewaySettings, Depends(_one("settings"))]

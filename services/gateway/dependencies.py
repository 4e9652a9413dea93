"""What the routes work with, made by `__main__` and handed to them by FastAPI."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from services.gateway.leaderboard.feeds import Feeds
from services.gateway.live.change_notifier import ChangeNotifier
from services.gateway.queue.estimates import QueueEstimates
from shared.blobs import Blobs
from shared.broker import Broker
from shared.database import Pool
from shared.outbox import Outbox
from shared.settings import Settings


@dataclass(frozen=True)
class Parts:
    """The gateway's outside."""

    pool: Pool
    broker: Broker
    outbox: Outbox
    blobs: Blobs
    hub: ChangeNotifier
    feeds: Feeds
    queue_estimates: QueueEstimates
    settings: Settings


def _parts(connection: HTTPConnection) -> Parts:
    parts: Parts = connection.app.state.parts
    return parts


WithParts = Annotated[Parts, Depends(_parts)]

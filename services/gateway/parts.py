"""What the routes work with, made by `__main__` and handed to them by FastAPI."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from services.gateway.feeds import Feeds
from services.gateway.forecasts import Forecasts
from services.gateway.hub import Hub
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
    hub: Hub
    feeds: Feeds
    forecasts: Forecasts
    settings: Settings


def _parts(connection: HTTPConnection) -> Parts:
    parts: Parts = connection.app.state.parts
    return parts


WithParts = Annotated[Parts, Depends(_parts)]

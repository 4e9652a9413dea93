"""What routes depend on: made by `__main__`, and asked for one by one by the routes' parameters."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from services.gateway.boards.answers import Boards
from services.gateway.generalization.scores import GeneralizationScores
from services.gateway.leaderboard.answers import Leaderboards
from services.gateway.leaderboard.feeds import Feeds
from services.gateway.live.change_notifier import ChangeNotifier
from services.gateway.people.email_rate import EmailRate
from services.gateway.people.provider import Provider, make_provider
from services.gateway.performance.answers import Performances
from services.gateway.queue.estimates import QueueEstimates
from services.gateway.settings import GatewaySettings
from services.gateway.views.answers import CounterReader, Views
from services.gateway.webhooks.targets import Targets
from shared.blobs import Blobs
from shared.broker.connection import Broker
from shared.database import Pool
from shared.outbox import Outbox


@dataclass(frozen=True)
class Dependencies:
    """The gateway's connections to other parts, and what all of its requests share."""

    pool: Pool
    broker: Broker
    outbox: Outbox
    blobs: Blobs
    change_notifier: ChangeNotifier
    leaderboards: Leaderboards
    boards: Boards
    performances: Performances
    views: Views
    counters: CounterReader
    generalization_scores: GeneralizationScores
    feeds: Feeds
    queue_estimates: QueueEstimates
    targets: Targets
    email_rate: EmailRate
    provider: Provider | None
    settings: GatewaySettings


def make_dependencies(pool: Pool, broker: Broker, settings: GatewaySettings) -> Dependencies:
    """Return what the gateway's requests share, on these connections."""
    change_notifier = ChangeNotifier()
    leaderboards = Leaderboards(pool, change_notifier)
    return Dependencies(
        pool=pool,
        broker=broker,
        outbox=Outbox(pool, broker, on_wake=change_notifier.announce_all),
        blobs=Blobs(settings.blob_url),
        change_notifier=change_notifier,
        leaderboards=leaderboards,
        boards=Boards(pool, change_notifier, leaderboards),
        performances=Performances(pool, leaderboards),
        views=Views(pool, leaderboards),
        counters=CounterReader(pool),
        generalization_scores=GeneralizationScores(pool, leaderboards),
        feeds=Feeds(leaderboards, change_notifier),
        queue_estimates=QueueEstimates(pool, settings.lease_s),
        targets=Targets(settings.webhook_networks),
        email_rate=EmailRate(settings.email_rate),
        provider=make_provider(settings),
        settings=settings,
    )


def _provide(name: str) -> Callable[[HTTPConnection], Awaitable[Any]]:
    """Return a FastAPI dependency that provides the field `name` of Dependencies."""

    async def provide(connection: HTTPConnection) -> Any:  # FastAPI would run a function that is not async in a thread
        return getattr(connection.app.state.dependencies, name)

    return provide


WithPool = Annotated[Pool, Depends(_provide("pool"))]
WithBroker = Annotated[Broker, Depends(_provide("broker"))]
WithOutbox = Annotated[Outbox, Depends(_provide("outbox"))]
WithBlobs = Annotated[Blobs, Depends(_provide("blobs"))]
WithChangeNotifier = Annotated[ChangeNotifier, Depends(_provide("change_notifier"))]
WithLeaderboards = Annotated[Leaderboards, Depends(_provide("leaderboards"))]
WithBoards = Annotated[Boards, Depends(_provide("boards"))]
WithGeneralizationScores = Annotated[GeneralizationScores, Depends(_provide("generalization_scores"))]
WithPerformances = Annotated[Performances, Depends(_provide("performances"))]
WithViews = Annotated[Views, Depends(_provide("views"))]
WithCounters = Annotated[CounterReader, Depends(_provide("counters"))]
WithFeeds = Annotated[Feeds, Depends(_provide("feeds"))]
WithQueueEstimates = Annotated[QueueEstimates, Depends(_provide("queue_estimates"))]
WithTargets = Annotated[Targets, Depends(_provide("targets"))]
WithEmailRate = Annotated[EmailRate, Depends(_provide("email_rate"))]
WithProvider = Annotated[Provider | None, Depends(_provide("provider"))]
WithSettings = Annotated[GatewaySettings, Depends(_provide("settings"))]

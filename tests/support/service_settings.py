"""Settings of the four services on one database, virtual host and blob store."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.aggregator.settings import AggregatorSettings
from services.dispatcher.settings import DispatcherSettings
from services.gateway.settings import GatewaySettings
from services.runner.settings import RunnerSettings
from shared.settings import ArenaSettings
from tests.support.backends import as_user

ORGANIZER_TOKEN = "organizer-token-of-the-tests"
RUNNER_TOKEN = "runner-token-of-the-tests"


@dataclass(frozen=True)
class PlatformSettings:
    """The settings of every service, and the owner's URLs for what a test reads or changes directly."""

    database_url: SecretStr
    broker_url: SecretStr
    gateway: GatewaySettings
    dispatcher: DispatcherSettings
    runner: RunnerSettings
    aggregator: AggregatorSettings

    def with_runner(self, runner_id: str) -> "PlatformSettings":
        """Return the same settings with another runner."""
        return replace(self, runner=self.runner.model_copy(update={"runner_id": runner_id}))

    def with_blobs_over_http(self, gateway: str) -> "PlatformSettings":
        """Return the same settings with a runner that shares no disk with the gateway at this URL."""
        update = {"blob_url": gateway, "blob_token": SecretStr(RUNNER_TOKEN)}
        return replace(self, runner=self.runner.model_copy(update=update))

    def with_changes(self, **changes: Any) -> "PlatformSettings":
        """Return the same settings with other values, in every service that has a setting of that name."""

        def change(settings: Any) -> Any:
            known = {name: value for name, value in changes.items() if name in type(settings).model_fields}
            return settings.model_copy(update=known)

        return replace(
            self,
            gateway=change(self.gateway),
            dispatcher=change(self.dispatcher),
            runner=change(self.runner),
            aggregator=change(self.aggregator),
        )


def platform_settings(
    database_url: str, broker_url: str, blobs: Path, *, runner_id: str = "runner-of-the-tests", **given: Any
) -> PlatformSettings:
    """Return settings with these URLs; each value in `given` goes to every service that has a setting of that name."""

    def make(service: str, kind: Any, **more: Any) -> Any:
        every = {
            "database_url": SecretStr(as_user(service, database_url)),
            "broker_url": SecretStr(as_user(service, broker_url)),
            "blob_url": f"file://{blobs}",
            "http_host": "127.0.0.1",
            **given,
            **more,
        }
        known: type[ArenaSettings] = kind
        return kind(**{name: value for name, value in every.items() if name in known.model_fields})

    return PlatformSettings(
        database_url=SecretStr(database_url),
        broker_url=SecretStr(broker_url),
        gateway=make(
            "gateway",
            GatewaySettings,
            organizer_token=SecretStr(ORGANIZER_TOKEN),
            runner_token=SecretStr(RUNNER_TOKEN),
        ),
        dispatcher=make("dispatcher", DispatcherSettings),
        runner=make("runner", RunnerSettings, runner_id=runner_id),
        aggregator=make("aggregator", AggregatorSettings),
    )

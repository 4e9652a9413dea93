"""The pieces of which each service's settings are made: environment variables `ARENA_*`, listed in `.env.example`.

A service has a class of its own in its `settings.py`, and reads nothing that is not in it.
"""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

BLOB_URL = "file:///var/lib/arena/blobs"


class ArenaSettings(BaseSettings):
    """Read once, in a service's `__main__`, and passed on from there."""

    model_config = SettingsConfigDict(env_prefix="ARENA_", frozen=True)


class ProcessSettings(ArenaSettings):
    """What every service has: an HTTP server for its health and metrics, and a log."""

    http_host: str = "0.0.0.0"  # noqa: S104 - each service listens inside its own container
    http_port: int = 8000
    drain_timeout_s: float = 10
    log_level: str = "info"
    traces_url: str = ""


class DatabaseSettings(ArenaSettings):
    """For services that read and write Postgres, each as a role of its own."""

    database_url: SecretStr


class BrokerSettings(ArenaSettings):
    """For services that send or receive messages, each as a user of its own."""

    broker_url: SecretStr


class BlobSettings(ArenaSettings):
    """For services that store or fetch zips and data sets."""

    blob_url: str = Field(default=BLOB_URL, pattern="^(file|s3)://")


class LeaseSettings(ArenaSettings):
    """For services that must agree on when a silent runner counts as gone."""

    lease_s: float = 15

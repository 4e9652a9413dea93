"""The pieces of which each service's settings are made: environment variables `ARENA_*`, listed in `.env.example`.

A service has a class of its own in its `settings.py`, and reads nothing that is not in it.
"""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.connecting.tls import TlsFiles

BLOB_URL = "file:///var/lib/arena/blobs"


class ArenaSettings(BaseSettings):
    """Read once, in a service's `__main__`, and passed on from there."""

    # An empty variable is one that nobody has set, as Compose passes it on, and no token that is empty.
    # What is wrong with a setting is told without the settings, which may be passwords.
    model_config = SettingsConfigDict(
        env_prefix="ARENA_", env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )


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
    database_ca_file: Path | None = None
    database_certificate_file: Path | None = None
    database_key_file: Path | None = None

    @property
    def database_tls(self) -> TlsFiles:
        """What TLS to the database is verified by, and this service's own certificate."""
        return TlsFiles("ARENA_DATABASE", self.database_ca_file, self.database_certificate_file, self.database_key_file)


class BrokerSettings(ArenaSettings):
    """For services that send or receive messages, each as a user of its own."""

    broker_url: SecretStr
    broker_ca_file: Path | None = None
    broker_certificate_file: Path | None = None
    broker_key_file: Path | None = None

    @property
    def broker_tls(self) -> TlsFiles:
        """What TLS to the broker is verified by, and this service's own certificate."""
        return TlsFiles("ARENA_BROKER", self.broker_ca_file, self.broker_certificate_file, self.broker_key_file)

    @model_validator(mode="after")
    def _is_encrypted_if_meant_to_be(self) -> Self:
        if self.broker_tls.are_given and not self.broker_url.get_secret_value().startswith("amqps://"):
            raise ValueError("expected amqps://... in ARENA_BROKER_URL, because a file for TLS is named; got another")
        return self


class ServerSettings(DatabaseSettings, BrokerSettings):
    """For services that need both servers."""


class BlobSettings(ArenaSettings):
    """For services that store or fetch zips and data sets."""

    blob_url: str = Field(default=BLOB_URL, pattern="^(file|s3)://")


class LeaseSettings(ArenaSettings):
    """For services that must agree on when a silent runner counts as gone."""

    lease_s: float = 15

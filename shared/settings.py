"""Every setting of every service: environment variables `ARENA_*`, listed with their meaning in `.env.example`."""

import socket

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read once, in a service's `__main__`; passed on from there."""

    model_config = SettingsConfigDict(env_prefix="ARENA_", frozen=True)

    database_url: SecretStr = SecretStr("postgresql://arena:arena@127.0.0.1:5432/arena")
    broker_url: SecretStr = SecretStr("amqp://arena:arena@127.0.0.1:5672/")
    blob_url: str = "file:///var/lib/arena/blobs"
    http_host: str = "0.0.0.0"  # noqa: S104 - each service listens inside its own container
    http_port: int = 8000
    log_level: str = "info"

    # gateway
    organizer_token: SecretStr | None = None
    zip_limit_bytes: int = 50 * 1024**2
    unpacked_limit_bytes: int = 512 * 1024**2
    zip_files_limit: int = 2000
    anonymous_rate: str = "300/minute"
    trusted_proxies: str = "127.0.0.1"
    drain_timeout_s: float = 10

    # dispatcher
    release_window: int = Field(default=64, ge=1)
    release_per_slot: int = Field(default=4, ge=1)
    release_ttl_s: float = 3600
    message_lost_s: float = 10
    lease_s: float = 15
    sweep_interval_s: float = 5
    failures_before_incident: int = Field(default=3, ge=1)
    incident_limit_s: float = 24 * 3600
    submission_limit_s: float = 14 * 24 * 3600

    # runner
    runner_id: str = Field(default_factory=socket.gethostname)
    slots: int = Field(default=2, ge=1)
    engine_url: str = "unix:///var/run/docker.sock"
    blackbox_image: str = "arena-blackbox:local"
    optimizer_image: str = "arena-optimizer:local"
    sandbox_runtime: str = "runc"
    heartbeat_interval_s: float = 2
    evaluation_timeout_s: float = 3600
    start_timeout_s: float = 60
    grace_s: float = 20
    disk_free_limit_bytes: int = 2 * 1024**3
    engine_check_interval_s: float = 30

    # aggregator
    result_batch: int = Field(default=256, ge=1)

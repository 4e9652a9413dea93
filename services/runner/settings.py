"""What the runner reads from its environment: it needs the broker, the blob store and the engine, and no database."""

import socket
from pathlib import Path

from pydantic import Field, SecretStr

from arena.sandbox.settings import SandboxSettings
from shared.settings import BLOB_URL, BrokerSettings, ProcessSettings


class RunnerSettings(ProcessSettings, BrokerSettings):
    """The settings of one runner process."""

    blob_url: str = Field(default=BLOB_URL, pattern="^(file|s3|https?)://")
    blob_token: SecretStr | None = None
    blob_ca_file: Path | None = None
    runner_id: str = Field(default_factory=socket.gethostname)
    slots: int = Field(default=SandboxSettings.slots, ge=1)
    share_cpus: bool = SandboxSettings.share_cpus
    engine_url: str = SandboxSettings.engine_url
    blackbox_image: str = SandboxSettings.blackbox_image
    sandbox_runtime: str = SandboxSettings.sandbox_runtime
    start_timeout_s: float = SandboxSettings.start_timeout_s
    evaluation_timeout_s: float = SandboxSettings.evaluation_timeout_s
    disk_free_limit_bytes: int = SandboxSettings.disk_free_limit_bytes
    heartbeat_interval_s: float = 2
    grace_s: float = 20
    engine_check_interval_s: float = 30
    exit_when_idle_s: float | None = Field(default=None, gt=0)
    lock_file: Path | None = None

    @property
    def sandbox(self) -> SandboxSettings:
        """The sandbox's part of these settings."""
        return SandboxSettings(
            owner=self.runner_id,
            engine_url=self.engine_url,
            blackbox_image=self.blackbox_image,
            sandbox_runtime=self.sandbox_runtime,
            slots=self.slots,
            share_cpus=self.share_cpus,
            start_timeout_s=self.start_timeout_s,
            evaluation_timeout_s=self.evaluation_timeout_s,
            disk_free_limit_bytes=self.disk_free_limit_bytes,
        )

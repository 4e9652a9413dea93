"""What the dispatcher reads from its environment."""

from pydantic import Field

from shared.settings import LeaseSettings, ProcessSettings, ServerSettings


class DispatcherSettings(ProcessSettings, ServerSettings, LeaseSettings):
    """The settings of one dispatcher process."""

    release_window: int = Field(default=64, ge=1)
    release_per_slot: int = Field(default=4, ge=1)
    release_ttl_s: float = 3600
    message_lost_s: float = 10
    sweep_interval_s: float = 5
    failures_before_incident: int = Field(default=3, ge=1)
    unserved_limit_s: float = 300
    incident_limit_s: float = 24 * 3600
    runner_forgotten_s: float = 24 * 3600
    submission_limit_s: float = 14 * 24 * 3600

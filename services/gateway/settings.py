"""What the gateway reads from its environment."""

from pydantic import NonNegativeFloat, PositiveInt, SecretStr

from shared.settings import BlobSettings, LeaseSettings, ProcessSettings, ServerSettings


class GatewaySettings(ProcessSettings, ServerSettings, BlobSettings, LeaseSettings):
    """The settings of one gateway process."""

    organizer_token: SecretStr | None = None
    runner_token: SecretStr | None = None
    anonymous_rate: str = "300/minute"
    trusted_proxies: str = "127.0.0.1"
    runner_slots: PositiveInt = 2
    runners_limit: PositiveInt | None = None
    machine_hour_price: NonNegativeFloat = 0

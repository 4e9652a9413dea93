"""What the gateway reads from its environment."""

from pydantic import SecretStr

from shared.settings import BlobSettings, BrokerSettings, DatabaseSettings, LeaseSettings, ProcessSettings


class GatewaySettings(ProcessSettings, DatabaseSettings, BrokerSettings, BlobSettings, LeaseSettings):
    """The settings of one gateway process."""

    organizer_token: SecretStr | None = None
    anonymous_rate: str = "300/minute"
    trusted_proxies: str = "127.0.0.1"

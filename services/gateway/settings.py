"""What the gateway reads from its environment."""

from pydantic import SecretStr

from shared.settings import BlobSettings, BrokerSettings, DatabaseSettings, LeaseSettings, ProcessSettings


class GatewaySettings(ProcessSettings, DatabaseSettings, BrokerSettings, BlobSettings, LeaseSettings):
    """The settings of one gateway process."""

    organizer_token: SecretStr | None = None
    zip_limit_bytes: int = 50 * 1024**2
    unpacked_limit_bytes: int = 512 * 1024**2
    anonymous_rate: str = "300/minute"
    trusted_proxies: str = "127.0.0.1"

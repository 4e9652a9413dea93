"""What the gateway reads from its environment."""

from typing import Annotated

from pydantic import AfterValidator, NonNegativeFloat, PositiveInt, SecretStr, StringConstraints

from shared.settings import BlobSettings, LeaseSettings, ProcessSettings, ServerSettings

PublicUrl = Annotated[
    str, StringConstraints(pattern=r"^https?://[^/?#@\s]+/*$"), AfterValidator(lambda url: url.rstrip("/"))
]
"""A scheme and a host, without a path: the website is at the root of its host."""


class GatewaySettings(ProcessSettings, ServerSettings, BlobSettings, LeaseSettings):
    """The settings of one gateway process."""

    organizer_token: SecretStr | None = None
    runner_token: SecretStr | None = None
    public_url: PublicUrl = "http://127.0.0.1:8080"
    anonymous_rate: str = "300/minute"
    trusted_proxies: str = "127.0.0.1"
    runner_slots: PositiveInt = 2
    runners_limit: PositiveInt | None = None
    machine_hour_price: NonNegativeFloat = 0

"""What the gateway reads from its environment."""

from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    NonNegativeFloat,
    PositiveInt,
    SecretStr,
    StringConstraints,
    field_validator,
    model_validator,
)

from shared.settings import ArenaSettings, BlobSettings, LeaseSettings, ProcessSettings, ServerSettings

PublicUrl = Annotated[
    str, StringConstraints(pattern=r"^https?://[^/?#@\s]+/*$"), AfterValidator(lambda url: url.rstrip("/"))
]
"""A scheme and a host, without a path: the website is at the root of its host."""


class SmtpSettings(ArenaSettings):
    """Through which mail server e-mails are sent; through none without `smtp_host`."""

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca_file: Path | None = None
    smtp_user: str = ""
    smtp_password_file: Path | None = None
    smtp_from: str = ""

    @property
    def sends_emails(self) -> bool:
        """Whether there is a mail server."""
        return bool(self.smtp_host)

    @model_validator(mode="after")
    def _has_what_a_server_needs(self) -> Self:
        if self.smtp_host and "@" not in parseaddr(self.smtp_from)[1]:
            raise ValueError("expected an address such as 'Arena <arena@example.org>' in ARENA_SMTP_FROM")
        if self.smtp_user and self.smtp_tls == "none":
            raise ValueError("expected starttls or tls in ARENA_SMTP_TLS, because a password must not go in the clear")
        return self


class GatewaySettings(ProcessSettings, ServerSettings, BlobSettings, LeaseSettings, SmtpSettings):
    """The settings of one gateway process."""

    organizer_token: SecretStr | None = None
    runner_token: SecretStr | None = None
    public_url: PublicUrl = "http://127.0.0.1:8080"
    anonymous_rate: str = "300/minute"
    trusted_proxies: str = "127.0.0.1"
    runner_slots: PositiveInt = 2
    runners_limit: PositiveInt | None = None
    machine_hour_price: NonNegativeFloat = 0
    webhook_allowed_networks: str = ""

    @property
    def webhook_networks(self) -> list[IPv4Network | IPv6Network]:
        """The networks to which webhooks may lead although they are not on the internet."""
        return [ip_network(each.strip()) for each in self.webhook_allowed_networks.split(",") if each.strip()]

    @field_validator("webhook_allowed_networks")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for each in filter(None, map(str.strip, text.split(","))):
            ip_network(each)
        return text

"""What the gateway reads from its environment."""

import os
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

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
    str,
    StringConstraints(pattern=r"^https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?/*$"),
    AfterValidator(lambda url: url.rstrip("/")),
]
"""A scheme and a host, without a path: the website is at the root of its host."""


def _require_readable(file: Path) -> Path:
    if file.is_dir() or not os.access(file, os.R_OK):  # Docker makes a folder of a file that is not there
        raise ValueError(f"expected a file that this process may read, as user {os.getuid()}, cannot read {file}")
    return file


ReadableFile = Annotated[Path, AfterValidator(_require_readable)]


class SmtpSettings(ArenaSettings):
    """Through which mail server e-mails are sent; through none without `smtp_host`."""

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_ca_file: ReadableFile | None = None
    smtp_user: str = ""
    smtp_password_file: ReadableFile | None = None
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


class OidcSettings(ArenaSettings):
    """With which provider of OpenID Connect people sign in; with none without `oidc_issuer`."""

    oidc_issuer: str = Field(default="", pattern=r"^(https://[^\s?#]+|http://(127\.0\.0\.1|localhost)[:/][^\s?#@]+|)$")
    oidc_client_id: str = ""
    oidc_client_secret_file: ReadableFile | None = None

    @property
    def oidc_host(self) -> str | None:
        """What people know the provider by; None if there is none."""
        return urlsplit(self.oidc_issuer).hostname

    def read_client_secret(self) -> str | None:
        """Return the secret that proves to the provider that this is the platform."""
        return None if self.oidc_client_secret_file is None else self.oidc_client_secret_file.read_text().strip()

    @model_validator(mode="after")
    def _has_a_client(self) -> Self:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("expected ARENA_OIDC_CLIENT_ID beside ARENA_OIDC_ISSUER, got none")
        return self


class GatewaySettings(ProcessSettings, ServerSettings, BlobSettings, LeaseSettings, SmtpSettings, OidcSettings):
    """The settings of one gateway process."""

    organizer_token: SecretStr | None = None
    runner_token: SecretStr | None = None
    public_url: PublicUrl = "http://127.0.0.1:8080"
    anonymous_rate: str = "300/minute"
    email_rate: str = "20/hour"
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

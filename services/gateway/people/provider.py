"""A provider of OpenID Connect, where people sign in with an account that they have already.

`code_flow.py` makes the requests and checks the ID token; what binds an answer to the browser that asked is here.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from arena.words.names import EmailAddress
from services.gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from services.gateway.people.code_flow import CodeFlow

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SUBJECT_CHARS = 255


class ProviderRefused(Exception):
    """The sign-in at the provider did not succeed; the text is for whoever tried."""


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as one does; the text is for the log."""


@dataclass(frozen=True)
class ProvenPerson:
    """Whom the provider has let in, and the address that it has verified."""

    subject: str
    email: str
    name: str


@dataclass(frozen=True)
class ProviderAnswer:
    """What the provider sent the browser back with."""

    code: str | None
    state: str
    issuer: str | None
    error: str | None


class Provider:
    """The provider of the settings."""

    def __init__(self, issuer: str, flow: "CodeFlow") -> None:
        self.issuer = issuer
        self._flow = flow

    @property
    def host(self) -> str:
        """What people know the provider by."""
        return urlsplit(self.issuer).hostname or self.issuer

    async def begin(self, state: str, secret: str) -> str:
        """Return the address at the provider to send a browser to, which keeps the secret."""
        return await self._flow.address(state=state, nonce=derive("nonce", secret), verifier=derive("verifier", secret))

    async def finish(self, answer: ProviderAnswer, secret: str) -> ProvenPerson:
        """Return whom the provider has let in. Raises ProviderRefused or ProviderUnavailable."""
        is_nameless = answer.issuer is None and not await self._flow.names_itself()
        if not is_nameless and answer.issuer != self.issuer:
            raise ProviderRefused("The answer came from another provider than the one that was asked.")  # RFC 9207
        if answer.error is not None or answer.code is None:
            raise ProviderRefused("The provider did not sign you in.")
        return _proven(
            await self._flow.redeem(answer.code, nonce=derive("nonce", secret), verifier=derive("verifier", secret))
        )


def make_provider(settings: GatewaySettings) -> Provider | None:
    """Return the provider of the settings, if they name one."""
    if not settings.oidc_issuer:
        return None
    from services.gateway.people.code_flow import CodeFlow  # noqa: PLC0415 - its libraries take memory

    return Provider(settings.oidc_issuer, CodeFlow(settings, f"{settings.public_url}/sign-in/provider/back"))


def new_secret() -> str:
    """Return a secret that a browser keeps while its person is at the provider."""
    return secrets.token_urlsafe(32)


def derive(what: str, secret: str) -> str:
    """Return the nonce or the verifier of a browser's secret, so that none of them need be stored."""
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).hexdigest()


def is_safe(url: str) -> bool:
    """Whether what is sent there cannot be read on the way."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _proven(claims: dict[str, Any]) -> ProvenPerson:
    """Return the person of an ID token's claims. Raises ProviderRefused unless their address is verified."""
    if claims.get("email_verified") is not True:
        raise ProviderRefused(
            "The provider has not verified your e-mail address. Verify it there, or sign in here by a link."
        )
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= SUBJECT_CHARS or "\0" in subject:
        raise ProviderRefused("The provider does not say who you are.")
    try:
        email = TypeAdapter(EmailAddress).validate_python(claims.get("email"))
    except ValidationError as error:
        raise ProviderRefused("The provider gave an e-mail address that is not taken here.") from error
    name = claims.get("name")
    shown = "".join(each for each in name if each.isprintable())[:80].strip() if isinstance(name, str) else ""
    return ProvenPerson(subject, email, shown)

"""A provider of OpenID Connect, where people sign in with an account that they have already.

Authlib makes the requests and checks the ID token; what binds an answer to the browser that asked for it is here.
"""

import hashlib
import hmac
import json
import secrets
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import TypeAdapter, ValidationError

from arena.words.names import EmailAddress
from services.gateway.settings import GatewaySettings, OidcSettings

TIMEOUT_S = 10.0
LEEWAY_S = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a key pair: never `none`, and no shared secret, which a client's own secret could be taken for."""
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
    """The provider of the settings. What it says of itself is fetched once, when it is needed first."""

    def __init__(self, settings: OidcSettings, public_url: str) -> None:
        self._settings = settings
        self._redirect_uri = f"{public_url}/sign-in/provider/back"
        self._tls = ssl.create_default_context()  # the system's authorities, a site's own among them
        self._metadata: dict[str, Any] | None = None

    @property
    def issuer(self) -> str:
        """The provider's name for itself."""
        return self._settings.oidc_issuer

    @property
    def host(self) -> str:
        """What people know the provider by."""
        return urlsplit(self.issuer).hostname or self.issuer

    async def begin(self, state: str, secret: str) -> str:
        """Return the address at the provider to send a browser to, which keeps the secret."""
        metadata = await self._load()
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=state,
                nonce=derive("nonce", secret),
                code_verifier=derive("verifier", secret),
            )
        address: str = url
        return address

    async def finish(self, answer: ProviderAnswer, secret: str) -> ProvenPerson:
        """Return whom the provider has let in. Raises ProviderRefused or ProviderUnavailable."""
        metadata = await self._load()
        has_issuer = metadata.get("authorization_response_iss_parameter_supported", False)
        if (answer.issuer is None and has_issuer) or answer.issuer not in {None, self.issuer}:
            raise ProviderRefused("The answer came from another provider than the one that was asked.")  # RFC 9207
        if answer.error is not None or answer.code is None:
            raise ProviderRefused("The provider did not sign you in.")
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    code=answer.code,
                    grant_type="authorization_code",
                    code_verifier=derive("verifier", secret),
                )
                claims = await self._check_id_token(client, token, derive("nonce", secret))
                return _proven(claims | await self._ask_more(client, claims))
        except (OAuthError, JoseError) as error:
            raise ProviderRefused("The provider did not confirm the sign-in. Sign in again.") from error
        except (httpx2.HTTPError, json.JSONDecodeError) as error:
            raise ProviderUnavailable(repr(error)) from error

    async def _check_id_token(self, client: AsyncOAuth2Client, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        metadata = await self._load()
        keys = await client.request("GET", metadata["jwks_uri"], withhold_token=True)
        keys.raise_for_status()
        read = jwt.decode(
            str(token.get("id_token", "")),
            KeySet.import_key_set(keys.json()),
            registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False),
        )
        claims = CodeIDToken(
            read.claims,
            read.header,
            {"iss": {"essential": True, "value": self.issuer}, "aud": {"value": self._settings.oidc_client_id}},
            {"nonce": nonce, "client_id": self._settings.oidc_client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=LEEWAY_S)
        return dict(claims)

    async def _ask_more(self, client: AsyncOAuth2Client, claims: dict[str, Any]) -> dict[str, Any]:
        """Return the claims about the address, which many providers give at their userinfo endpoint alone."""
        endpoint = (await self._load()).get("userinfo_endpoint")
        if "email" in claims or endpoint is None:
            return {}
        found = await client.get(endpoint)
        found.raise_for_status()
        more: dict[str, Any] = found.json()
        if more.get("sub") != claims["sub"]:
            raise ProviderRefused("The provider described somebody else than it signed in.")
        return {key: more[key] for key in ("email", "email_verified", "name") if key in more}

    async def _load(self) -> dict[str, Any]:
        if self._metadata is None:
            self._metadata = await self._fetch_metadata()
        return self._metadata

    async def _fetch_metadata(self) -> dict[str, Any]:
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_S, verify=self._tls) as client:
                answer = await client.get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                found: dict[str, Any] = answer.raise_for_status().json()
        except (httpx2.HTTPError, json.JSONDecodeError) as error:
            raise ProviderUnavailable(repr(error)) from error
        if found.get("issuer") != self.issuer:
            raise ProviderUnavailable(f"expected the issuer {self.issuer}, got {str(found.get('issuer'))[:200]!r}")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not _is_safe(str(found.get(name))):
                raise ProviderUnavailable(f"expected https://... as its {name}, got {str(found.get(name))[:200]!r}")
        return found

    def _client(self) -> AsyncOAuth2Client:
        return AsyncOAuth2Client(
            self._settings.oidc_client_id,
            self._settings.read_client_secret(),
            scope="openid email profile",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            verify=self._tls,
        )


def make_provider(settings: GatewaySettings) -> Provider | None:
    """Return the provider of the settings, if they name one."""
    return Provider(settings, settings.public_url) if settings.oidc_issuer else None


def new_secret() -> str:
    """Return a secret that a browser keeps while its person is at the provider."""
    return secrets.token_urlsafe(32)


def derive(what: str, secret: str) -> str:
    """Return the nonce or the verifier of a browser's secret, so that none of them need be stored."""
    return hmac.new(secret.encode(), what.encode(), hashlib.sha256).hexdigest()


def _is_safe(url: str) -> bool:
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

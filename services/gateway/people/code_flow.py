"""The requests to a provider of OpenID Connect: Authlib makes them, and checks the ID token.

This is imported when a provider is set, because its libraries take memory that other platforms have no use for.
"""

import ssl
from typing import Annotated, Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from pydantic import AfterValidator, BaseModel, ConfigDict, TypeAdapter, ValidationError

from services.gateway.people.provider import ProviderRefused, ProviderUnavailable, is_safe
from services.gateway.settings import OidcSettings

TIMEOUT_S = 10.0
LEEWAY_S = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures with a key pair: never `none`, and no shared secret, which a client's own secret could be taken for."""
CLAIMS = ("email", "email_verified", "name")
OBJECT = TypeAdapter(dict[str, Any])


def _safe(url: str) -> str:
    if not is_safe(url):
        raise ValueError("expected https://...")
    return url


Endpoint = Annotated[str, AfterValidator(_safe)]


class ProviderMetadata(BaseModel):
    """What a provider says of itself, as far as it matters here."""

    model_config = ConfigDict(frozen=True)

    issuer: str
    authorization_endpoint: Endpoint
    token_endpoint: Endpoint
    jwks_uri: Endpoint
    userinfo_endpoint: Endpoint | None = None
    authorization_response_iss_parameter_supported: bool = False


class CodeFlow:
    """The code flow with the provider of the settings. What it says of itself is fetched once, when first needed."""

    def __init__(self, settings: OidcSettings, redirect_uri: str) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._tls = ssl.create_default_context()  # the system's authorities, a site's own among them
        self._metadata: ProviderMetadata | None = None

    async def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return the address at the provider to send a browser to."""
        metadata = await self._load()
        async with self._client() as client:
            url, _ = client.create_authorization_url(
                metadata.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
            )
        address: str = url
        return address

    async def names_itself(self) -> bool:
        """Whether the provider says who it is in every answer (RFC 9207)."""
        return (await self._load()).authorization_response_iss_parameter_supported

    async def redeem(self, code: str, *, nonce: str, verifier: str) -> dict[str, Any]:
        """Return the claims that a code stands for. Raises ProviderRefused or ProviderUnavailable."""
        metadata = await self._load()
        try:
            async with self._client() as client:
                token = await client.fetch_token(
                    metadata.token_endpoint, code=code, grant_type="authorization_code", code_verifier=verifier
                )
                claims = await self._check_id_token(client, token, nonce)
                return claims | await self._ask_more(client, claims)
        except (OAuthError, JoseError) as error:
            raise ProviderRefused("The provider did not confirm the sign-in. Sign in again.") from error
        except (httpx2.HTTPError, ValueError) as error:  # JSON of another form is a ValueError, too
            raise ProviderUnavailable(repr(error)[:500]) from error

    async def _check_id_token(self, client: AsyncOAuth2Client, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        answer = await client.request("GET", (await self._load()).jwks_uri, withhold_token=True)
        keys: Any = OBJECT.validate_json(answer.raise_for_status().content)
        if not isinstance(keys.get("keys"), list):
            raise ProviderUnavailable("expected keys at its jwks_uri, got none")
        read = jwt.decode(
            str(token.get("id_token", "")),
            KeySet.import_key_set(keys),
            registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False),
        )
        client_id = self._settings.oidc_client_id
        claims = CodeIDToken(
            read.claims,
            read.header,
            {"iss": {"essential": True, "value": self._settings.oidc_issuer}, "aud": {"value": client_id}},
            {"nonce": nonce, "client_id": client_id, "access_token": token.get("access_token")},
        )
        claims.validate(leeway=LEEWAY_S)
        return dict(claims)

    async def _ask_more(self, client: AsyncOAuth2Client, claims: dict[str, Any]) -> dict[str, Any]:
        """Return the claims about the address, which many providers give at their userinfo endpoint alone."""
        endpoint = (await self._load()).userinfo_endpoint
        if "email" in claims or endpoint is None:
            return {}
        answer = await client.get(endpoint)
        more = OBJECT.validate_json(answer.raise_for_status().content)
        if more.get("sub") != claims["sub"]:
            raise ProviderRefused("The provider described somebody else than it signed in.")
        return {key: more[key] for key in CLAIMS if key in more}

    async def _load(self) -> ProviderMetadata:
        if self._metadata is None:
            self._metadata = await self._fetch_metadata()
        return self._metadata

    async def _fetch_metadata(self) -> ProviderMetadata:
        issuer = self._settings.oidc_issuer
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT_S, verify=self._tls) as client:
                answer = await client.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                found = ProviderMetadata.model_validate_json(answer.raise_for_status().content)
        except (httpx2.HTTPError, ValidationError) as error:
            raise ProviderUnavailable(repr(error)[:500]) from error
        if found.issuer != issuer:
            raise ProviderUnavailable(f"expected the issuer {issuer}, got {found.issuer[:200]!r}")
        return found

    def _client(self) -> AsyncOAuth2Client:
        client = AsyncOAuth2Client(
            self._settings.oidc_client_id,
            self._settings.read_client_secret(),
            scope="openid email profile",
            redirect_uri=self._redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT_S,
            verify=self._tls,
        )
        client.register_compliance_hook("access_token_response", _checked)
        return client


def _checked(answer: httpx2.Response) -> httpx2.Response:
    """Return an answer with a token, which Authlib takes for an object. Raises ValidationError, if it is none."""
    if not answer.is_server_error:
        OBJECT.validate_json(answer.content)
    return answer

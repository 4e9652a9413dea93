"""A provider of OpenID Connect on loopback that lies as a test says, and else tells the truth."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.support.http_server import HttpServer, Received
from tests.support.oidc.provider import CLIENT_ID, CLIENT_SECRET

KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "k"}) for _ in range(2))


@dataclass
class LyingProvider(HttpServer):
    """What it says of ada: `claims` and `signature` change her ID token, `bodies` whole answers by their path."""

    nonce: str = ""
    signature: str = "its own"
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """Its name for itself."""
        return f"http://127.0.0.1:{self.port}"

    def body_of(self, path: str) -> str:
        """Return what it answers at a path."""
        names = {"authorization_endpoint": "ask", "token_endpoint": "token", "jwks_uri": "keys"}
        truths: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                **{name: f"{self.issuer}/{end}" for name, end in names.items()},
                **self.metadata,
            },
            "/keys": {"keys": [KEY.as_dict(private=False)]},
            "/token": {"access_token": "a", "token_type": "Bearer", "id_token": self._id_token()},
        }
        return self.bodies.get(path) or json.dumps(truths[path])

    def _id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "1", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "email": "ada@uni.example", "email_verified": True, **self.claims,
        }  # fmt: skip
        if self.signature == "none":
            parts = [urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in ({"alg": "none"}, claims)]
            return b".".join([*parts, b""]).decode()
        if self.signature == "the client's secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET), algorithms=["HS256"])
        key = KEY if self.signature == "its own" else OTHER_KEY
        return jwt.encode({"alg": "RS256", "kid": "k"}, claims, key)

    async def answer(self, request: Received) -> bytes:
        """Answer a request."""
        body = self.body_of(request.path).encode()
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


@asynccontextmanager
async def running_liar() -> AsyncIterator[LyingProvider]:
    """Run such a provider."""
    liar = LyingProvider()
    async with liar.running():
        yield liar

"""Blobs over HTTP: a runner that does not share the gateway's disk asks the gateway for them, with a token."""

import ssl
from collections.abc import AsyncGenerator
from http import HTTPStatus
from pathlib import Path

import httpx
from pydantic import SecretStr

from arena.words.problems import ProblemCode
from shared.blobs import NO_BLOB, BlobAccessRefused, BlobMissing, BlobStoreUnavailable
from shared.connecting.server import causes
from shared.connecting.tls import TlsFiles, TlsFileUnusable

TIMEOUT = httpx.Timeout(30, connect=5)
"""For the next piece of a blob, in seconds. How long all of it may take is the cache's affair."""
MAKE_ONE = "an organizer makes one with 'arena token create --runner'"


class GatewayBlobs:
    """Reads blobs from the gateway. Each read has a connection of its own, and reads the CA file anew."""

    def __init__(self, url: str, token: SecretStr | None, ca_file: Path | None) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._ca_file = ca_file

    async def read(self, sha256: str) -> AsyncGenerator[bytes, None]:
        """Yield a blob's content. Raises BlobMissing or BlobStoreUnavailable, also when a part was yielded."""
        try:
            async with self._connect() as client, client.stream("GET", f"/api/v1/blobs/{sha256}") as answer:
                if answer.status_code != HTTPStatus.OK:
                    await answer.aread()
                    raise self._failure(sha256, answer)
                async for chunk in answer.aiter_raw():
                    yield chunk
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise self._unavailable(error) from error

    async def check(self) -> str | None:
        """Return why no blob can be had now and what to do, or None."""
        try:
            async for _ in self.read(NO_BLOB):
                pass
        except BlobMissing:
            return None
        except BlobStoreUnavailable as error:
            return str(error)
        return None

    def _connect(self) -> httpx.AsyncClient:
        headers = {} if self._token is None else {"Authorization": f"Bearer {self._token.get_secret_value()}"}
        return httpx.AsyncClient(base_url=self._url, headers=headers, timeout=TIMEOUT, verify=self._trusted())

    def _trusted(self) -> ssl.SSLContext:
        if self._url.startswith("http://"):
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # never used, and loading authorities takes time
        try:
            return TlsFiles("ARENA_BLOB", ca=self._ca_file).make_context()
        except TlsFileUnusable as error:
            raise BlobAccessRefused(str(error)) from error

    def _failure(self, sha256: str, answer: httpx.Response) -> Exception:
        """Return what an answer other than 200 means."""
        where, code = f"The gateway at {self._url}", _code(answer)
        if code == ProblemCode.NO_SUCH_BLOB:
            return BlobMissing(f"there is no blob {sha256}")
        if answer.status_code == HTTPStatus.UNAUTHORIZED or code == ProblemCode.RATE_LIMITED:
            # Rates are for those without a good token, and runners of a lab that have none share an address.
            given = "gets no token" if self._token is None else "does not know the token, or it was revoked"
            return BlobAccessRefused(f"{where} {given}. Set ARENA_BLOB_TOKEN to a runner's token; {MAKE_ONE}.")
        if code in {ProblemCode.WRONG_ROLE, ProblemCode.MISSING_SCOPE}:
            lacks = "the token in ARENA_BLOB_TOKEN lacks the scope 'blobs:read'"
            return BlobAccessRefused(f"{where} refuses: {lacks}. Set it to a runner's token; {MAKE_ONE}.")
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return BlobStoreUnavailable(f"{where} answers {answer.status_code} now; this runner asks again.")
        return BlobAccessRefused(
            f"Expected a gateway of Arena at ARENA_BLOB_URL={self._url}, got answer {answer.status_code}."
        )

    def _unavailable(self, error: httpx.TransportError | httpx.InvalidURL) -> BlobStoreUnavailable:
        """Return why there was no answer, or not all of one."""
        for cause in causes(error):
            if isinstance(cause, ssl.SSLCertVerificationError):
                return BlobAccessRefused(
                    f"The certificate of {self._url} is not trusted: {cause.verify_message}. "
                    "Set ARENA_BLOB_CA_FILE to the certificate of the authority that signed it."
                )
        what = f"does not answer, or not to the end: {str(error) or type(error).__name__}"
        return BlobStoreUnavailable(f"The gateway at {self._url} {what}. Check ARENA_BLOB_URL and the gateway.")


def _code(answer: httpx.Response) -> str | None:
    """Return a problem's code; None if the answer is no problem of the API's."""
    try:
        body = answer.json()
    except ValueError:
        return None
    return body.get("code") if isinstance(body, dict) else None

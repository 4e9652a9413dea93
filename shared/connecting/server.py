"""Where a server is, and why it cannot be used: in words that name the setting to look at, and never a password."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg
from aiormq.exceptions import AuthenticationError, ProbableAuthenticationError
from pydantic import SecretStr

from shared.connecting.tls import TlsFileUnusable
from shared.schema import SchemaBehind

EXPIRED, WRONG_HOST, WRONG_ADDRESS = 10, 62, 64
"""OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH."""
LOGIN_ERRORS = (AuthenticationError, ProbableAuthenticationError, asyncpg.InvalidAuthorizationSpecificationError)


@dataclass(frozen=True)
class Server:
    """The broker or the database; its settings begin with ARENA_ and its name."""

    name: str
    url: SecretStr
    port: int
    """Where it listens if the URL does not say."""

    def explain(self, error: BaseException) -> str:
        """Return why it cannot be used, from what went wrong."""
        for cause in causes(error):
            if reason := self._explain_tls(cause):
                return reason
        if isinstance(error, SchemaBehind):
            return f"{self} is not up to date: {error}"
        if any(isinstance(cause, LOGIN_ERRORS) for cause in causes(error)):
            return f"{self} refuses the user or the password; {self._see('URL')}"
        return f"{self} does not answer: {_text(error)}; {self._see('URL')}"

    def _explain_tls(self, error: BaseException) -> str | None:
        """Return what is wrong with TLS or its files, or None when this error is about something else."""
        if isinstance(error, TlsFileUnusable):
            return str(error)
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._explain_certificate(error)
        if "certificate required" in _text(error) or "valid client certificate" in _text(error):
            return f"{self} wants a client certificate; {self._see('CERTIFICATE_FILE')}"
        if isinstance(error, ssl.SSLError) and _is_about_our_certificate(error):
            return f"{self} does not take this service's certificate: {_text(error)}; {self._see('CERTIFICATE_FILE')}"
        if isinstance(error, ssl.SSLError):
            return f"{self} and this service cannot agree on TLS: {_text(error)}; {self._see('URL')}"
        return None

    def _explain_certificate(self, error: ssl.SSLCertVerificationError) -> str:
        if error.verify_code == EXPIRED:
            return f"{self} shows a certificate that has expired; renew it there, or {self._see('URL')}"
        if error.verify_code in {WRONG_HOST, WRONG_ADDRESS}:
            return f"{self} shows a certificate for another host; {self._see('URL')}"
        return f"{self} shows a certificate that is not trusted: {error.verify_message}; {self._see('CA_FILE')}"

    def _see(self, setting: str) -> str:
        return f"see ARENA_{self.name.upper()}_{setting}"

    def __str__(self) -> str:
        parts = urlsplit(self.url.get_secret_value())
        return f"the {self.name} at {parts.hostname}:{parts.port or self.port}"


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it, the last first; each once, as some lead to each other."""
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and not any(found is each for each in seen):
        yield found
        seen.append(found)
        found = found.__cause__ or found.__context__


def _is_about_our_certificate(error: ssl.SSLError) -> bool:
    """Tell whether the server sent an alert: what it can dislike once its own certificate is trusted is ours."""
    return "alert" in _text(error) and ("unknown ca" in _text(error) or "certificate" in _text(error))


def _text(error: BaseException) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return (str(error) or type(error).__name__).strip()

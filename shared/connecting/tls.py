"""TLS to the broker and to the database, from the files that the settings name."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from shared.connecting.certificate_ends import watch_certificates


class TlsFileUnusable(OSError):
    """A file cannot be read, or is not what its setting asks for."""


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: the CA that signed the server's certificate, and this service's own certificate with its key.

    `settings` is what the settings' names begin with, such as ARENA_BROKER. Without a CA, the system's are trusted.
    """

    settings: str = ""
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def are_given(self) -> bool:
        """Whether a setting names a file."""
        return bool(self.ca or self.certificate or self.key)

    def make_context(self) -> ssl.SSLContext:
        """Return what verifies the server's certificate and host name. Raises TlsFileUnusable."""
        try:
            context = ssl.create_default_context(cafile=self.ca)
        except OSError as error:  # an SSLError, too, is one
            raise TlsFileUnusable(f"{self.settings}_CA_FILE: {_say(self.ca, error)}") from error
        if self.certificate is not None:
            try:
                context.load_cert_chain(self.certificate, self.key)
            except OSError as error:
                files = f"{self.certificate} with the key {self.key or 'in the same file'}"
                names = f"{self.settings}_CERTIFICATE_FILE, {self.settings}_KEY_FILE"
                raise TlsFileUnusable(f"{names}: {_say(files, error)}") from error
        watch_certificates(context, self.settings.removeprefix("ARENA_").lower(), self.ca, self.certificate)
        return context


NO_TLS = TlsFiles()
"""No file is named: the URL decides whether there is TLS, and the system's CAs are trusted."""


def _say(files: object, error: OSError) -> str:
    reason = error.reason if isinstance(error, ssl.SSLError) and error.reason else error.strerror or str(error)
    return f"cannot read {files}: {reason}"

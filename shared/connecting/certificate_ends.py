"""When the certificates of connections by TLS end, as a metric: the next connection after that fails."""

import ssl
from pathlib import Path

from prometheus_client import Gauge

EXPIRES = Gauge(
    "arena_certificate_expires_timestamp_seconds",
    "When the certificate of the server, of its CA or of this service ends, as the last connection saw it",
    ["connection", "whose"],
)


def watch_certificates(context: ssl.SSLContext, connection: str, ca: Path | None, own: Path | None) -> None:
    """Set the metric for these files now, and for the server's certificate at each connection."""

    class WatchedHandshake(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            if shown := self.getpeercert():
                EXPIRES.labels(connection, "server").set(ssl.cert_time_to_seconds(str(shown["notAfter"])))

    from cryptography import x509  # noqa: PLC0415 - it takes 11 MB, which a service without TLS has no use for

    context.sslobject_class = WatchedHandshake
    # Of several CAs, one that is left is enough: a system's list has some that ended long ago.
    for whose, file, choose in (("CA", ca, max), ("service", own, min)):
        if file is not None:
            ends = [each.not_valid_after_utc for each in x509.load_pem_x509_certificates(file.read_bytes())]
            EXPIRES.labels(connection, whose).set(choose(ends).timestamp())

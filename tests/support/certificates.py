"""Certificates that a test makes: those of a server and of its clients, signed by a CA of their own."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trustme

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SOON_AFTER = datetime(2020, 2, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Certificates:
    """PEM files in a folder: ca.pem, server.pem, server.key, client.pem and client.key."""

    folder: Path

    @property
    def ca(self) -> Path:
        """The CA of the server's certificate and of the client's."""
        return self.folder / "ca.pem"

    @property
    def client(self) -> Path:
        """The client's certificate."""
        return self.folder / "client.pem"

    @property
    def client_key(self) -> Path:
        """The key of the client's certificate."""
        return self.folder / "client.key"


def make_certificates(folder: Path, *hosts: str, has_expired: bool = False) -> Certificates:
    """Make a CA, a server's certificate for these host names, and a client's; a container's user may read them all."""
    folder.mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    until = SOON_AFTER if has_expired else None
    for name, certificate in (
        ("server", authority.issue_cert(*hosts, not_before=LONG_AGO, not_after=until)),
        ("client", authority.issue_cert("client.test")),
    ):
        (folder / f"{name}.pem").write_bytes(b"".join(each.bytes() for each in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(folder / f"{name}.key")
    for file in folder.iterdir():
        file.chmod(0o644)
    folder.chmod(0o755)
    return Certificates(folder)

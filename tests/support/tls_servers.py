"""A RabbitMQ and a Postgres with TLS, in containers of their own, on loopback ports."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from shared.connecting.tls import TlsFiles
from tests.support.backends import PASSWORD
from tests.support.certificates import Certificates
from tests.support.stack import free_port

LIMIT_S = 120
FOLDER = "/tls"
START_POSTGRES = f"""
set -e
mkdir /tmp/tls && cd {FOLDER} && cp ca.pem server.pem server.key /tmp/tls && chmod 600 /tmp/tls/*
echo 'local all all trust' >/tmp/hba
echo 'hostssl all all all scram-sha-256 clientcert=verify-ca' >>/tmp/hba
exec sh /usr/local/bin/start.sh -c ssl=on -c ssl_cert_file=/tmp/tls/server.pem -c ssl_key_file=/tmp/tls/server.key \
    -c ssl_ca_file=/tmp/tls/ca.pem -c hba_file=/tmp/hba -c fsync=off
"""
USERS = ("GATEWAY", "DISPATCHER", "RUNNER", "AGGREGATOR")


@dataclass(frozen=True)
class TlsServer:
    """A server that wants a certificate of its clients, and the files of both sides."""

    kind: str
    port: int
    certificates: Certificates

    def url(self, host: str = "localhost") -> SecretStr:
        """Return where it is, by a name or by an address of this machine."""
        if self.kind == "broker":
            return SecretStr(f"amqps://gateway:{PASSWORD}@{host}:{self.port}/")
        return SecretStr(f"postgresql://arena:{PASSWORD}@{host}:{self.port}/arena")

    @property
    def settings(self) -> str:
        """What the names of its settings begin with."""
        return f"ARENA_{self.kind.upper()}"

    @property
    def tls(self) -> TlsFiles:
        """The files with which it can be used."""
        return TlsFiles(self.settings, self.certificates.ca, self.certificates.client, self.certificates.client_key)


@contextmanager
def tls_server(kind: str, certificates: Certificates) -> Iterator[TlsServer]:
    """Start the broker or the database with these certificates; it is gone afterwards."""
    port = free_port()
    mount = ["--volume", f"{certificates.folder}:{FOLDER}:ro"]
    if kind == "broker":
        passwords = [f"--env=RABBITMQ_{user}_PASSWORD={PASSWORD}" for user in USERS]
        tls = [f"--env=RABBITMQ_TLS={FOLDER}", "--env=RABBITMQ_TLS_CLIENT_CERTIFICATES=true"]
        command = ["--publish", f"127.0.0.1:{port}:5671", *passwords, *tls, "arena-rabbitmq:local"]
    else:
        given = [f"--env=POSTGRES_PASSWORD={PASSWORD}", "--entrypoint=sh"]
        command = ["--publish", f"127.0.0.1:{port}:5432", *given, "arena-postgres:local", "-c", START_POSTGRES]
    container = _docker("run", "--detach", "--rm", *mount, *command)
    try:
        yield TlsServer(kind, port, certificates)
    finally:
        _docker("rm", "--force", "--volumes", container)


def _docker(*arguments: str) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=LIMIT_S, check=True)
    return done.stdout.strip()

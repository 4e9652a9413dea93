"""The Postgres and the RabbitMQ of a replay, with data of their own, and durable as an operator's are."""

import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from benchmarks.stack.compose import ROOT, STATE, compose, own_stack
from shared.database_logins import LoginSettings, set_logins

OVERRIDE = "benchmarks/replay/stack/stores.yaml"
SERVICES = ("gateway", "dispatcher", "aggregator")


@dataclass(frozen=True)
class Stores:
    """Where the two servers are, with the password of every user; `containers` are those to measure."""

    postgres: str
    rabbitmq: str
    database_passwords: Mapping[str, str]
    broker_passwords: Mapping[str, str]
    containers: Mapping[str, str]

    def database_url(self, user: str) -> str:
        """Return the database's URL for one of its users; `arena` is its owner."""
        return f"postgresql://{user}:{self.database_passwords[user]}@{self.postgres}"

    def broker_url(self, user: str) -> str:
        """Return the broker's URL for one of its users."""
        return f"amqp://{user}:{self.broker_passwords[user]}@{self.rabbitmq}"


@asynccontextmanager
async def own_stores() -> AsyncIterator[Stores]:
    """Run both servers in containers and make the tables; afterwards remove them with their data."""
    with own_stack("postgres", "rabbitmq"):
        # Postgres counts its statements, which shows which of them read more as the tables grow.
        compose("--file", OVERRIDE, "up", "-d", "postgres", "rabbitmq")
        stores = _find_stores()
        await _migrate(stores)
        yield stores


def _find_stores() -> Stores:
    lines = (STATE / "secrets.env").read_text().splitlines()
    secrets = dict(line.removeprefix("ARENA_SECRET_").split("=", 1) for line in lines if "=" in line)
    return Stores(
        postgres=f"{_address('postgres')}:5432/arena",
        rabbitmq=f"{_address('rabbitmq')}:5672/",
        database_passwords={"arena": secrets["POSTGRES"]}
        | {name: secrets[f"{name.upper()}_DATABASE"] for name in SERVICES},
        broker_passwords={name: secrets[f"{name.upper()}_BROKER"] for name in (*SERVICES, "runner")},
        containers={name: compose("ps", "-q", name).strip() for name in ("postgres", "rabbitmq")},
    )


def _address(service: str) -> str:
    return compose("exec", "-T", service, "sh", "-c", "hostname -i").strip()


async def _migrate(stores: Stores) -> None:
    url = stores.database_url("arena")
    subprocess.run(  # noqa: ASYNC221 - nothing else runs yet
        [ROOT / ".venv/bin/dbmate", "--migrations-dir", ROOT / "deploy/migrations", "--no-dump-schema", "--wait", "up"],
        env={**os.environ, "DATABASE_URL": f"{url}?sslmode=disable"},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    gateway, dispatcher, aggregator = (SecretStr(stores.database_passwords[name]) for name in SERVICES)
    await set_logins(
        LoginSettings(
            database_url=SecretStr(url),
            gateway_database_password=gateway,
            dispatcher_database_password=dispatcher,
            aggregator_database_password=aggregator,
        )
    )

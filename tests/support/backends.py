"""The Postgres and the RabbitMQ of the test stack: creates databases and virtual hosts for tests."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import httpx
from pydantic import SecretStr

from shared.broker.definitions import definitions, service_user
from shared.broker.topology import BROKER_USERS, EXCHANGE
from shared.database_logins import LoginSettings, set_logins
from tests.support.plain_http import TRUSTS_NOBODY

POSTGRES = "postgresql://arena:arena@127.0.0.1:55432"
RABBITMQ = "amqp://arena:arena@127.0.0.1:55672"
PASSWORD = "arena"
"""The password of every login in the test stack."""
RABBITMQ_MANAGEMENT = "http://arena:arena@127.0.0.1:55673"


def as_user(name: str, url: str) -> str:
    """Return the same URL with a service's login instead of the owner's."""
    return url.replace("//arena:", f"//{name}:")


async def make_logins() -> None:
    """Let the services' roles, which the migrations have created, sign in."""
    password = SecretStr(PASSWORD)
    await set_logins(
        LoginSettings(
            database_url=SecretStr(f"{POSTGRES}/postgres"),
            gateway_database_password=password,
            dispatcher_database_password=password,
            aggregator_database_password=password,
        )
    )


@asynccontextmanager
async def new_database(template: str) -> AsyncIterator[str]:
    """Yield the URL of a migrated, empty database, which is dropped at the end."""
    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(f"{POSTGRES}/postgres")
    try:
        await admin.execute(f"create database {name} template {template}")
        yield f"{POSTGRES}/{name}"
        await admin.execute(f"drop database if exists {name} with (force)")  # some tests lose it
    finally:
        await admin.close()


def define_virtual_host(management: httpx.Client, name: str) -> None:
    """Create a virtual host with a new broker's queues and permissions; all virtual hosts share the services' users."""
    users = [service_user(user.name, PASSWORD) for user in BROKER_USERS]
    management.post("/api/definitions", json=definitions(name, users)).raise_for_status()


@contextmanager
def new_virtual_host() -> Iterator[str]:
    """Yield the URL of an empty virtual host, which is deleted at the end."""
    name = f"test-{uuid.uuid4().hex}"
    with httpx.Client(base_url=RABBITMQ_MANAGEMENT, verify=TRUSTS_NOBODY) as management:
        define_virtual_host(management, name)
        yield f"{RABBITMQ}/{name}"
        management.delete(f"/api/vhosts/{name}").raise_for_status()


def lose_everything(virtual_host: str) -> None:
    """Delete and recreate a virtual host, so that it loses every message, queue and connection."""
    with httpx.Client(base_url=RABBITMQ_MANAGEMENT, verify=TRUSTS_NOBODY) as management:
        management.delete(f"/api/vhosts/{virtual_host}").raise_for_status()
        define_virtual_host(management, virtual_host)


def delete_exchange(virtual_host: str) -> None:
    """Delete the exchange to which everything is published."""
    with httpx.Client(base_url=RABBITMQ_MANAGEMENT, verify=TRUSTS_NOBODY) as management:
        management.delete(f"/api/exchanges/{virtual_host}/{EXCHANGE}").raise_for_status()


def restore_definitions(virtual_host: str) -> None:
    """Bring back what a new broker has and was deleted."""
    with httpx.Client(base_url=RABBITMQ_MANAGEMENT, verify=TRUSTS_NOBODY) as management:
        define_virtual_host(management, virtual_host)

"""The Postgres and the RabbitMQ of the test stack: a database and a virtual host for whoever asks."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import asyncpg
import httpx

POSTGRES = "postgresql://arena:arena@127.0.0.1:55432"
RABBITMQ = "amqp://arena:arena@127.0.0.1:55672"
RABBITMQ_MANAGEMENT = "http://arena:arena@127.0.0.1:55673"


@asynccontextmanager
async def new_database(template: str) -> AsyncIterator[str]:
    """URL of a migrated, empty database, dropped at the end."""
    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(f"{POSTGRES}/postgres")
    try:
        await admin.execute(f"create database {name} template {template}")
        yield f"{POSTGRES}/{name}"
        await admin.execute(f"drop database {name} with (force)")
    finally:
        await admin.close()


@contextmanager
def new_virtual_host() -> Iterator[str]:
    """URL of an empty virtual host, deleted at the end."""
    name = f"test-{uuid.uuid4().hex}"
    with httpx.Client(base_url=RABBITMQ_MANAGEMENT) as management:
        management.put(f"/api/vhosts/{name}").raise_for_status()
        yield f"{RABBITMQ}/{name}"
        management.delete(f"/api/vhosts/{name}").raise_for_status()

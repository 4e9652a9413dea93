"""What Postgres and RabbitMQ themselves refuse a service, whatever its code would like."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aio_pika
import asyncpg
import pytest
import pytest_asyncio
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import ChannelAccessRefused
from pydantic import SecretStr

from shared.broker.connection import connect_broker
from shared.broker.topology import DEAD
from tests.support.backends import PASSWORD, POSTGRES, as_user, new_database, new_virtual_host
from tests.support.waiting import wait_until

REFUSED_STATEMENTS = {
    "gateway": [
        "insert into studies (submission_id) values (gen_random_uuid())",
        "update studies set loss = -1",
        "update shards set runner_id = 'mine'",
        "delete from submissions",
        "delete from runners",
        "create table mine ()",
    ],
    "dispatcher": [
        "select hash from tokens",
        "select * from sessions",
        "insert into tokens (hash, role, scopes) values ('', 'organizer', '{}')",
        "update submissions set score = 100",
        "select visible from studies",
        "select * from outbox",
        "update teams set name = 'mine'",
        "delete from shards",
        "create table mine ()",
    ],
    "aggregator": [
        "select hash from tokens",
        "select * from sessions",
        "update studies set loss = -1",
        "update submissions set blob_sha256 = ''",
        "update shards set attempt = 1",
        "select seed from competitions",
        "select * from teams",
        "delete from studies",
        "create table mine ()",
    ],
}
REFUSED_QUEUES = {
    "gateway": ["arena.submissions", "arena.shards.small.1", "arena.results", "arena.dispatch"],
    "dispatcher": ["arena.results", "arena.dead"],
    "runner": ["arena.submissions", "arena.results", "arena.dispatch", "arena.dead"],
    "aggregator": ["arena.submissions", "arena.shards.small.1", "arena.dispatch", "arena.dead"],
}
REFUSED_KEYS = {
    "gateway": ["unknown"],
    "dispatcher": ["study.finished", "study.fatal", "submission.accepted", "runner.heartbeat"],
    "runner": ["submission.accepted", "submission.ended", "shard.released.small.1", "shard.revoked", "live.phase"],
    "aggregator": ["study.finished", "shard.released.small.1", "shard.revoked", "runner.heartbeat"],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def database_url(template_database: str) -> AsyncIterator[str]:
    """The URL of a database for all tests here: what is refused changes nothing."""
    async with new_database(template_database) as url:
        yield url


@pytest.fixture(scope="module")
def broker_url() -> Iterator[str]:
    """The URL of a virtual host for all tests here: what is refused changes nothing."""
    with new_virtual_host() as url:
        yield url


@pytest.mark.parametrize(
    ("service", "statement"), [(name, each) for name, statements in REFUSED_STATEMENTS.items() for each in statements]
)
async def test_a_statement_that_is_not_a_services_business_is_refused(
    database_url: str, service: str, statement: str
) -> None:
    connection = await asyncpg.connect(as_user(service, database_url))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_runner_has_no_login_at_the_database(database_url: str) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(as_user("runner", database_url))


async def test_the_database_takes_no_password_but_the_roles_own(database_url: str) -> None:
    wrong = as_user("gateway", database_url).replace(f":{PASSWORD}@", ":wrong@")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)


async def test_every_table_and_view_is_granted_to_whom_it_is_for(template_database: str) -> None:
    owner = await asyncpg.connect(f"{POSTGRES}/{template_database}")
    try:
        forgotten = await owner.fetch(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v') "
            "and relacl is null and relname <> 'schema_migrations'"
        )
    finally:
        await owner.close()
    assert [row["relname"] for row in forgotten] == [], "a migration has to say which role may use it: 0007_roles.sql"


async def test_only_the_gateway_may_see_tokens_and_sessions(template_database: str) -> None:
    owner = await asyncpg.connect(f"{POSTGRES}/{template_database}")
    try:
        granted = await owner.fetch(
            "select distinct grantee from information_schema.column_privileges "
            "where table_schema = 'public' and table_name in ('tokens', 'sessions') and grantee <> 'arena'"
        )
    finally:
        await owner.close()
    assert [row["grantee"] for row in granted] == ["arena_gateway"]


Act = Callable[[AbstractChannel, str], Awaitable[None]]


async def take(channel: AbstractChannel, queue: str) -> None:
    await (await channel.get_queue(queue, ensure=False)).get(fail=False)


async def publish(channel: AbstractChannel, key: str) -> None:
    exchange = await channel.get_exchange("arena", ensure=False)
    await exchange.publish(aio_pika.Message(b"{}"), key)


async def publish_past_the_exchange(channel: AbstractChannel, queue: str) -> None:
    await channel.default_exchange.publish(aio_pika.Message(b"{}"), queue)


async def declare(channel: AbstractChannel, queue: str) -> None:
    await channel.declare_queue(queue)


async def listen_as_a_runner(channel: AbstractChannel, key: str) -> None:
    queue = await channel.declare_queue("arena.runner.mine", exclusive=True)
    await queue.bind("arena", key)


async def expect_refusal(url: str, service: str, act: Act, name: str) -> None:
    """Try one thing as a service, and see the broker refuse it."""
    async with await aio_pika.connect(as_user(service, url)) as connection:
        channel = await connection.channel()
        with pytest.raises(ChannelAccessRefused):
            await act(channel, name)


@pytest.mark.parametrize(
    ("service", "queue"), [(name, each) for name, queues in REFUSED_QUEUES.items() for each in queues]
)
async def test_a_queue_that_is_not_a_services_business_gives_it_nothing(
    broker_url: str, service: str, queue: str
) -> None:
    await expect_refusal(broker_url, service, take, queue)


@pytest.mark.parametrize(("service", "key"), [(name, each) for name, keys in REFUSED_KEYS.items() for each in keys])
async def test_a_message_that_is_not_a_services_to_send_is_refused(broker_url: str, service: str, key: str) -> None:
    await expect_refusal(broker_url, service, publish, key)


@pytest.mark.parametrize("service", REFUSED_QUEUES)
async def test_no_service_reaches_a_queue_past_the_exchange_or_makes_one(broker_url: str, service: str) -> None:
    await expect_refusal(broker_url, service, publish_past_the_exchange, "arena.results")
    await expect_refusal(broker_url, service, declare, "arena.mine")


async def test_a_runner_hears_what_is_said_to_runners_and_nothing_else(broker_url: str) -> None:
    for key in ("study.finished", "shard.released", "live.phase", "#"):
        await expect_refusal(broker_url, "runner", listen_as_a_runner, key)


async def test_the_gateway_can_send_an_announcement_that_was_set_aside_once_more(broker_url: str) -> None:
    async with await aio_pika.connect(as_user("runner", broker_url)) as runner:
        dead = await (await runner.channel()).get_exchange("arena.dead", ensure=False)
        await dead.publish(aio_pika.Message(b"{}"), "shard.revoked")
    async with connect_broker(SecretStr(as_user("gateway", broker_url))) as broker:
        (letter,) = await broker.dead_letters.peek(10)

        assert await broker.retry_dead_letter(letter.id, 10)

        async def is_gone() -> bool:
            return await broker.count_waiting(DEAD) == 0

        await wait_until(is_gone, what="the letter is gone")

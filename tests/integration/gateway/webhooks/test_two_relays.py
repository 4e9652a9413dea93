"""Two gateways send what waits for webhooks: each delivery once, or again with the same id if one of them has died."""

import asyncio
from collections.abc import AsyncIterator, Collection
from ipaddress import ip_network

import pytest

from services.gateway.notices.relay import run_relay
from services.gateway.settings import GatewaySettings
from services.gateway.webhooks.delivery_relay import WaitingDeliveries
from services.gateway.webhooks.sending import WebhookSender
from services.gateway.webhooks.signing import make_secret
from services.gateway.webhooks.tables import DueDelivery
from services.gateway.webhooks.targets import Targets
from shared.database import Pool
from tests.support.locks import locked
from tests.support.seeding import seed_phase
from tests.support.waiting import wait_until
from tests.support.webhook_receiver import Receiver, running_receiver

WEBHOOKS, EACH = 12, 3
ADD = """
    with added as (
        insert into webhooks (competition_id, url, events, secret)
        select $1, $2, '{announcement}', $3 from generate_series(1, $4)
        returning id
    )
    insert into deliveries (webhook_id, event, body) select id, 'announcement', '{}' from added, generate_series(1, $5)
"""
WAIT_FOR_A_LOCK = """
    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
"""


class LookingGateway(WaitingDeliveries):
    """Says whether it has looked for something to send."""

    has_looked = False

    async def take_due(self, in_hand: Collection[DueDelivery], free: int) -> list[DueDelivery]:
        found = await super().take_due(in_hand, free)
        self.has_looked = True
        return found


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def gateways(pool: Pool, gateway_settings: GatewaySettings) -> list[LookingGateway]:
    sender = WebhookSender(Targets([ip_network("127.0.0.0/8")]))
    return [LookingGateway(pool, sender, gateway_settings) for _ in range(2)]


async def add(pool: Pool, receiver: Receiver, webhooks: int = 1, each: int = 1) -> list[str]:
    """Add webhooks and what waits for them; return the ids of the deliveries."""
    seeded = await seed_phase(pool)
    await pool.execute(ADD, seeded.competition_id, receiver.url, make_secret(), webhooks, each)
    return [str(row["id"]) for row in await pool.fetch("select id from deliveries")]


async def none_waits(pool: Pool) -> bool:
    return not await pool.fetchval("select exists (select from deliveries where state = 'waiting')")


async def test_two_gateways_send_each_delivery_once(
    pool: Pool, receiver: Receiver, gateways: list[LookingGateway]
) -> None:
    ids = await add(pool, receiver, WEBHOOKS, EACH)
    stop = asyncio.Event()

    async def are_taking() -> bool:
        """Both are in the middle of it, or have seen that somebody else is."""
        return await pool.fetchval(WAIT_FOR_A_LOCK) == 2 or all(each.has_looked for each in gateways)

    async with asyncio.TaskGroup() as tasks:
        async with locked(pool, "select from deliveries for update"):
            for gateway in gateways:
                tasks.create_task(run_relay(gateway, stop))
            await wait_until(are_taking, what="both gateways look for something to send")
        await wait_until(lambda: none_waits(pool), what="everything is delivered")
        stop.set()

    assert sorted(each.headers["webhook-id"] for each in receiver.requests) == sorted(ids)


async def test_what_a_gateway_was_sending_when_it_died_is_sent_by_another_with_the_same_id(
    pool: Pool, receiver: Receiver, gateways: list[LookingGateway]
) -> None:
    first, second = gateways
    (sent,) = await add(pool, receiver)
    receiver.is_silent = True
    dying = asyncio.create_task(run_relay(first, asyncio.Event()))
    await receiver.wait_for(1)
    dying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dying
    receiver.is_silent = False
    await pool.execute("update deliveries set not_before = now()")  # its lease is over
    stop = asyncio.Event()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_relay(second, stop))
        await wait_until(lambda: none_waits(pool), what="it is delivered")
        stop.set()

    assert [each.headers["webhook-id"] for each in receiver.requests] == [sent, sent]

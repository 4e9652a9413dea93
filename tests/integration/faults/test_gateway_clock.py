"""A gateway whose own clock is wrong, or is set while it runs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.database import Pool
from tests.chaos.platform.clock import DAY_S, HOUR_S, SettableClock
from tests.support.gateway.competitions import competition
from tests.support.gateway.organizer_runs import start
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.service_settings import PlatformSettings
from tests.support.starting import starting
from tests.support.waiting import wait_until
from tests.support.wire import Wire


@pytest.fixture
def clock(tmp_path: Path) -> SettableClock:
    return SettableClock.make(tmp_path / "clock")


@pytest.fixture
async def gateway(settings: PlatformSettings, clock: SettableClock, tmp_path: Path) -> AsyncIterator[Gateway]:
    more = {"ARENA_ANONYMOUS_RATE": "5/second", **clock.environment}
    async with starting("gateway", settings, tmp_path, **more) as service:
        await service.wait_until_ready()
        yield Gateway(str(service.http.base_url).rstrip("/"), Wire("", 0), Wire("", 0))


async def test_nobody_is_refused_for_longer_because_the_clock_was_set_back(
    gateway: Gateway, clock: SettableClock
) -> None:
    async def is_refused() -> bool:
        return (await gateway.anyone.get("/api/v1/competitions")).status_code == 429

    async def is_answered() -> bool:
        return (await gateway.anyone.get("/api/v1/competitions")).status_code == 200

    await wait_until(is_refused, what="too many requests were refused")
    clock.set_by(-HOUR_S)
    await wait_until(is_answered, what="a new window has begun")


async def test_a_submission_was_made_when_the_database_says_and_not_the_gateway(
    gateway: Gateway, clock: SettableClock, pool: Pool
) -> None:
    await gateway.import_official_baseline()
    await gateway.apply(competition())
    clock.set_by(-20 * DAY_S)

    (await submit(await gateway.team("a"))).raise_for_status()
    (await start(gateway)).raise_for_status()

    right = "select count(*) from submissions where created_at between now() - interval '1 hour' and now()"
    assert await pool.fetchval(right) == 2

"""Services of the last release and of this one score side by side, on this one's schema, while one replaces the other.

Where the last release dead-letters fields that it does not know, readers are updated before writers: what reads
heartbeats, the dispatcher, before the runners that send them.
"""

from pathlib import Path

import httpx
import pytest

from shared.broker.connection import Broker
from shared.broker.topology import DEAD
from shared.database import Pool
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import official_baseline
from tests.support.gateway.submitting import submit
from tests.support.old_release import extract_last_release
from tests.support.service_settings import PlatformSettings
from tests.support.services.generations import Generation, generations
from tests.support.stack import ROOT
from tests.support.waiting import wait_until

STUDIES = 2 * 6


@pytest.fixture(scope="module")
def last_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return extract_last_release(tmp_path_factory.mktemp("last-release"))


async def open_competition(generation: Generation) -> str:
    """Open a competition by a gateway of a generation; returns a team's token."""
    organizer = generation.organizer
    headers = {"Content-Type": "application/json"}
    baseline = await organizer.post("/api/v1/admin/baselines", content=official_baseline(), headers=headers)
    baseline.raise_for_status()
    document = competition(phase(studies_per_box=STUDIES // 2))
    (await organizer.put("/api/v1/admin/competitions/c", json=document)).raise_for_status()
    answer = await organizer.post("/api/v1/admin/competitions/c/teams", json={"name": "team"})
    token: str = answer.raise_for_status().json()["token"]
    return token


async def send(team: httpx.AsyncClient, number: int = 3) -> None:
    for _ in range(number):
        (await submit(team, phase="feedback")).raise_for_status()


async def all_are_scored(pool: Pool) -> bool:
    return await pool.fetchval("select bool_and(state = 'scored') from submissions") is True


async def assert_that_nothing_went_wrong(pool: Pool, broker: Broker, submissions: int) -> None:
    rows = await pool.fetch("select score, studies_done from submissions")
    assert len(rows) == submissions
    assert {row["studies_done"] for row in rows} == {STUDIES}
    assert len({row["score"] for row in rows}) == 1, "whoever ran and scored it"
    assert await pool.fetchval("select count(*) from studies") == submissions * STUDIES
    assert await pool.fetchval("select sum(failures) from shards") == 0
    assert await pool.fetchval("select count(*) from executions where outcome <> 'done'") == 0
    assert await broker.count_waiting(DEAD) == 0


async def test_the_last_release_and_this_one_score_side_by_side_and_to_the_same_scores(
    pool: Pool, broker: Broker, settings: PlatformSettings, tmp_path: Path, last_release: Path
) -> None:
    settings = settings.with_changes(lease_s=60, message_lost_s=60)
    async with generations(settings, tmp_path, old=last_release, new=ROOT) as (old, new):
        await old.start("gateway", "dispatcher", "aggregator")
        team = await open_competition(old)
        await send(old.client(team))
        await wait_until(
            lambda: pool.fetchval("select count(*) = 8 from shards where state = 'released'"), what="released by old"
        )

        await new.start("gateway", "dispatcher", "aggregator")
        await send(new.client(team))
        await old.start("runner")
        await wait_until(lambda: all_are_scored(pool), what="the last release's runner serves both dispatchers")
        assert await pool.fetchval("select array_agg(distinct runner_id) from studies") == ["old-runner"]

        await send(old.client(team))
        await old.stop("dispatcher", "gateway", "aggregator")
        await new.start("runner")
        await send(new.client(team))
        await wait_until(lambda: all_are_scored(pool), what="both runners serve the new dispatcher")

        await old.stop("runner")
        await send(new.client(team))
        await wait_until(lambda: all_are_scored(pool), what="the new ones go on alone")
        await new.stop("runner", "dispatcher", "aggregator", "gateway")

    await assert_that_nothing_went_wrong(pool, broker, 5 * 3)
    last_three = "select distinct runner_id from studies st join (select id from submissions order by created_at desc"
    rows = await pool.fetch(f"{last_three} limit 3) s on s.id = st.submission_id")
    assert [row["runner_id"] for row in rows] == ["new-runner"]


async def test_the_last_release_goes_on_beside_the_new_schema(
    pool: Pool, broker: Broker, settings: PlatformSettings, tmp_path: Path, last_release: Path
) -> None:
    async with generations(settings, tmp_path, old=last_release) as (old,):
        await old.start("gateway", "dispatcher", "aggregator", "runner")
        await send(old.client(await open_competition(old)))
        await wait_until(lambda: all_are_scored(pool), what="scored")
        await old.stop("runner", "dispatcher", "aggregator", "gateway")

    await assert_that_nothing_went_wrong(pool, broker, 3)

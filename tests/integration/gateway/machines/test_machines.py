"""What organizers see of machines: how many the work wants and how many there are, and what a competition has cost."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from services.dispatcher import tables as dispatcher_tables
from services.gateway.settings import GatewaySettings
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.organizer_runs import start
from tests.support.gateway.running import Gateway, gateway_with_baseline
from tests.support.gateway.scores import measure_studies
from tests.support.gateway.submitting import submit
from tests.support.waiting import wait_until

SLOTS, LIMIT, PRICE = 4, 2, 0.5
HOUR_S = 3600.0


@pytest.fixture
async def gateway(gateway_settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The gateway of an operator who has said how many machines there may be and what one costs."""
    stated = {"runner_slots": SLOTS, "runners_limit": LIMIT, "machine_hour_price": PRICE}
    async with gateway_with_baseline(gateway_settings.model_copy(update=stated)) as gateway:
        yield gateway


async def ask(gateway: Gateway, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await gateway.organizer.get(f"/api/v1/admin{path}")).raise_for_status().json()
    return answer


async def submission_of(gateway: Gateway, pool: Pool, team: str, phase_name: str) -> list[UUID]:
    """The shards of a new submission."""
    found = (await submit(await gateway.team(team), phase=phase_name)).raise_for_status().json()["id"]
    await dispatcher_tables.expand_waiting(pool)
    return [row["id"] for row in await pool.fetch("select id from shards where submission_id = $1 order by id", found)]


async def execute(pool: Pool, shard: UUID, *attempts: tuple[str, float]) -> None:
    """Record attempts at a shard: how each ended, and how many hours a runner had it."""
    for attempt, (outcome, hours) in enumerate(attempts, start=1):
        await pool.execute(
            """
            insert into executions (shard_id, attempt, runner_id, outcome, released_at, taken_at, ended_at)
            values ($1, $2, 'r', $3, now() - interval '2 days', now() - make_interval(secs => $4), now())
            """,
            *(shard, attempt, outcome, hours * HOUR_S),
        )


async def test_machines_are_counted_as_the_operator_has_them(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    shards = await submission_of(gateway, pool, "a", "feedback")
    await pool.execute(
        """
        insert into runners (id, slots, ready, reason, seen_at) values
            ('works', 4, true, '', now()), ('full', 4, false, 'the disk is full', now()),
            ('gone', 4, true, '', now() - interval '1 hour')
        """
    )
    await pool.execute("update phases set cpus = 2")

    assert await ask(gateway, "/machines") == {
        "cpus_wanted": 2 * len(shards),
        "slots": SLOTS,
        "wanted": -(-2 * len(shards) // SLOTS),
        "ready": 1,
        "not_ready": 1,
        "limit": LIMIT,
        "at_limit": True,
    }


async def test_every_attempt_counts_and_what_runs_now(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase("practice"), phase("feedback", cpus=2)))
    (first, second, *_), (other, *_) = (
        await submission_of(gateway, pool, "a", "practice"),
        await submission_of(gateway, pool, "b", "feedback"),
    )
    await execute(pool, first, ("infrastructure_failure", 1), ("handed_back", 2), ("lease_expired", 4), ("done", 8))
    await execute(pool, other, ("fatal", 16))
    await pool.execute(
        "update shards set state = 'running', attempt = 1, taken_at = now() - interval '32 hours' where id = $1", second
    )

    spending = await ask(gateway, "/competitions/c/spending")

    cpu_hours = {kind: {each["name"]: each["cpu_hours"] for each in spending[kind]} for kind in ("phases", "teams")}
    assert cpu_hours["phases"] == pytest.approx({"practice": 15 + 32, "feedback": 2 * 16}, abs=0.01)
    assert cpu_hours["teams"] == pytest.approx({"a": 15 + 32, "b": 2 * 16}, abs=0.01)
    total = spending["total"]
    assert (total["executions"], spending["slots"], spending["price"]) == (6, SLOTS, PRICE)
    assert total["machine_hours"] == pytest.approx(79 / SLOTS, abs=0.01)
    assert total["cost"] == pytest.approx(79 / SLOTS * PRICE, abs=0.01)


async def test_an_attempt_whose_start_nobody_reported_took_what_its_studies_did(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    shard, lost, *_ = await submission_of(gateway, pool, "a", "feedback")
    await execute(pool, shard, ("done", 0))
    await execute(pool, lost, ("message_lost", 0))
    await pool.execute("update executions set taken_at = null")
    await pool.execute(
        """
        insert into studies (
            submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
            suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors,
            change
        )
        select
            submission_id, box_id, first_study, id, 1, 'r', '{{0}}', '{{0}}', '{{1800,900}}', '{600}', '{200}', 100,
            '[]', false, 0, 0, 1
        from shards where id = $1
        """,
        shard,
    )

    total = (await ask(gateway, "/competitions/c/spending"))["total"]

    assert (total["executions"], total["cpu_hours"]) == (2, 1.0)


async def test_what_the_organizer_ran_is_counted_apart_from_the_teams(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    (await start(gateway, boxes=["box-01"])).raise_for_status()
    await dispatcher_tables.expand_waiting(pool)
    for row in await pool.fetch("select id from shards"):
        await execute(pool, row["id"], ("done", 1))

    spending = await ask(gateway, "/competitions/c/spending")

    assert [each["name"] for each in spending["phases"]] == ["(organizer runs)"]
    assert [each["name"] for each in spending["teams"]] == ["(organizer)"]


async def test_a_competition_that_has_run_nothing_has_cost_nothing(gateway: Gateway) -> None:
    await gateway.apply(competition())

    spending = await ask(gateway, "/competitions/c/spending")

    assert spending["total"] == {"executions": 0, "cpu_hours": 0, "machine_hours": 0, "cost": 0}
    assert spending["phases"] == spending["teams"] == []


async def test_arena_cost_says_what_was_spent_and_how_many_machines_there_are(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    shard, *_ = await submission_of(gateway, pool, "a", "feedback")
    await execute(pool, shard, ("done", 8))
    arena = Arena(gateway.url)

    code, output, _ = await arena.run("cost", "--competition", "c")
    body = await arena.json("cost", "--competition", "c")

    assert code == 0
    assert "1.00 at 0.5 a machine-hour" in output
    assert "feedback\t1\t2.0\t1.00" in output
    assert "team\texecutions\tmachine-hours\tcost\tfeedback" in output
    assert "a\t1\t2.0\t1.00\t2.0" in output
    assert body["spending"]["total"]["machine_hours"] == 2.0
    assert body["machines"]["limit"] == LIMIT


async def test_an_estimate_counts_with_the_operators_machines_and_shows_what_was_spent(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition())
    arena = Arena(gateway.url)
    asked = asyncio.create_task(arena.json("estimate", "--competition", "c"))

    async def is_asked() -> bool:
        return await pool.fetchval("select count(*) = 2 from organizer_runs") is True

    await wait_until(is_asked, what="the estimate has its organizer runs")
    for row in await pool.fetch("select submission_id from organizer_runs"):
        await measure_studies(pool, str(row["submission_id"]), seconds=8)
    for row in await pool.fetch("select id from shards"):
        await execute(pool, row["id"], ("done", 4))
    body = await asked
    code, output, _ = await arena.run("estimate", "--competition", "c", "--price", "2", "--slots", "1")

    assert {name: body["plan"][name] for name in ("runners", "slots", "price")} == {
        "runners": LIMIT,
        "slots": SLOTS,
        "price": PRICE,
    }
    assert code == 0
    assert "machine-hours so far\t8.0 in 2 executions" in output
    assert "cost so far\t16.00 at 2 a machine-hour" in output
    assert "machines there\t0 ready (at most 2)" in output

"""The commands before a competition opens, as far as they go without a runner: what is asked for, and what is kept."""

import asyncio
import json
import signal
from pathlib import Path

from arena.failure import ExitCode
from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.gateway.competitions import competition
from tests.support.gateway.running import Gateway
from tests.support.waiting import limited, wait_until

BUILD = ("baseline", "build", "--competition", "c", "--name", "mine", "--random-studies", "2", "--strong-calls", "3")


async def interrupted(gateway: Gateway, pool: Pool, *command: str, organizer_runs: int) -> tuple[int | None, str]:
    """Run a command until it has its organizer runs, press Ctrl-C; returns the exit code and stderr."""
    before = await pool.fetchval("select now()")
    process = await Arena(gateway.url).start(*command, "--json")

    async def all_asked() -> bool:
        asked: int = await pool.fetchval("select count(*) from organizer_runs where created_at > $1", before)
        return asked == organizer_runs

    await wait_until(all_asked, what="the command has its organizer runs")
    process.send_signal(signal.SIGINT)
    async with limited():
        _, errors = await process.communicate()
    return process.returncode, errors.decode()


async def test_an_interrupted_build_and_an_interrupted_estimate_lose_nothing(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())

    code, errors = await interrupted(gateway, pool, *BUILD, organizer_runs=4)
    assert code == ExitCode.STOPPED
    assert "Nothing is lost" in errors
    kept = {row["key"] for row in await pool.fetch("select key from organizer_runs")}
    await interrupted(gateway, pool, *BUILD, organizer_runs=4)
    assert {row["key"] for row in await pool.fetch("select key from organizer_runs")} == kept
    assert await pool.fetchval("select count(*) from submissions where ended_at is null") == 4

    await interrupted(gateway, pool, "estimate", "--competition", "c", organizer_runs=2)
    assert await pool.fetchval("select count(*) from submissions where ended_at is null") == 6


async def test_a_node_that_failed_is_named_with_its_cure_and_runs_again(
    gateway: Gateway, pool: Pool, tmp_path: Path
) -> None:
    await gateway.apply(competition())
    await interrupted(gateway, pool, *BUILD, organizer_runs=4)
    failed = await pool.fetchval(
        "update submissions set state = 'failed', verdict = 'constructor_raised', ended_at = now() "
        "where id = (select submission_id from organizer_runs "
        "where purpose = 'baseline-strong' and document -> 'boxes' ->> 0 = 'box-02') "
        "returning id"
    )
    arena = Arena(gateway.url, tmp_path)

    async def fail_again() -> bool:
        return bool(
            await pool.execute(
                "update submissions set state = 'failed', verdict = 'constructor_raised', ended_at = now() "
                "where ended_at is null and id = (select submission_id from organizer_runs "
                "where purpose = 'baseline-strong' and document -> 'boxes' ->> 0 = 'box-02') and id <> $1",
                failed,
            )
            == "UPDATE 1"
        )

    command = asyncio.create_task(arena.run(*BUILD, "--json"))
    await wait_until(fail_again, what="the failed node was asked for again")
    code, _, errors = await command

    assert code == 1
    detail = json.loads(errors)["detail"]
    assert "strong.zip" in detail
    assert "box-02" in detail
    assert "constructor_raised" in detail
    assert "what has succeeded stays" in detail


async def test_what_cannot_be_planned_is_said_with_what_can(gateway: Gateway, tmp_path: Path) -> None:
    await gateway.apply(competition())
    arena = Arena(gateway.url, tmp_path)

    code, _, errors = await arena.run("estimate", "--competition", "c", "--boxes", "box-01,box-99")
    assert (code, errors) == (1, "arena: Expected black boxes of c, which has box-01, box-02; got box-99.\n")

    code, _, errors = await arena.run("baseline", "check", "--name", "official")
    assert code == 1
    assert "'arena baseline build'" in errors

    assert (await arena.json("baseline", "graph", "--competition", "c"))["nodes"] == []

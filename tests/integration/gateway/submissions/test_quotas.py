"""How much a team may submit: by day, and at the same time."""

import asyncio
from typing import Any

import pytest

from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import count_submissions, make_zip, submit
from tests.support.waiting import limited


async def test_over_the_daily_quota_is_429_and_says_when(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase(attempts_per_day=1)))
    team = await gateway.team("a")
    (await submit(team)).raise_for_status()

    refused = await submit(team)

    assert_problem(refused, 429, "may make 1")
    assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400
    assert await count_submissions(pool) == 1
    assert (await submit(await gateway.team("b"))).status_code == 202


async def test_too_many_unended_submissions_are_429(gateway: Gateway) -> None:
    await gateway.apply(competition(phase(active_submissions=1)))
    team = await gateway.team("a")
    first = (await submit(team)).json()

    refused = await submit(team)
    assert_problem(refused, 429, "may have 1")
    assert int(refused.headers["Retry-After"]) > 0

    (await team.post(f"/api/v1/submissions/{first['id']}/cancel")).raise_for_status()
    assert (await submit(team)).status_code == 202


ENDINGS = {
    # how it ended: state, verdict, studies done; whether it counts as an attempt, and as scored
    "scored": ("scored", "scored", 4, True, True),
    "the team's failure": ("failed", "process_died", 1, True, False),
    "a limit": ("failed", "out_of_memory", 0, True, False),
    "a fault of the platform": ("failed", "platform_fault", 1, False, False),
    "cancelled while queued": ("cancelled", "cancelled", 0, False, False),
    "cancelled with a first score": ("cancelled", "cancelled", 1, True, False),
}


@pytest.mark.parametrize("quota", ["attempts_per_day", "scored_per_day"])
@pytest.mark.parametrize("ending", ENDINGS)
async def test_what_counts_against_a_quota(gateway: Gateway, pool: Pool, quota: str, ending: str) -> None:
    state, verdict, done, attempt, scored = ENDINGS[ending]
    changes: dict[str, Any] = {quota: 1}
    await gateway.apply(competition(phase(**changes)))
    team = await gateway.team("a")
    (await submit(team)).raise_for_status()
    await pool.execute(
        "update submissions set state = $1, verdict = $2, studies_done = $3, ended_at = now()", state, verdict, done
    )

    counts = attempt if quota == "attempts_per_day" else scored
    assert (await submit(team)).status_code == (429 if counts else 202)


async def test_yesterdays_submissions_cost_nothing_today(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase(attempts_per_day=1, scored_per_day=1)))
    team = await gateway.team("a")
    (await submit(team)).raise_for_status()
    await pool.execute(
        "update submissions set state = 'scored', verdict = 'scored', ended_at = now(), "
        "created_at = now() - interval '25 hours'"
    )

    assert (await submit(team)).status_code == 202


async def test_two_submissions_at_once_do_not_slip_through_the_quota(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase(attempts_per_day=1)))
    team = await gateway.team("a")

    answers = await asyncio.gather(*(submit(team, make_zip(b"%d" % number)) for number in range(5)))

    assert sorted(answer.status_code for answer in answers) == [202, 429, 429, 429, 429]
    assert await count_submissions(pool) == 1


async def test_a_submission_does_not_wait_while_the_dispatcher_gives_its_team_a_turn(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.apply(competition(phase()))
    team = await gateway.team("a")

    async with pool.acquire() as dispatcher, dispatcher.transaction(), limited():
        await dispatcher.execute("update teams set served_at = now()")
        assert (await submit(team)).status_code == 202

"""A phase under way: deadlines and quotas in one transaction, the choice, the freeze, priorities."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from websockets.asyncio.client import connect

from shared.database import Pool
from tests.support.gateway.answers import assert_problem, receive
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.scores import set_score
from tests.support.gateway.submitting import make_zip, submit
from tests.support.waiting import wait_until

PHASE = "/api/v1/admin/competitions/c/phases/feedback"
BOARD = "/api/v1/competitions/c/leaderboard"

WAITING = """
    select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')
"""


async def choosing(gateway: Gateway, pool: Pool, **changes: Any) -> httpx.AsyncClient:
    """A team in a phase whose teams choose what counts."""
    await gateway.apply(competition(phase(**changes)))
    await pool.execute("update phases set counting = 'chosen'")
    return await gateway.team("a")


async def scored(team: httpx.AsyncClient, pool: Pool, score: float) -> str:
    """Submit something and let it be scored."""
    identity: str = (await submit(team, make_zip(b"%f" % score))).raise_for_status().json()["id"]
    await set_score(pool, identity, score, "scored")
    return identity


async def board(client: httpx.AsyncClient) -> tuple[bool, list[tuple[str, float | None]]]:
    body = (await client.get(BOARD)).raise_for_status().json()
    return body["frozen"], [(row["team"], row["score"]) for row in body["rows"]]


@pytest.mark.parametrize("closes", ["now() - interval '1 second'", "now() + interval '1 hour'"])
async def test_a_submission_that_races_with_the_deadline_is_decided_under_the_phases_lock(
    gateway: Gateway, pool: Pool, closes: str
) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")

    async with pool.acquire() as organizer, organizer.transaction():
        await organizer.execute(f"update phases set closes_at = {closes}")  # noqa: S608 - from this test
        racing = asyncio.create_task(submit(team))
        await wait_until(lambda: pool.fetchval(WAITING), what="the submission waits for the phase")
    answer = await racing

    if "-" in closes:
        assert_problem(answer, 409, "closed")
    else:
        assert answer.status_code == 202
    assert await pool.fetchval("select count(*) from submissions") == (answer.status_code == 202)


async def test_what_waited_past_the_deadline_is_refused_though_it_came_in_time(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")

    async with pool.acquire() as other, other.transaction():
        await other.execute("select next_change(id) from phases")
        racing = asyncio.create_task(submit(team))
        await wait_until(lambda: pool.fetchval(WAITING), what="the submission waits for the phase")
        await other.execute("update phases set closes_at = clock_timestamp()")

    assert_problem(await racing, 409, "closed")
    assert await pool.fetchval("select count(*) from submissions") == 0


async def test_every_accepted_submission_was_made_before_the_deadline(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    teams = [await gateway.team(f"t{number}") for number in range(4)]

    async def close_when_some_are_in() -> None:
        await wait_until(lambda: pool.fetchval("select count(*) >= 8 from submissions"), what="some are in")
        await pool.execute("update phases set closes_at = clock_timestamp()")

    async def flood(team: httpx.AsyncClient) -> list[int]:
        statuses = [202]
        while statuses[-1] == 202:
            statuses.append((await submit(team, phase="feedback")).status_code)
        return statuses

    statuses, _ = await asyncio.gather(asyncio.gather(*map(flood, teams)), close_when_some_are_in())

    assert {each[-1] for each in statuses} == {409}
    assert await pool.fetchval(
        "select bool_and(s.created_at < p.closes_at) from submissions s join phases p on p.id = s.phase_id"
    )


async def test_a_teams_own_quota_goes_before_the_phases_and_for_that_team_alone(gateway: Gateway) -> None:
    await gateway.apply(competition(phase(attempts_per_day=1)))
    lucky, other = await gateway.team("lucky"), await gateway.team("other")
    path = "/api/v1/admin/competitions/c/teams/lucky/quota"

    granted = await gateway.organizer.put(path, json={"phase": "feedback", "attempts_per_day": 2})
    statuses = [(await submit(team)).status_code for team in (lucky, lucky, lucky, other, other)]
    await gateway.organizer.put(path, json={"phase": "feedback"})

    assert granted.json()["attempts_per_day"] == 2
    assert statuses == [202, 202, 429, 202, 429]
    assert_problem(await submit(lucky), 429, "may make 1")


async def test_a_quota_for_nobody_or_no_phase_is_refused(gateway: Gateway) -> None:
    await gateway.apply(competition())
    await gateway.team("a")
    admin = "/api/v1/admin/competitions/c/teams"
    assert_problem(await gateway.organizer.put(f"{admin}/b/quota", json={"phase": "feedback"}), 404, "'b'")
    assert_problem(await gateway.organizer.put(f"{admin}/a/quota", json={"phase": "final"}), 404, "'final'")
    zero = {"phase": "feedback", "attempts_per_day": 0}
    assert_problem(await gateway.organizer.put(f"{admin}/a/quota", json=zero), 422)


async def test_the_chosen_submission_counts_until_another_is_chosen(gateway: Gateway, pool: Pool) -> None:
    team = await choosing(gateway, pool)
    low, high = await scored(team, pool, 10.0), await scored(team, pool, 90.0)
    boards = [await board(gateway.anyone)]
    for identity in (low, low, high):
        body = (await team.post(f"/api/v1/submissions/{identity}/choose")).raise_for_status().json()
        assert (body["id"], body["chosen"]) == (identity, True)
        boards.append(await board(gateway.anyone))

    assert [rows[0][1] for _, rows in boards] == [90.0, 10.0, 10.0, 90.0]
    assert await pool.fetchval("select count(*) from submissions where chosen") == 1


async def test_choices_at_once_leave_exactly_one(gateway: Gateway, pool: Pool) -> None:
    team = await choosing(gateway, pool)
    identities = [await scored(team, pool, float(score)) for score in range(4)]

    answers = await asyncio.gather(*(team.post(f"/api/v1/submissions/{each}/choose") for each in identities * 2))

    assert {answer.status_code for answer in answers} == {200}
    assert await pool.fetchval("select count(*) from submissions where chosen") == 1


async def test_what_cannot_be_chosen_is_refused_and_says_why(gateway: Gateway, pool: Pool) -> None:
    team = await choosing(gateway, pool)
    mine, queued = await scored(team, pool, 10.0), (await submit(team)).json()["id"]

    assert_problem(await team.post(f"/api/v1/submissions/{queued}/choose"), 409, "queued")
    assert_problem(await (await gateway.team("b")).post(f"/api/v1/submissions/{mine}/choose"), 404)
    await pool.execute("update phases set closes_at = now()")
    assert_problem(await team.post(f"/api/v1/submissions/{mine}/choose"), 409, "closed")
    await pool.execute("update phases set counting = 'best', closes_at = null")
    assert_problem(await team.post(f"/api/v1/submissions/{mine}/choose"), 409, "best")


async def test_a_frozen_leaderboard_stays_for_all_but_organizers(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    a, b = await gateway.team("a"), await gateway.team("b")
    await scored(a, pool, 50.0)
    running = (await submit(b)).json()["id"]

    frozen = (await gateway.organizer.post(f"{PHASE}/freeze")).raise_for_status().json()
    again = (await gateway.organizer.post(f"{PHASE}/freeze")).raise_for_status().json()
    await set_score(pool, running, 99.0, "scored")
    await scored(a, pool, 70.0)

    assert frozen["frozen_at"] == again["frozen_at"] is not None
    for client in (gateway.anyone, a, b):
        assert await board(client) == (True, [("a", 50.0)])
    assert await board(gateway.organizer) == (True, [("b", 99.0), ("a", 70.0)])
    assert (await b.get(f"/api/v1/submissions/{running}")).json()["score"] == 99.0
    (await gateway.organizer.post(f"{PHASE}/unfreeze")).raise_for_status()
    assert await board(gateway.anyone) == (False, [("b", 99.0), ("a", 70.0)])


async def test_a_choice_made_after_the_freeze_is_seen_after_it(gateway: Gateway, pool: Pool) -> None:
    team = await choosing(gateway, pool)
    low, high = await scored(team, pool, 10.0), await scored(team, pool, 90.0)
    (await team.post(f"/api/v1/submissions/{low}/choose")).raise_for_status()
    (await gateway.organizer.post(f"{PHASE}/freeze")).raise_for_status()

    (await team.post(f"/api/v1/submissions/{high}/choose")).raise_for_status()

    assert await board(gateway.anyone) == (True, [("a", 10.0)])
    assert await board(gateway.organizer) == (True, [("a", 90.0)])


async def test_a_live_feed_says_when_it_is_frozen_and_then_rests(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    await scored(team, pool, 50.0)
    headers = {"Authorization": gateway.organizer.headers["Authorization"]}

    live = gateway.live("/competitions/c/live")
    async with connect(live) as public, connect(live, additional_headers=headers) as present:
        first = await receive(public), await receive(present)
        (await gateway.organizer.post(f"{PHASE}/freeze")).raise_for_status()
        froze = await receive(public), await receive(present)
        await scored(team, pool, 70.0)
        moved = await receive(present)
        while not moved["rows"] or moved["rows"][0]["score"] != 70.0:
            moved = await receive(present)
        (await gateway.organizer.post(f"{PHASE}/unfreeze")).raise_for_status()
        thawed = await receive(public)

    assert [message["frozen"] for message in (*first, *froze, moved, thawed)] == [False, False, True, True, True, False]
    assert [row["score"] for row in thawed["rows"]] == [70.0]


async def test_a_priority_is_set_while_the_submission_has_not_ended(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    identity = (await submit(team)).json()["id"]
    path = f"/api/v1/admin/submissions/{identity}/priority"

    answer = await gateway.organizer.post(path, json={"priority": 5})

    assert answer.json() == {"submission_id": identity, "priority": 5}
    assert (await gateway.organizer.get(f"/api/v1/admin/submissions/{identity}")).json()["priority"] == 5
    assert_problem(await gateway.organizer.post(path, json={"priority": 10**6}), 422)
    await set_score(pool, identity, 1.0, "scored")
    assert_problem(await gateway.organizer.post(path, json={"priority": 1}), 409, "scored")
    assert await pool.fetchval("select priority from submissions where id = $1", UUID(identity)) == 5

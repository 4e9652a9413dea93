"""The same upload again is the same submission."""

import asyncio

from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import count_submissions, make_zip, submit


async def test_the_same_key_and_body_get_the_first_answer_again(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase(attempts_per_day=1)))
    team = await gateway.team("a")

    first, again = await submit(team, key="k"), await submit(team, key="k", phase="feedback")

    assert (again.status_code, again.json()) == (202, first.json())
    assert await count_submissions(pool) == 1


async def test_an_answer_that_an_earlier_release_has_stored_is_given_again(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    first = (await submit(team, key="k")).json()
    # Written as in the first release: a field that is new since then must have a default.
    stored = {
        "id": first["id"], "competition": "c", "phase": "feedback", "team": "a", "filename": "a.zip", "state": "queued",
        "verdict": None, "verdict_sentence": None, "verdict_fault": None, "verdict_stage": None,
        "verdict_iteration": None, "verdict_detail": None, "score": None, "interval": None, "provisional": True,
        "chosen": False, "studies_total": 4, "studies_done": 0, "studies_timed_out": 0, "suggest_errors": 0,
        "observe_errors": 0, "queue_position": None, "remaining_s": None,
        "created_at": "2026-07-09T08:30:00.123456+00:00", "started_at": None, "ended_at": None, "change": 1,
    }  # fmt: skip
    await pool.execute("update idempotency_keys set answer = $1", stored)

    again = await submit(team, key="k")

    assert again.status_code == 202
    assert again.json() == stored | {
        "created_at": "2026-07-09T08:30:00.123456Z",
        "cut_offs": [],
        "environment": "small",
        "optimizer_images": [],
        "publish_zip": False,
    }


async def test_the_same_key_with_another_body_is_409(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")
    await submit(team, key="k")

    assert_problem(await submit(team, make_zip(b"other"), key="k"), 409, "Idempotency-Key")

    assert await count_submissions(pool) == 1
    assert (await submit(await gateway.team("b"), key="k")).status_code == 202


async def test_the_same_key_at_once_makes_one_submission(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    team = await gateway.team("a")

    answers = await asyncio.gather(*(submit(team, key="k") for _ in range(8)))

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await count_submissions(pool) == 1

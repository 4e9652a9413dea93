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

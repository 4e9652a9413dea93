"""Every problem has a code, from whatever part of the gateway it comes, and what a program needs beside it."""

from typing import Any

import pytest

from arena.words.problems import ProblemCode
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit

COMPETITION = "/api/v1/competitions/c"
OF_ANYONE = {
    ("GET", "/nowhere"): ProblemCode.NO_SUCH_ADDRESS,
    ("DELETE", COMPETITION): ProblemCode.METHOD_NOT_ALLOWED,
    ("GET", "/api/v1/competitions/d"): ProblemCode.NO_SUCH_COMPETITION,
    ("GET", f"{COMPETITION}/leaderboard?phase=none"): ProblemCode.NO_SUCH_PHASE,
    ("GET", "/api/v1/competitions?limit=0"): ProblemCode.INVALID_REQUEST,
    ("GET", "/api/v1/competitions?cursor=!"): ProblemCode.INVALID_CURSOR,
    ("GET", "/api/v1/admin/teams%00"): ProblemCode.UNREADABLE_REQUEST,
    ("GET", "/api/v1/admin/tokens"): ProblemCode.NO_TOKEN,
}


@pytest.fixture
async def opened(gateway: Gateway) -> Gateway:
    """A gateway with a competition of two open phases."""
    (await gateway.apply(competition(phase(), phase("practice")))).raise_for_status()
    return gateway


async def problem_of(answer: Any) -> tuple[str, dict[str, Any]]:
    body = answer.json()
    assert answer.status_code == body["status"] == ProblemCode(body["code"]).status
    return body["code"], body


async def test_a_problem_of_any_layer_has_a_code(opened: Gateway) -> None:
    for (method, path), code in OF_ANYONE.items():
        assert (await problem_of(await opened.anyone.request(method, path)))[0] == code, path


async def test_a_token_that_is_not_enough_is_told_apart_from_one_that_is_unknown(opened: Gateway) -> None:
    team = await opened.team("a")
    unknown = await opened.client("nonsense").get(COMPETITION)
    assert (await problem_of(unknown))[0] == ProblemCode.INVALID_TOKEN
    assert (await problem_of(await team.get("/api/v1/admin/tokens")))[0] == ProblemCode.WRONG_ROLE


async def test_a_submission_without_a_phase_is_told_which_are_open(opened: Gateway) -> None:
    code, body = await problem_of(await submit(await opened.team("a")))
    assert (code, body["open_phases"]) == (ProblemCode.PHASE_NEEDED, ["feedback", "practice"])

"""A final reopened as an everlasting benchmark: when that is allowed, and who may read what before and after."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.database import Pool
from tests.support.command_line import Arena
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.finals import enter_later, finish_final
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit

FINAL = "/api/v1/admin/competitions/c/phases/final"
EVERLASTING = "/api/v1/competitions/c/everlasting"
REVEALED = "/api/v1/competitions/c/revealed-boxes"
LEADERBOARD = "/api/v1/competitions/c/leaderboard?phase=final"


async def reopen(gateway: Gateway) -> httpx.Response:
    return await gateway.organizer.post(f"{FINAL}/reopen")


async def rows(client: httpx.AsyncClient) -> list[tuple[Any, ...]]:
    body = (await client.get(EVERLASTING)).raise_for_status().json()
    return [
        (row["team"], row["rank"], row["score"], row["later"], row["final_rank"], row["final_score"])
        for row in body["rows"]
    ]


async def test_before_it_is_reopened_nobody_learns_what_the_black_boxes_are(gateway: Gateway, pool: Pool) -> None:
    teams, finalists = await finish_final(gateway, pool)

    for client in (gateway.anyone, teams["a"], gateway.organizer):
        for path in (REVEALED, EVERLASTING):
            answer = await client.get(path)
            assert_problem(answer, 404, "not reopened")
            assert answer.json()["code"] == "not_reopened"
    assert (await teams["a"].get(f"/api/v1/submissions/{finalists['a']}/logs")).status_code == 404
    assert_problem(await submit(teams["c"], phase="final"), 404)


async def test_after_it_everybody_reads_the_black_boxes_and_each_team_its_own_logs_alone(
    gateway: Gateway, pool: Pool
) -> None:
    teams, finalists = await finish_final(gateway, pool)

    reopened = (await reopen(gateway)).raise_for_status().json()

    assert (reopened["attempts_per_day"], reopened["active_submissions"]) == (10, 2)
    first = (await gateway.anyone.get(f"{REVEALED}?limit=1")).raise_for_status().json()
    second = (await gateway.anyone.get(f"{REVEALED}?limit=1&cursor={first['next']}")).raise_for_status().json()
    assert first["black_boxes"] == [{"label": "box-01", "test_case": "DT_iris_acc"}]
    assert second == {"black_boxes": [{"label": "box-02", "test_case": "lasso_diabetes_mse"}], "next": None}
    assert (await teams["a"].get(f"/api/v1/submissions/{finalists['a']}/logs")).status_code == 200
    assert (await teams["b"].get(f"/api/v1/submissions/{finalists['a']}/logs")).status_code == 404
    assert (await gateway.anyone.get(f"/api/v1/submissions/{finalists['a']}/logs")).status_code == 401


async def test_logs_of_other_phases_stay_the_organizers(gateway: Gateway, pool: Pool) -> None:
    teams, _ = await finish_final(gateway, pool)
    (await reopen(gateway)).raise_for_status()

    own = (await teams["a"].get("/api/v1/competitions/c/submissions")).raise_for_status().json()["submissions"]
    of_feedback = next(each["id"] for each in own if each["phase"] == "feedback")

    assert_problem(await teams["a"].get(f"/api/v1/submissions/{of_feedback}/logs"), 403)


async def test_later_entries_are_ranked_with_those_of_the_final_and_marked(gateway: Gateway, pool: Pool) -> None:
    teams, _ = await finish_final(gateway, pool)
    (await reopen(gateway)).raise_for_status()
    assert await rows(gateway.anyone) == [("a", 1, 70.0, False, 1, 70.0), ("b", 2, 60.0, False, 2, 60.0)]

    await enter_later(pool, teams["b"], 65.0)
    await enter_later(pool, teams["c"], 80.0)
    new = await gateway.team("d")
    await enter_later(pool, new, 10.0)

    expected = [
        ("c", 1, 80.0, True, None, None),
        ("a", 2, 70.0, False, 1, 70.0),
        ("b", 3, 65.0, True, 2, 60.0),
        ("d", 4, 10.0, True, None, None),
    ]
    for client in (gateway.anyone, teams["a"], gateway.organizer):
        assert await rows(client) == expected
    frozen = (await gateway.anyone.get(LEADERBOARD)).raise_for_status().json()
    assert [(row["team"], row["score"]) for row in frozen["rows"]] == [("a", 70.0), ("b", 60.0)]
    page = (await gateway.anyone.get("/c/c/everlasting")).raise_for_status().text
    assert page.count("<td>later</td>") == 3
    assert "DT_iris_acc" in page


async def test_a_frozen_final_stays_frozen_once_its_phase_is_reopened(gateway: Gateway, pool: Pool) -> None:
    await finish_final(gateway, pool)
    (await reopen(gateway)).raise_for_status()

    for verb in ("freeze", "unfreeze"):
        answer = await gateway.organizer.post(f"{FINAL}/{verb}")
        assert_problem(answer, 409, "stays frozen")
        assert answer.json()["code"] == "reopened"


async def test_a_file_of_before_the_reopening_does_not_undo_it(gateway: Gateway, pool: Pool) -> None:
    await finish_final(gateway, pool)
    (await reopen(gateway)).raise_for_status()
    written = {"visibility": "public", "studies_per_box": 2, "attempts_per_day": 10, "active_submissions": 2}
    last = (await gateway.organizer.get("/api/v1/admin/competitions/c/revisions")).json()["revisions"][0]["document"]

    async def apply(**changes: Any) -> httpx.Response:
        phases = [each | written | changes if each["name"] == "final" else each for each in last["phases"]]
        return await gateway.apply({**last, "phases": phases})

    old = {
        "visibility": "organizer",
        "closes_at": "2020-01-01T00:00:00Z",
        "attempts_per_day": None,
        "active_submissions": None,
    }
    for key, value in old.items():
        refused = await apply(**{key: value})
        assert_problem(refused, 409, "Phase 'final' was reopened at ")
        assert [each["where"].split(".")[-1] for each in refused.json()["errors"]] == [key]
    for stated in ({}, {"closes_at": "2999-01-01T00:00:00Z"}):
        (await apply(**stated)).raise_for_status()


async def test_the_command_reopens_and_says_what_to_write_into_the_file(gateway: Gateway, pool: Pool) -> None:
    await finish_final(gateway, pool)

    code, output, errors = await Arena(gateway.url).run("competition", "reopen", "c", "--phase", "final")

    assert code == 0, errors
    assert "c / final: an everlasting benchmark since" in output
    assert "attempts_per_day = 10, active_submissions = 2" in errors
    assert (await gateway.anyone.get(REVEALED)).status_code == 200


async def test_reopening_again_changes_nothing(gateway: Gateway, pool: Pool) -> None:
    await finish_final(gateway, pool)

    first = (await reopen(gateway)).raise_for_status().json()
    second = (await reopen(gateway)).raise_for_status().json()

    assert first == second
    assert await pool.fetchval("select frozen_at from phases where name = 'final'") is not None


@pytest.mark.parametrize("closes", ["null", "now() + interval '1 day'"])
async def test_a_competition_that_takes_submissions_elsewhere_cannot_be_reopened(
    gateway: Gateway, pool: Pool, closes: str
) -> None:
    await finish_final(gateway, pool)
    await pool.execute(f"update phases set closes_at = {closes} where name = 'feedback'")  # noqa: S608 - from this test

    answer = await reopen(gateway)

    assert_problem(answer, 409, "feedback closes")
    assert answer.json()["code"] == "phase_not_ended"
    assert (await gateway.anyone.get(REVEALED)).status_code == 404


async def test_a_competition_with_a_submission_that_runs_cannot_be_reopened(gateway: Gateway, pool: Pool) -> None:
    _, finalists = await finish_final(gateway, pool)
    await pool.execute(
        "update submissions set ended_at = null, verdict = null, state = 'running' where id = $1", UUID(finalists["b"])
    )

    answer = await reopen(gateway)

    assert_problem(answer, 409, "1 submission has not ended")
    assert answer.json()["unended"] == 1


async def test_a_phase_without_a_score_was_no_final_and_a_practice_phase_has_no_secrets(
    gateway: Gateway, pool: Pool
) -> None:
    practice = phase("practice", practice=True, boxes=["box-01"])
    final = phase("final", visibility="organizer", boxes=["box-02"])
    (await gateway.apply(competition(practice, final))).raise_for_status()

    of_final = await reopen(gateway)
    of_practice = await gateway.organizer.post(FINAL.replace("final", "practice") + "/reopen")

    assert of_final.json()["code"] == "nothing_scored"
    assert of_practice.json()["code"] == "phase_not_ended"
    assert not await pool.fetchval("select count(*) from reopenings")


async def test_teams_and_strangers_cannot_reopen(gateway: Gateway, pool: Pool) -> None:
    teams, _ = await finish_final(gateway, pool)

    assert (await teams["a"].post(f"{FINAL}/reopen")).status_code == 403
    assert (await gateway.anyone.post(f"{FINAL}/reopen")).status_code == 401
    assert (await gateway.anyone.get(REVEALED)).status_code == 404

"""The final: who gets in, asking again, and what is refused."""

import asyncio
from typing import Any
from uuid import UUID

import httpx

from services.dispatcher import tables as dispatcher_tables
from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.finals import end, set_up
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit

PATH = "/api/v1/admin/competitions/c/final"
QUERY = {"from": "feedback", "phase": "final"}


async def start(gateway: Gateway, **changes: Any) -> httpx.Response:
    return await gateway.organizer.post(PATH, json={**QUERY, "top": 2, "studies": 7, **changes})


async def test_the_best_teams_counting_submissions_run_again_each_study_a_shard_of_its_own(
    gateway: Gateway, pool: Pool
) -> None:
    teams, ids = await set_up(gateway, pool)

    started = (await start(gateway)).raise_for_status().json()

    assert [(each["team"], each["origin_id"]) for each in started["finalists"]] == [("a", ids["a"]), ("b", ids["b"])]
    assert [(each["feedback_rank"], each["feedback_score"]) for each in started["finalists"]] == [(1, 90.0), (2, 80.0)]
    assert set(started["new"]) == {each["submission_id"] for each in started["finalists"]}
    assert (started["studies_per_box"], started["shared_boxes"], started["ended"]) == (7, [], False)
    assert {each["studies_total"] for each in started["finalists"]} == {7}
    newest = (await gateway.organizer.get("/api/v1/admin/competitions/c/revisions")).json()["revisions"][0]
    assert [each["studies_per_box"] for each in newest["document"]["phases"] if each["name"] == "final"] == [7]
    named = await pool.fetch("select revision from submissions where origin_id is not null")
    assert {row["revision"] for row in named} == {newest["revision"]}, "a score names what it comes from"
    await dispatcher_tables.expand_waiting(pool)
    shards = await pool.fetch("select n_studies from shards where submission_id = $1", UUID(started["new"][0]))
    assert [row["n_studies"] for row in shards] == [1] * 7

    mine = (await teams["a"].get("/api/v1/competitions/c/submissions")).json()["submissions"]
    assert {each["phase"] for each in mine} == {"feedback"}, "the final is the organizer's until it is revealed"
    assert (await teams["a"].get(f"/api/v1/submissions/{started['new'][0]}")).status_code == 404


def allow(environments: list[str]) -> dict[str, Any]:
    """Return the competition of `set_up` with a final that allows these environments."""
    final = phase("final", visibility="organizer", boxes=["box-02"], studies_per_box=5, environments=environments)
    return competition(phase(boxes=["box-01"], environments=["small", "modern"]), final)


async def test_finalists_keep_their_environments_in_the_images_that_the_final_pins(
    gateway: Gateway, pool: Pool
) -> None:
    pinned = f"modern@sha256:{'9f' * 32}"
    await set_up(gateway, pool)
    (await gateway.apply(allow(["small", pinned]))).raise_for_status()
    await pool.execute("update submissions set environment = 'modern' where score = 90")

    finalists = (await start(gateway)).raise_for_status().json()["finalists"]

    assert [(each["team"], each["environment"]) for each in finalists] == [("a", pinned), ("b", "small")]


async def test_a_final_that_does_not_allow_its_finalists_environments_is_refused_before_anything_is_copied(
    gateway: Gateway, pool: Pool
) -> None:
    await set_up(gateway, pool)
    (await gateway.apply(allow(["classic", "small"]))).raise_for_status()
    await pool.execute("update submissions set environment = 'modern' where score = 90")

    refused = await start(gateway)

    assert_problem(refused, 409, "(classic, small), got modern (a)")
    assert (refused.json()["environments"], refused.json()["finalists"]) == (["classic", "small"], {"modern": ["a"]})
    assert await pool.fetchval("select count(*) from submissions where origin_id is not null") == 0
    studies = await pool.fetchval("select studies_per_box from phases where name = 'final'")
    assert studies == 5, "the final stays as it was applied"


async def test_asked_again_it_adds_only_what_is_missing(gateway: Gateway, pool: Pool) -> None:
    _, ids = await set_up(gateway, pool)
    first = (await start(gateway)).json()

    again = (await start(gateway)).raise_for_status().json()
    assert again["new"] == []
    assert again["finalists"] == first["finalists"]
    assert await pool.fetchval("select count(*) from competition_revisions") == 2, "as applied, and with more studies"

    more = (await start(gateway, top=20)).raise_for_status().json()
    assert len(more["new"]) == 1
    assert {each["origin_id"] for each in more["finalists"]} == {ids["a"], ids["b"], ids["c"]}
    assert [each["team"] for each in (await start(gateway)).json()["finalists"]] == ["a", "b", "c"], "nobody leaves"


async def test_many_requests_at_once_make_one_final(gateway: Gateway, pool: Pool) -> None:
    await set_up(gateway, pool)
    answers = await asyncio.gather(*(start(gateway) for _ in range(5)))
    assert sum(len(answer.raise_for_status().json()["new"]) for answer in answers) == 2
    assert await pool.fetchval("select count(*) from submissions where origin_id is not null") == 2


async def test_a_run_that_the_platform_failed_is_run_again_and_one_that_its_team_failed_is_not(
    gateway: Gateway, pool: Pool
) -> None:
    _, ids = await set_up(gateway, pool)
    a, b = (each["submission_id"] for each in (await start(gateway)).json()["finalists"])
    await end(pool, a, "failed", "platform_fault")
    await end(pool, b, "failed", "out_of_memory")

    again = (await start(gateway)).raise_for_status().json()

    by_team = {each["team"]: each for each in again["finalists"]}
    assert again["new"] == [by_team["a"]["submission_id"]] != [a]
    assert (by_team["a"]["state"], by_team["a"]["origin_id"]) == ("queued", ids["a"])
    assert (by_team["b"]["submission_id"], by_team["b"]["verdict"]) == (b, "out_of_memory")


async def test_a_final_waits_for_the_feedback_phase_to_end_unless_told_otherwise(gateway: Gateway, pool: Pool) -> None:
    teams, _ = await set_up(gateway, pool)
    (await submit(teams["c"], phase="feedback")).raise_for_status()

    assert_problem(await start(gateway), 409, "1 have not")
    assert await pool.fetchval("select studies_per_box from phases where name = 'final'") == 5, "nothing changed"

    assert len((await start(gateway, even_if_unended=True)).raise_for_status().json()["new"]) == 2


async def test_a_final_with_submissions_keeps_its_number_of_studies(gateway: Gateway, pool: Pool) -> None:
    await set_up(gateway, pool)
    (await start(gateway)).raise_for_status()

    assert_problem(await start(gateway, studies=8), 409, "7 studies on each black box, got 8")


async def test_what_cannot_be_a_final_is_refused(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition(phase(), phase("final")))
    assert_problem(await start(gateway), 409, "nobody is in the final")
    assert_problem(await start(gateway, phase="feedback"), 422, "different phases, got feedback, feedback")
    assert_problem(await start(gateway, phase="none"), 404, "none")
    assert_problem(await start(gateway, **{"from": "none"}), 404, "none")
    assert_problem(await start(gateway, top=0), 422, "top")
    assert_problem(await start(gateway, colour="red"), 422, "colour")
    assert await pool.fetchval("select count(*) from submissions") == 0


async def test_the_same_finalists_run_in_a_second_phase_with_hidden_names(gateway: Gateway, pool: Pool) -> None:
    _, ids = await set_up(gateway, pool, second_phase={})
    first = (await start(gateway)).raise_for_status().json()
    await pool.execute("update submissions set score = 99 where id = $1", UUID(ids["c"]))  # and leads since then

    both = (await start(gateway, second_phase="blind")).raise_for_status().json()

    hidden = (await gateway.organizer.get(PATH, params=QUERY | {"phase": "blind"})).json()
    assert [both["parameter_names"], hidden["parameter_names"]] == ["visible", "hidden"]
    in_the_final = {"a": ids["a"], "b": ids["b"], "c": ids["c"]}
    for shown in (both, hidden):
        assert {each["team"]: each["origin_id"] for each in shown["finalists"]} == in_the_final
    assert {each["submission_id"] for each in first["finalists"]} <= {
        each["submission_id"] for each in both["finalists"]
    }
    assert len(both["new"]) == 4, "one in the final's phase, three in the second"
    assert hidden["studies_per_box"] == both["studies_per_box"] == 7
    again = (await start(gateway, second_phase="blind")).raise_for_status().json()
    assert (again["new"], again["finalists"]) == ([], both["finalists"])


async def test_a_second_phase_differs_in_nothing_but_the_names(gateway: Gateway, pool: Pool) -> None:
    await set_up(gateway, pool, second_phase={"parameter_names": "visible", "boxes": ["box-01"], "n_calls": 4})

    refused = await start(gateway, second_phase="blind")

    assert_problem(refused, 422, "has the same parameter_names and has other boxes, n_calls")
    assert_problem(await start(gateway, second_phase="final"), 422, "different phases")
    assert_problem(await start(gateway, second_phase="none"), 404, "none")
    assert await pool.fetchval("select count(*) from submissions where origin_id is not null") == 0


async def test_losses_of_every_study_are_shown_of_those_that_are_scored(gateway: Gateway, pool: Pool) -> None:
    await set_up(gateway, pool)
    a, b = (each["submission_id"] for each in (await start(gateway, studies=2)).json()["finalists"])
    await dispatcher_tables.expand_waiting(pool)
    for submission in (a, b):
        await pool.execute(
            """
            insert into studies (
                submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
                suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors,
                observe_errors, loss, change
            )
            select submission_id, box_id, first_study, id, 1, 'r', '{{1}}', '{{1}}', '{{1}}', '{1}', '{1}', 0, '[]',
                false, 0, 0, 0.25 * first_study, 1
            from shards where submission_id = $1
            """,
            UUID(submission),
        )
    await end(pool, b, score=87.5)

    shown = (await gateway.organizer.get(PATH, params={**QUERY, "losses": True})).raise_for_status().json()

    assert [(each["team"], each["losses"]) for each in shown["finalists"]] == [
        ("b", {"box-02": [0.0, 0.25]}),
        ("a", None),
    ]
    plain = (await gateway.organizer.get(PATH, params=QUERY)).json()
    assert plain["finalists"][0]["losses"] is None

"""A phase is scored again in a candidate, which is then applied or discarded."""

import re
import tomllib
from typing import Any
from uuid import UUID

import httpx

from shared.database import Pool
from tests.support.gateway.competitions import competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip, submit

PATH = "/api/v1/admin/competitions/c/phases/feedback/rescore"


async def score(pool: Pool, submission: str | UUID, score: float) -> None:
    """End a submission with a score, as if its studies had run."""
    await pool.execute(
        "update submissions set state = 'scored', verdict = 'scored', ended_at = now(), score = $2, "
        "studies_done = studies_total where id = $1",
        UUID(str(submission)),
        score,
    )


async def set_up(gateway: Gateway, pool: Pool, **quotas: Any) -> tuple[dict[str, httpx.AsyncClient], dict[str, str]]:
    """Two teams: `a` leads `b`; `a` has a worse submission too."""
    await gateway.apply(competition(phase(**quotas)))
    teams = {name: await gateway.team(name) for name in "ab"}
    ids = {}
    for name, team, points in (("a", "a", 90.0), ("worse", "a", 10.0), ("b", "b", 80.0)):
        answer = await submit(teams[team], make_zip(f"class {name}: ...".encode()))
        ids[name] = answer.raise_for_status().json()["id"]
        await score(pool, ids[name], points)
    return teams, ids


async def candidate(gateway: Gateway, **body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await gateway.organizer.post(PATH, json=body)).raise_for_status().json()
    return answer


async def test_a_candidate_is_seen_by_the_organizer_alone_and_applied_takes_the_phases_place(
    gateway: Gateway, pool: Pool
) -> None:
    teams, ids = await set_up(gateway, pool)

    shown = await candidate(gateway, studies_per_box=3, limits={"study_timeout_s": 60})
    copies = {each["team"]: each["new_id"] for each in shown["submissions"]}
    assert shown["changes"]["studies_per_box"] == 3
    assert shown["changes"]["limits"]["study_timeout_s"] == 60
    assert {each["old_id"] for each in shown["submissions"]} == {ids["a"], ids["b"]}, "those that count"
    assert shown["progress"]["studies_total"] == 2 * 2 * 3
    mine = (await teams["a"].get("/api/v1/competitions/c/submissions")).json()["submissions"]
    assert {each["id"] for each in mine} == {ids["a"], ids["worse"]}
    assert (await teams["a"].get(f"/api/v1/submissions/{copies['a']}")).status_code == 404
    assert (await gateway.organizer.post(f"{PATH}/apply")).status_code == 409, "it runs"

    await score(pool, copies["a"], 70.0)
    await score(pool, copies["b"], 75.0)
    shown = (await gateway.organizer.get(PATH)).json()
    assert shown["ended"]
    assert [(row["team"], row["old_rank"], row["new_rank"]) for row in shown["teams"]] == [("a", 1, 2), ("b", 2, 1)]

    applied = (await gateway.organizer.post(f"{PATH}/apply")).raise_for_status().json()

    rows = (await gateway.anyone.get("/api/v1/competitions/c/leaderboard")).json()["rows"]
    assert [(row["team"], row["score"], row["submission_id"]) for row in rows] == [
        ("b", 75.0, copies["b"]),
        ("a", 70.0, copies["a"]),
    ]
    (now,) = (await gateway.anyone.get("/api/v1/competitions/c")).json()["phases"]
    assert (now["name"], now["studies_per_box"], now["limits"]["study_timeout_s"]) == ("feedback", 3, 60)
    kinds = await pool.fetch("select kind, name, studies_per_box from phases order by kind")
    assert [tuple(row) for row in kinds] == [("archived", "feedback", 2), ("competition", "feedback", 3)]
    kept = (await teams["a"].get(f"/api/v1/submissions/{ids['a']}")).json()
    assert kept["score"] == 90.0, "what was stays on record"
    new = (await submit(teams["b"])).raise_for_status().json()
    assert await pool.fetchval("select studies_total from submissions where id = $1", UUID(new["id"])) == 6
    revisions = await pool.fetch("select revision from competition_revisions")
    assert applied["revision"] in {row["revision"] for row in revisions}
    assert (
        await pool.fetchval("select revision from submissions where id = $1", UUID(copies["a"]))
        == (applied["revision"])
    )
    assert (await gateway.organizer.get(PATH)).status_code == 404


async def test_ties_in_a_rescoring_rank_as_on_the_leaderboard(gateway: Gateway, pool: Pool) -> None:
    _, ids = await set_up(gateway, pool)
    await pool.execute("update submissions set score = 80 where id = $1", UUID(ids["a"]))
    await pool.execute("update submissions set ended_at = now() + interval '1 second' where id = $1", UUID(ids["a"]))
    new = {each["team"]: each["new_id"] for each in (await candidate(gateway, studies_per_box=3))["submissions"]}
    for team in "ba":  # b ends first again
        await score(pool, new[team], 70.0)

    teams = (await gateway.organizer.get(PATH)).json()["teams"]
    before = (await gateway.organizer.get("/api/v1/competitions/c/leaderboard")).json()["rows"]
    (await gateway.organizer.post(f"{PATH}/apply")).raise_for_status()
    after = (await gateway.organizer.get("/api/v1/competitions/c/leaderboard")).json()["rows"]

    assert [(each["team"], each["old_rank"], each["new_rank"]) for each in teams] == [("b", 1, 1), ("a", 2, 2)]
    assert [each["team"] for each in before] == [each["team"] for each in after] == ["b", "a"]


async def test_the_file_of_before_is_refused_with_what_to_write_and_with_that_it_changes_nothing(
    gateway: Gateway, pool: Pool
) -> None:
    await gateway.import_official_baseline()
    await set_up(gateway, pool, baseline="official@1")
    changes = {"studies_per_box": 3, "n_calls": 8, "boxes": ["box-02"], "baseline": "official@2"}
    shown = await candidate(gateway, **changes, limits={"study_timeout_s": 60})
    for each in shown["submissions"]:
        await score(pool, each["new_id"], 1.0)
    applied = (await gateway.organizer.post(f"{PATH}/apply")).raise_for_status().json()
    old = phase(baseline="official@1", limits={"study_timeout_s": 640})

    refused = (await gateway.apply(competition(old))).json()["errors"]

    written = [
        re.fullmatch(r"Write (\w+ = .+?)(?: instead of a split)?, or add a phase\.", each["cure"]) for each in refused
    ]
    assert tomllib.loads("\n".join(each[1] for each in written if each)) == changes
    planned = await gateway.organizer.post("/api/v1/admin/competitions/c/diff", json=competition(old | changes))
    assert planned.json()["refusals"] == []
    assert planned.json()["changes"] == [
        {"sign": "~", "what": "phase feedback: limits.study_timeout_s", "before": 60, "after": 640}
    ], "limits may be changed while a phase runs, so this is a change like any other"
    now = competition(old | changes | {"limits": {"study_timeout_s": 60}})
    assert (await gateway.apply(now)).raise_for_status().json()["revision"] == applied["revision"]


async def test_no_team_gains_or_loses_quota_by_a_rescoring(gateway: Gateway, pool: Pool) -> None:
    teams, ids = await set_up(gateway, pool, attempts_per_day=3)
    shown = await candidate(gateway, everything=True, studies_per_box=3)
    assert {each["old_id"] for each in shown["submissions"]} == set(ids.values())
    for each in shown["submissions"]:
        await score(pool, each["new_id"], 1.0)
    (await gateway.organizer.post(f"{PATH}/apply")).raise_for_status()

    third = await submit(teams["a"], make_zip(b"class Third: ..."))
    fourth = await submit(teams["a"], make_zip(b"class Fourth: ..."))

    assert (third.status_code, fourth.status_code) == (202, 429)


async def test_what_a_team_chose_stays_chosen(gateway: Gateway, pool: Pool) -> None:
    _, ids = await set_up(gateway, pool)
    await pool.execute("update phases set counting = 'chosen'")
    await pool.execute("update submissions set chosen = true where id = $1", UUID(ids["worse"]))
    shown = await candidate(gateway, n_calls=4)
    assert {each["old_id"] for each in shown["submissions"]} == {ids["worse"], ids["b"]}
    for each in shown["submissions"]:
        await score(pool, each["new_id"], 1.0)
    (await gateway.organizer.post(f"{PATH}/apply")).raise_for_status()

    chosen = await pool.fetchval("select origin_id from submissions where chosen and origin_id is not null")
    assert str(chosen) == ids["worse"]


async def test_a_part_is_not_applied_and_more_can_be_added(gateway: Gateway, pool: Pool) -> None:
    _, ids = await set_up(gateway, pool)
    shown = await candidate(gateway, submissions=[ids["a"]], studies_per_box=4)
    await score(pool, shown["submissions"][0]["new_id"], 1.0)
    refused = await gateway.organizer.post(f"{PATH}/apply")
    assert (refused.status_code, "not run again: b" in refused.json()["detail"]) == (409, True)
    assert (await gateway.organizer.post(PATH, json={"studies_per_box": 5})).status_code == 409, "another change"

    more = await candidate(gateway, studies_per_box=4)

    assert {each["old_id"] for each in more["submissions"]} == {ids["a"], ids["b"]}
    assert more["candidate"] == shown["candidate"]
    for each in more["submissions"]:
        await score(pool, each["new_id"], 1.0)
    (await gateway.organizer.post(f"{PATH}/apply")).raise_for_status()
    again = await candidate(gateway, studies_per_box=2)
    assert again["progress"]["submissions"] == 2, "what was applied can be scored again"


async def test_a_phase_with_hidden_names_is_scored_again_with_hidden_names(gateway: Gateway, pool: Pool) -> None:
    await set_up(gateway, pool)
    await pool.execute("update phases set parameter_names = 'hidden' where name = 'feedback'")

    await candidate(gateway, studies_per_box=3)

    assert await pool.fetchval("select parameter_names from phases where kind = 'rescoring_candidate'") == "hidden"


async def test_what_is_scored_again_keeps_its_environment_also_one_that_the_phase_no_longer_allows(
    gateway: Gateway, pool: Pool
) -> None:
    await set_up(gateway, pool, environments=["small", "modern"])
    await pool.execute("update submissions set environment = 'modern' where score = 80")
    pinned = f"small@sha256:{'9f' * 32}"
    (await gateway.apply(competition(phase(environments=[pinned])))).raise_for_status()

    await candidate(gateway)

    copies = await pool.fetch(
        "select t.name, s.environment from submissions s join teams t on t.id = s.team_id where origin_id is not null"
    )
    assert dict(map(tuple, copies)) == {"a": pinned, "b": "modern"}


async def test_a_discarded_candidate_is_stopped_and_out_of_view(gateway: Gateway, pool: Pool) -> None:
    _, _ = await set_up(gateway, pool)
    shown = await candidate(gateway, boxes=["box-01"])
    assert shown["changes"] == {"boxes": ["box-01"]}

    discarded = (await gateway.organizer.post(f"{PATH}/discard")).raise_for_status().json()

    assert set(discarded["stopped"]) == {each["new_id"] for each in shown["submissions"]}
    assert (await gateway.organizer.get(PATH)).status_code == 404
    assert (await gateway.organizer.post(f"{PATH}/discard")).status_code == 404
    assert await pool.fetchval("select count(*) from submissions where state = 'cancelled'") == 2
    await candidate(gateway)


async def test_a_candidate_that_cannot_be_is_refused_and_leaves_nothing(gateway: Gateway, pool: Pool) -> None:
    _, ids = await set_up(gateway, pool)
    bad: list[dict[str, Any]] = [
        {"boxes": ["box-99"]},
        {"baseline": "nobody"},
        {"baseline": "official@x"},
        {"n_calls": 1000},
        {"limits": {"pids_limit": 0}},
        {"limits": {"unknown": 1}},
        {"submissions": ["00000000-0000-0000-0000-000000000000"]},
        {"unknown": 1},
    ]
    for body in bad:
        assert (await gateway.organizer.post(PATH, json=body)).status_code == 422, body
    assert await pool.fetchval("select count(*) from phases where kind = 'rescoring_candidate'") == 0
    await pool.execute("update submissions set score = null, state = 'cancelled', verdict = 'cancelled'")
    assert (await gateway.organizer.post(PATH, json={})).status_code == 409
    assert ids

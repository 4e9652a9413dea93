"""What the organizer can ask of executions, ended and under way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from arena.rules.seeds import names_seed, optimizer_seed, study_seed
from arena.words.execution import Usage
from arena.words.states import Stage
from arena.words.verdicts import Verdict
from services.aggregator.storing import storing
from services.dispatcher import tables as dispatcher_tables
from services.dispatcher.release import shard_message
from shared.database import Pool
from shared.messages import HeldShard, StudyFatal
from tests.support.gateway.executions import PROVENANCE, finish, release
from tests.support.gateway.running import Gateway
from tests.support.seeding import seed_phase, seed_submission
from tests.support.services.results import result

PATH = "/api/v1/admin/executions"


async def listed(gateway: Gateway, **query: Any) -> list[dict[str, Any]]:
    answer = await gateway.organizer.get(PATH, params=query)
    found: list[dict[str, Any]] = answer.raise_for_status().json()["executions"]
    return found


async def test_executions_are_listed_with_what_they_used_and_those_under_way_too(gateway: Gateway, pool: Pool) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=2, studies_per_box=1))
    (done, running) = await release(pool)
    await finish(pool, *done)

    rows = {row["id"]: row for row in await listed(gateway)}

    row = rows[f"{done[3].shard_id}:1"]
    assert (row["outcome"], row["team"], row["phase"], row["runner"]) == ("done", "team", "feedback", "runner")
    assert row["usage"]["cpu_s"] == 2.5
    assert row["usage"]["memory_peak_bytes"] == 1000
    assert row["usage"]["suggest_time_s"] == 0.0
    assert row["limits"]["study_timeout_s"] == 640
    assert (row["environment"], row["optimizer_image"]) == ("small", "sha256:1")
    assert rows[f"{running[3].shard_id}:1"]["optimizer_image"] is None
    assert row["released_at"] <= row["taken_at"] <= row["ended_at"]
    assert rows[f"{running[3].shard_id}:1"]["outcome"] == "running"
    assert rows[f"{running[3].shard_id}:1"]["ended_at"] is None


async def test_filters_choose_and_a_cursor_goes_through_all_pages_once(gateway: Gateway, pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=3, studies_per_box=2)
    first, second = await seed_submission(pool, seeded, "a"), await seed_submission(pool, seeded, "b")
    shards = await release(pool)
    for shard in shards[:5]:
        await finish(pool, *shard)
    await pool.execute("update shards set state = 'pending' where id = $1", shards[-1][3].shard_id)

    assert len(await listed(gateway)) == 11
    assert {row["submission_id"] for row in await listed(gateway, team="a")} == {str(first)}
    assert {row["submission_id"] for row in await listed(gateway, submission=str(second))} == {str(second)}
    assert len(await listed(gateway, outcome="running")) == 6
    assert len(await listed(gateway, outcome="done", competition="test", phase="feedback", runner="runner")) == 5
    assert {row["box"] for row in await listed(gateway, box="box-01")} == {"box-01"}
    assert await listed(gateway, verdict="out_of_memory") == []
    assert await listed(gateway, since=(datetime.now(UTC) + timedelta(hours=1)).isoformat()) == []

    seen: list[str] = []
    cursor: str | None = None
    while cursor is not None or not seen:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        body = (await gateway.organizer.get(PATH, params=query)).raise_for_status().json()
        seen += [row["id"] for row in body["executions"]]
        cursor = body["next"]
    assert len(seen) == len(set(seen)) == 11


@pytest.mark.parametrize("query", [{"cursor": "x"}, {"limit": 0}, {"since": "2026-01-01T00:00:00"}])
async def test_a_filter_that_cannot_be_is_422(gateway: Gateway, query: dict[str, Any]) -> None:
    assert (await gateway.organizer.get(PATH, params=query)).status_code == 422


async def test_one_execution_shows_all_that_it_depended_on(gateway: Gateway, pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=2, studies_per_shard=2)
    submission = await seed_submission(pool, seeded, blob_sha256="ab" * 32)
    ((_, box, _, held),) = await release(pool)
    await finish(pool, submission, box, 0, held, log="hello")

    body = (await gateway.organizer.get(f"{PATH}/{held.shard_id}:1")).raise_for_status().json()
    assert (body["outcome"], body["studies_done"], body["usage"]["cpu_s"]) == ("running", 1, 2.5)
    await finish(pool, submission, box, 1, held)
    body = (await gateway.organizer.get(f"{PATH}/{held.shard_id}:1")).raise_for_status().json()

    assert (body["outcome"], body["usage"]["cpu_s"], body["usage"]["memory_peak_bytes"]) == ("done", 5.0, 1000)
    assert body["blob_sha256"] == "ab" * 32
    assert body["provenance"] == PROVENANCE.model_dump()
    assert body["baseline"] == {"name": "test", "version": 1}
    assert [study["log"] for study in body["studies"]] == ["hello", ""]
    assert [(study["seed"], study["optimizer_seed"]) for study in body["studies"]] == [
        (study_seed("seed", "DT_iris_acc", n), optimizer_seed("seed", "DT_iris_acc", n, "ab" * 32)) for n in (0, 1)
    ]
    for unknown in (f"{held.shard_id}:2", f"{submission}:1", "nonsense", f"{held.shard_id}:99999999999"):
        assert (await gateway.organizer.get(f"{PATH}/{unknown}")).status_code == 404


async def test_a_replay_hides_the_names_that_its_execution_hid_in_the_same_order(gateway: Gateway, pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    await pool.execute("update phases set parameter_names = 'hidden'")
    submission = await seed_submission(pool, seeded)
    ((_, box, _, held),) = await release(pool)
    await finish(pool, submission, box, 0, held)
    path = f"{PATH}/{held.shard_id}:1"

    (await gateway.organizer.post(f"{path}/replay")).raise_for_status()

    assert (await gateway.organizer.get(path)).json()["parameter_names"] == "hidden"
    await dispatcher_tables.expand_waiting(pool)
    ((shard,), _) = await dispatcher_tables.release_fairly(pool, lambda _: 9)
    assert shard_message(shard).names_seed == names_seed("seed", "DT_iris_acc")


async def test_a_replay_runs_really_again_and_is_compared_with_what_was(gateway: Gateway, pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=2, studies_per_shard=2)
    submission = await seed_submission(pool, seeded)
    ((_, box, _, held),) = await release(pool)
    name = f"{held.shard_id}:1"
    assert (await gateway.organizer.post(f"{PATH}/{name}/replay")).status_code == 409, "it runs"
    for study in (0, 1):
        await finish(pool, submission, box, study, held)

    async def replay(**second: Any) -> dict[str, Any]:
        started = (await gateway.organizer.post(f"{PATH}/{name}/replay")).raise_for_status().json()
        again = (await gateway.organizer.post(f"{PATH}/{name}/replay")).raise_for_status().json()
        assert (started["new"], again["new"]) == (True, False), "one that is under way is returned"
        assert started["submission"]["id"] == again["submission"]["id"]
        path = f"/api/v1/admin/replays/{started['submission']['id']}"
        assert (await gateway.organizer.get(path)).json()["identical"] is None, "it runs"
        ((copy, box, first, running),) = await release(pool)
        assert first == 0
        await finish(pool, copy, box, 0, running)
        await finish(pool, copy, box, 1, running, **second)
        body: dict[str, Any] = (await gateway.organizer.get(path)).raise_for_status().json()
        return body

    same = await replay()
    assert (same["identical"], same["studies_compared"], same["differences"]) == (True, 2, [])
    assert same["provenance_differs"] == []

    changed = result(submission, box, 1, (held.shard_id, 1)).visible
    changed[2][1] += 2**-50
    other_image = PROVENANCE.model_copy(update={"optimizer_image": "sha256:3"})
    other = await replay(visible=changed, provenance=other_image)
    assert not other["identical"]
    assert other["differences"] == [{"study": 1, "what": "visible", "iteration": 3, "timed_out": False}]
    assert other["provenance_differs"] == ["optimizer_image"]
    assert (await gateway.organizer.get(f"/api/v1/admin/replays/{submission}")).status_code == 404


async def test_a_replay_runs_in_the_image_in_which_its_execution_ran(gateway: Gateway, pool: Pool) -> None:
    digest = f"sha256:{'9f' * 32}"
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    await pool.execute("update submissions set environment = 'modern'")
    (running,) = await release(pool)
    await finish(pool, *running, provenance=PROVENANCE.model_copy(update={"optimizer_image": digest}))
    (row,) = await listed(gateway)
    assert (row["environment"], row["optimizer_image"]) == ("modern", digest)

    started = (await gateway.organizer.post(f"{PATH}/{row['id']}/replay")).raise_for_status().json()

    assert started["submission"]["environment"] == f"modern@{digest}"
    phase = await pool.fetchrow("select * from phases where kind = 'organizer_run'")
    assert phase is not None
    assert phase["environments"] == [f"modern@{digest}"]


async def test_a_record_from_before_there_were_environments_does_not_differ_by_that(
    gateway: Gateway, pool: Pool
) -> None:
    await seed_submission(pool, await seed_phase(pool, boxes=1, studies_per_box=1))
    ((submission, box, study, held),) = await release(pool)
    await finish(pool, submission, box, study, held)
    await pool.execute("update executions set provenance = provenance - 'environment'")
    name = f"{held.shard_id}:1"
    started = (await gateway.organizer.post(f"{PATH}/{name}/replay")).raise_for_status().json()["submission"]
    ((copy, box, study, running),) = await release(pool)
    await finish(pool, copy, box, study, running, provenance=PROVENANCE.model_copy(update={"environment": "small"}))

    compared = (await gateway.organizer.get(f"/api/v1/admin/replays/{started['id']}")).raise_for_status().json()

    assert (compared["identical"], compared["provenance_differs"]) == (True, [])


async def test_a_fatal_execution_is_replayed_to_the_same_verdict(gateway: Gateway, pool: Pool) -> None:
    seeded = await seed_phase(pool, boxes=1, studies_per_box=1)
    await seed_submission(pool, seeded)

    async def die(iteration: int) -> HeldShard:
        ((submission, box, _, held),) = await release(pool)
        fatal = StudyFatal(
            submission_id=submission,
            shard_id=held.shard_id,
            attempt=held.attempt,
            runner_id="runner",
            box_id=box,
            study=0,
            verdict=Verdict.PROCESS_DIED,
            stage=Stage.SUGGEST,
            iteration=iteration,
            detail="exit code 1",
            usage=Usage(cpu_s=1.5),
        )
        async with pool.acquire() as connection, storing(connection, [], [fatal]):
            pass
        await dispatcher_tables.drop_shards(pool, [submission])
        return held

    held = await die(2)
    (row,) = await listed(gateway, verdict="process_died")
    assert (row["outcome"], row["usage"]["cpu_s"]) == ("fatal", 1.5)
    for iteration, identical in ((2, True), (3, False)):
        started = (await gateway.organizer.post(f"{PATH}/{held.shard_id}:1/replay")).raise_for_status().json()
        await die(iteration)
        compared = (await gateway.organizer.get(f"/api/v1/admin/replays/{started['submission']['id']}")).json()
        assert compared["identical"] is identical

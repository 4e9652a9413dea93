"""What organizers do: competitions, teams, baselines, incidents, dead letters, exports."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from services.dispatcher import tables as dispatcher_tables
from shared.broker.connection import Broker
from shared.broker.topology import DEAD, SUBMISSIONS
from shared.database import Pool
from tests.support.gateway.answers import assert_problem
from tests.support.gateway.competitions import BASELINE, BOXES, competition, phase
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import submit
from tests.support.waiting import wait_until


async def test_a_competition_is_created_and_changed_by_applying_it(gateway: Gateway) -> None:
    await gateway.apply(competition())
    (await gateway.apply(competition(phase(studies_per_box=5), phase("final"), name="New"))).raise_for_status()

    shown = (await gateway.anyone.get("/api/v1/competitions/c")).json()

    assert shown["name"] == "New"
    assert [(each["name"], each["studies_per_box"]) for each in shown["phases"]] == [("feedback", 5), ("final", 2)]
    assert shown["phases"][0]["boxes"] == ["box-01", "box-02"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (competition(phase(studies_per_box=9)), "studies_per_box"),
        (competition(phase(boxes=["box-01"])), "boxes"),
        (competition(phase(n_calls=8)), "n_calls"),
        (competition(seed="other"), "seed"),
        (competition(phase("renamed")), "feedback"),
        (competition(black_boxes=[BOXES[0], {**BOXES[1], "dataset": "boston"}]), "boxes"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_scores_depend_on_does_not_change(gateway: Gateway, body: dict[str, Any], what: str) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    before = (await gateway.anyone.get("/api/v1/competitions/c")).json()

    assert_problem(await gateway.apply(body), 409, what)

    assert (await gateway.anyone.get("/api/v1/competitions/c")).json() == before


async def test_quotas_and_times_of_a_used_phase_may_change(gateway: Gateway) -> None:
    await gateway.apply(competition())
    (await submit(await gateway.team("a"))).raise_for_status()
    assert (await gateway.apply(competition(phase(attempts_per_day=3)))).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        competition(phase(baseline="unknown")),
        competition(phase(baseline="official@7")),
        competition(phase(boxes=["box-09"])),
        competition(phase(n_calls=17)),
        competition(phase(boxes=["box-01"], practice=True), phase("other")),
        competition(phase(), phase()),
        competition(black_boxes=[*BOXES, {**BOXES[0], "label": "box-03"}]),
        competition(black_boxes=[*BOXES[:1], {**BOXES[1], "model": "GPT"}]),
        competition(colour="red"),
        {},
    ],
)
async def test_a_competition_that_cannot_be_is_422(gateway: Gateway, body: dict[str, Any]) -> None:
    assert_problem(await gateway.apply(body), 422)
    assert (await gateway.anyone.get("/api/v1/competitions/c")).status_code == 404


async def test_the_official_baseline_is_stored_as_it_came_and_its_numbers_are_used(
    gateway: Gateway, pool: Pool
) -> None:
    document = json.loads(BASELINE.read_text())
    data = document["data"]
    cases, objectives = (data["coords"][name]["data"] for name in ("function", "objective"))

    rows = await pool.fetch("select * from baseline_boxes")

    assert len(rows) == len(cases) * len(objectives) == 108 * 2
    for row in rows:
        at = cases.index(row["test_case"]), objectives.index(row["objective"])
        assert row["clip"] == data["data_vars"]["clip"]["data"][at[0]][at[1]]
        assert row["best"] == data["data_vars"]["best"]["data"][at[0]][at[1]]
        assert row["signature"] == document["meta"]["signature"][row["test_case"]]
        assert row["iterations"] == 16
    assert (await gateway.organizer.get("/api/v1/admin/baselines/official")).json() == document
    assert_problem(await gateway.organizer.get("/api/v1/admin/baselines/official?version=2"), 404)


@pytest.mark.parametrize("fault", ["empty", "no signature", "best above clip", "no clip"])
async def test_a_broken_baseline_is_422(gateway: Gateway, fault: str) -> None:
    document = json.loads(BASELINE.read_text())
    match fault:
        case "empty":
            document = {}
        case "no signature":
            document["meta"]["signature"].popitem()
        case "best above clip":
            document["data"]["data_vars"]["best"]["data"][0][0] = 1e9
        case "no clip":
            del document["data"]["data_vars"]["clip"]
    body = {"name": "broken", "source": "test", "document": document}
    assert_problem(await gateway.organizer.post("/api/v1/admin/baselines", json=body), 422)


async def test_an_incident_is_listed_and_may_be_tried_again(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    identity = (await submit(await gateway.team("a"))).json()["id"]
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute("update shards set state = 'incident', failures = 3 where ordinal = 1")

    (incident,) = (await gateway.organizer.get("/api/v1/admin/incidents")).json()["incidents"]
    path = f"/api/v1/admin/incidents/{incident['shard_id']}/retry"
    assert (await gateway.organizer.post(path)).status_code == 202

    assert (incident["submission_id"], incident["box"]) == (identity, "box-01")
    row = await pool.fetchrow("select state, failures from shards where id = $1", UUID(incident["shard_id"]))
    assert row is not None
    assert tuple(row) == ("pending", 0)
    assert_problem(await gateway.organizer.post(path), 404)
    inspected = (await gateway.organizer.get(f"/api/v1/admin/submissions/{identity}")).json()
    assert len(inspected["shards"]) == 4
    assert inspected["events"][0]["event"] == "accepted"


async def test_dead_letters_are_shown_with_their_reason_and_stay(gateway: Gateway, broker: Broker) -> None:
    await broker.publish_raw([("submission.accepted", b"gibberish")])
    stop = asyncio.Event()

    async def ignore(_: Sequence[object]) -> None: ...

    async def is_dead() -> bool:
        return await broker.count_waiting(DEAD) == 1

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(broker.consume(SUBMISSIONS, ignore, stop, prefetch=10))
        await wait_until(is_dead, what="dead-lettered")
        stop.set()

    for _ in range(2):
        (letter,) = (await gateway.organizer.get("/api/v1/admin/dead-letters")).json()["dead_letters"]
        assert (letter["body"], letter["queue"], letter["key"]) == (
            "gibberish",
            SUBMISSIONS.name,
            "submission.accepted",
        )
        assert "cannot be read" in letter["reason"]


async def test_an_export_of_a_phase_without_scores_is_its_header(gateway: Gateway) -> None:
    await gateway.apply(competition())
    identity = (await submit(await gateway.team("a"))).json()["id"]
    path = "/api/v1/admin/competitions/c/phases/feedback/export"

    (header,) = (json.loads(line) for line in (await gateway.organizer.get(path)).text.splitlines())

    assert header["baseline"] == {"name": "official", "version": 1}
    assert [box["box"] for box in header["boxes"]] == ["box-01", "box-02"]
    assert_problem(await gateway.organizer.get(f"{path}?submission={identity}"), 409)
    assert_problem(await gateway.organizer.get(path.replace("feedback", "final")), 404)


async def test_an_export_has_the_cpu_time_of_each_studys_evaluations(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    identity = (await submit(await gateway.team("a"))).json()["id"]
    await dispatcher_tables.expand_waiting(pool)
    await pool.execute(
        """
        insert into studies (
            submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
            suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors,
            loss, change, evaluation_cpu_s
        )
        select
            submission_id, box_id, first_study, id, 1, 'runner', '{{0}}', '{{0}}', '{{9}}', '{0}', '{0}', 0, '[]',
            false, 0, 0, 0, 1, 2.5
        from shards
        """
    )
    await pool.execute("update submissions set state = 'scored', verdict = 'scored', score = 1, ended_at = now()")
    path = f"/api/v1/admin/competitions/c/phases/feedback/export?submission={identity}"

    _, *studies = (json.loads(line) for line in (await gateway.organizer.get(path)).text.splitlines())

    assert {study["evaluation_cpu_s"] for study in studies} == {2.5}


async def test_the_images_packages_are_public(gateway: Gateway) -> None:
    packages = (await gateway.anyone.get("/api/v1/packages")).json()
    assert packages["blackbox"]["bayesmark"] == packages["optimizer"]["bayesmark"] == "0.0.8"
    assert packages["blackbox"]["numpy"] == "1.23.5"

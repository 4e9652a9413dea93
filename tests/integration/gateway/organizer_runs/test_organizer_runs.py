"""The organizer's own studies: hidden, without a score, never the same ones twice; and what they cost."""

from typing import Any

from services.dispatcher import tables as dispatcher_tables
from shared.database import Pool
from tests.support.gateway.competitions import competition
from tests.support.gateway.organizer_runs import PATH, start
from tests.support.gateway.running import Gateway
from tests.support.gateway.submitting import make_zip
from tests.support.zips import pack


async def test_an_organizer_run_is_a_submission_of_nobody_in_a_hidden_phase(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())

    answer = (await start(gateway)).json()

    assert answer["new"]
    assert answer["submission"]["studies_total"] == 4
    shown = (await gateway.anyone.get("/api/v1/competitions/c")).json()
    assert [phase["name"] for phase in shown["phases"]] == ["feedback"]
    team = await gateway.team("a")
    assert (await team.get(f"/api/v1/submissions/{answer['submission']['id']}")).status_code == 404
    assert (
        await pool.fetchval("select kind from phases where name = $1", answer["submission"]["phase"]) == "organizer_run"
    )
    listed = (await gateway.organizer.get(PATH, params={"purpose": "estimate"})).json()["organizer_runs"]
    assert [each["submission_id"] for each in listed] == [answer["submission"]["id"]]


async def test_the_same_organizer_run_is_run_once_and_again_only_when_it_failed(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    first = (await start(gateway)).json()

    again = (await start(gateway, studies_per_shard=2)).json()
    assert not again["new"]
    assert again["submission"]["id"] == first["submission"]["id"]
    others = [await start(gateway, studies=5), await start(gateway, make_zip(b"class Other: ..."))]
    assert all(other.json()["new"] for other in others)

    await pool.execute("update submissions set state = 'failed', verdict = 'does_not_load', ended_at = now()")
    assert (await start(gateway)).json()["new"]


async def test_an_organizer_run_is_where_it_says_or_else_where_its_zip_says(gateway: Gateway) -> None:
    await gateway.apply(competition())
    content = pack({"optimizer.py": "class Optimizer: ...", "arena.toml": 'environment = "modern"'})

    by_zip, by_run = await start(gateway, content), await start(gateway, content, environment="classic")
    unnamed = await start(gateway)

    found = [each.raise_for_status().json()["submission"]["environment"] for each in (by_zip, by_run, unnamed)]
    assert found == ["modern", "classic", "small"]
    assert by_zip.json()["key"] != by_run.json()["key"]
    listed = (await gateway.organizer.get(PATH)).json()["organizer_runs"]
    assert {each["document"]["environment"] for each in listed} == {"modern", "classic", "small"}


async def test_an_organizer_run_that_cannot_be_is_422(gateway: Gateway) -> None:
    await gateway.apply(competition())

    bad: list[dict[str, Any]] = [{"boxes": ["box-99"]}, {"boxes": []}, {"studies": 0}, {"unknown": 1}]
    for changes in bad:
        assert (await start(gateway, **changes)).status_code == 422
    no_name = pack({"optimizer.py": "class Optimizer: ...", "arena.toml": 'environment = "No Name"'})
    for content in (b"no zip", no_name):
        assert (await start(gateway, content)).status_code == 422


async def test_costs_are_the_cpu_time_of_an_evaluation_and_its_wall_time(gateway: Gateway, pool: Pool) -> None:
    await gateway.apply(competition())
    (await start(gateway, boxes=["box-01", "box-02"])).raise_for_status()
    await dispatcher_tables.expand_waiting(pool)
    # Four evaluations a study. On box-01 two studies know their CPU time, and a third was stored before it was kept.
    await pool.execute(
        """
        insert into studies (
            submission_id, box_id, study, shard_id, attempt, runner_id, visible, generalization, eval_time_s,
            suggest_time_s, observe_time_s, construct_time_s, suggestions, timed_out, suggest_errors, observe_errors,
            change, evaluation_cpu_s
        )
        select
            sh.submission_id, sh.box_id, sh.first_study, sh.id, 1, 'r', '{{0}}', '{{0}}', '{{3,3},{3,3}}', '{0}', '{0}',
            0, '[]', false, 0, 0, 1,
            case when b.label = 'box-01' and sh.first_study < 2 then 2.0 * sh.first_study + 2 end
        from shards sh join black_boxes b on b.id = sh.box_id where sh.first_study < 3
        """
    )

    costs = (await gateway.organizer.get("/api/v1/admin/competitions/c/costs")).raise_for_status().json()["costs"]

    shown = [(each["label"], each["studies"], each["evaluation_s"], each["evaluation_cpu_s"]) for each in costs]
    assert shown == [("box-01", 3, 3.0, 0.75), ("box-02", 3, 3.0, None)]
    assert [each["evaluations"] for each in costs] == [12, 12]
